/**
 * Whether a distribution was made from numbers that its families take, and whether a value is one that
 * it could have: the first violation, as data. It reads values, so it is no part of a training step.
 */
import type { Argument } from '../checks/argument.js';
import type { Distribution } from './distribution.js';
import { type Domain, type Outside, firstOutside } from '../checks/domain.js';
import { partsOf } from './structure.js';
import type { Shape } from '../tensors/noise.js';
import { broadcast, dropLast, sizeOf } from '../tensors/shape.js';
import type { Tensor } from '../tensors/tensor.js';

/** An argument that lies outside its domain, and the distribution that it is of. */
export interface InvalidArgument {
  readonly of: Distribution;
  readonly argument: Argument;
  readonly outside: Outside;
}

/** A value that no draw of a distribution could be. */
export interface InvalidValue {
  readonly domain: Domain;
  readonly outside: Outside;
}

/** The elements of a batch that count: 1, and 0 where the term is dropped. */
interface Kept {
  readonly shape: Shape;
  readonly values: ArrayLike<number>;
}

/** A distribution inside others, and which elements of its batch count. */
interface Part {
  readonly law: Distribution;
  readonly kept?: Kept | undefined;
}

/** The place among the elements of `shape` that broadcasting puts at a place of a larger shape. */
const placeIn = (shape: Shape, larger: Shape, flat: number): number => {
  let rest = flat;
  let place = 0;
  for (let i = 1, stride = 1; i <= shape.length; i += 1) {
    const n = shape[shape.length - i] ?? 1;
    const wide = larger[larger.length - i] ?? 1;
    place += n === 1 ? 0 : (rest % wide) * stride;
    rest = Math.floor(rest / wide);
    stride *= n;
  }
  return place;
};

/** Where both are kept. */
const both = (a: Kept | undefined, b: Kept): Kept => {
  const shape = a && broadcast(a.shape, b.shape);
  if (a === undefined || shape === undefined) return b;
  const at = (k: Kept, i: number): number => k.values[placeIn(k.shape, shape, i)] ?? 0;
  return { shape, values: Array.from({ length: sizeOf(shape) }, (_, i) => at(a, i) * at(b, i)) };
};

/** The same elements, each of which has `rank` axes more on its right. */
const inside = (kept: Kept | undefined, rank: number): Kept | undefined =>
  kept && { ...kept, shape: [...kept.shape, ...Array.from({ length: rank }, () => 1)] };

/** Whether an element of a batch of some shape counts anywhere. */
const counting = (shape: Shape, kept: Kept | undefined): ((element: number) => boolean) => {
  const full = kept && broadcast(shape, kept.shape);
  if (kept === undefined || full === undefined) return () => true;
  const counts = new Uint8Array(sizeOf(shape));
  for (let i = 0; i < sizeOf(full); i += 1) {
    if (kept.values[placeIn(kept.shape, full, i)] !== 0) counts[placeIn(shape, full, i)] = 1;
  }
  return (element) => counts[element] === 1;
};

/** The distribution inside what only arranges or masks it. */
const bare = (law: Distribution, kept?: Kept): Part => {
  const { structure } = law;
  switch (structure?._tag) {
    case 'independent':
      return bare(structure.base, inside(kept, structure.rank));
    case 'expanded':
    case 'partly':
      return bare(structure.base, kept);
    case 'masked': {
      const { base, mask } = structure;
      return bare(base, both(kept, { shape: mask.shape, values: mask.dataSync() }));
    }
    case 'transformed':
    case 'mixture':
    case 'parts':
    case undefined:
      return { law, kept };
  }
};

/** The families that a distribution is made of. */
const familiesIn = (d: Distribution, around?: Kept): readonly Part[] => {
  const { law, kept } = bare(d, around);
  switch (law.structure?._tag) {
    case 'transformed':
      return familiesIn(law.structure.base, kept);
    case 'mixture':
      return [
        ...familiesIn(law.structure.mixing, kept),
        ...familiesIn(law.structure.component, inside(kept, 1)),
      ];
    case 'parts':
      return [
        { law, kept },
        ...law.structure.parts.flatMap((part) => familiesIn(part.law, inside(kept, part.axes))),
      ];
    default:
      return [{ law, kept }];
  }
};

/** The first number outside a domain, of those whose batch element counts; `own` axes are no batch. */
const firstThatCounts = (
  x: Tensor,
  domain: Domain,
  own: number,
  kept: Kept | undefined,
): Outside | undefined => {
  const batch = dropLast(x.shape, own);
  const counts = counting(batch, kept);
  const entries = x.size / sizeOf(batch);
  return firstOutside(x.dataSync(), x.shape, domain, (flat) => counts(Math.floor(flat / entries)));
};

/** The masks of a distribution, outermost first. */
const masksOf = (d: Distribution): readonly Distribution[] => [
  ...(d.structure?._tag === 'masked' ? [d] : []),
  ...partsOf(d).flatMap(masksOf),
];

/** The first number of a mask that says neither that an element counts nor that it does not. */
const invalidMask = (d: Distribution): InvalidArgument | undefined => {
  for (const of of masksOf(d)) {
    for (const argument of of.arguments ?? []) {
      const { value, domain } = argument;
      const outside = firstOutside(value.dataSync(), value.shape, domain);
      if (outside) return { of, argument, outside };
    }
  }
  return undefined;
};

/** The first argument of a distribution, or of one inside it, that lies outside its domain. */
export const invalidArgument = (d: Distribution): InvalidArgument | undefined => {
  const mask = invalidMask(d);
  if (mask) return mask;
  for (const { law, kept } of familiesIn(d)) {
    for (const argument of law.arguments ?? []) {
      const outside = firstThatCounts(argument.value, argument.domain, argument.own, kept);
      if (outside) return { of: law, argument, outside };
    }
  }
  return undefined;
};

/** Where values have a density: of a mixture, those of its components. */
export const domainOf = (law: Distribution): Domain =>
  law.values ??
  (law.structure?._tag === 'mixture'
    ? domainOf(bare(law.structure.component).law)
    : law.support.closure);

/** The first number of a value that no draw of a distribution could be, where its term counts. */
export const invalidValue = (d: Distribution, value: Tensor): InvalidValue | undefined => {
  const { law, kept } = bare(d);
  // What is masked inside a mixture or a map is not known by element.
  if (familiesIn(law).some((part) => part.kept !== undefined)) return undefined;
  const domain = domainOf(law);
  const outside = firstThatCounts(value, domain, law.eventShape.length, kept);
  return outside && { domain, outside };
};
