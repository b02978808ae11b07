/** Numbers of one type as another, as TensorFlow.js turns them. */
import type { DType } from '../../graph/graph.js';
import { type Builder, type Site, type Translation, int } from './builder.js';

/** ONNX's numbers for the types that values have between operators. */
const TYPE = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

/** A value as another type; what does not fit is up to the runtime. */
export const cast = (b: Builder, x: string, to: keyof typeof TYPE): string =>
  b.op('Cast', [x], { to: int(TYPE[to]) });

const HALF = 2 ** 31;
const TURN = 2 ** 32;

/**
 * A float32 or float64 as an int32, as JavaScript stores it: the fraction is cut off, what is too
 * large wraps around, and what is no finite number is 0. The runtime alone leaves the last two to
 * the processor.
 */
export const truncated = (b: Builder, x: string, from: 'float32' | 'float64'): string => {
  const number = (value: number): string => {
    const name = b.scalar(value);
    return from === 'float32' ? name : cast(b, name, from);
  };
  const turns = b.op('Floor', [b.op('Mul', [x, number(1 / TURN)])]);
  const turned = b.op('Sub', [x, b.op('Mul', [turns, number(TURN)])]);
  const wrapped = b.op('Where', [
    b.op('Less', [turned, number(HALF)]),
    turned,
    b.op('Sub', [turned, number(TURN)]),
  ]);
  const inside = b.op('Where', [b.op('Less', [b.op('Abs', [x]), number(HALF)]), x, wrapped]);
  return cast(b, b.op('Where', [b.op('IsNaN', [inside]), number(0), inside]), 'int32');
};

/** A value of one type as another, with JavaScript's rules. */
export const converted = (b: Builder, x: string, from: DType, to: DType): string => {
  if (from === to) return x;
  return from === 'float32' && to === 'int32' ? truncated(b, x, 'float32') : cast(b, x, to);
};

/** A site whose inputs are float32, whatever they were. */
export const withReals = (site: Site): Site =>
  site.values.every(({ dtype }) => dtype === 'float32')
    ? site
    : {
        ...site,
        at: (name) => converted(site.b, site.at(name), site.value(name).dtype, 'float32'),
        all: site.all.map((x, i) =>
          converted(site.b, x, site.values[i]?.dtype ?? 'float32', 'float32'),
        ),
      };

/**
 * A translation that knows float32 only, for every type of number: TensorFlow.js computes with real
 * numbers whatever the type is, and stores what comes out as that type.
 */
export const inReals =
  (translation: (site: Site) => string): Translation =>
  (site) =>
    site.out.dtype === 'bool'
      ? undefined
      : converted(site.b, translation(withReals(site)), 'float32', site.out.dtype);

/** The same in float64, which holds every int32 and every float32, as JavaScript computes. */
export const inDoubles =
  (translation: (site: Site) => string): Translation =>
  (site) => {
    const { b, out } = site;
    const result = translation({
      ...site,
      at: (name) => cast(b, site.at(name), 'float64'),
      all: site.all.map((x) => cast(b, x, 'float64')),
    });
    switch (out.dtype) {
      case 'float32':
        return cast(b, result, 'float32');
      case 'int32':
        return truncated(b, result, 'float64');
      case 'bool':
        return undefined;
    }
  };
