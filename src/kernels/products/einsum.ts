/** Sums of products over named axes, of one operand or two. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../../dsl/index.js';
import { sameShape, sizeOf } from '../../../dsl/tensors/shape.js';
import { sum } from '../../code/javascript/block.js';
import type { ElementRule } from '../../code/javascript/element-rule.js';
import type { Translation } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import type { Attributes, BatchRule, Kernel, ShapeRule, Vjp } from '../kernel.js';
import { LONG_IN_STACKS } from './onnx.js';

/** The names of the axes of each operand, and of the result. */
export interface Equation {
  readonly terms: readonly string[];
  readonly out: string;
}

export const equationOf = ({ equation }: Attributes): Equation => {
  const text = typeof equation === 'string' ? equation.replaceAll(/\s/g, '') : '';
  const [from = '', out = ''] = text.split('->');
  return { terms: from.split(','), out };
};

const textOf = ({ terms, out }: Equation): string => `${terms.join(',')}->${out}`;

/** How long each axis is; nothing where operands do not agree about one, or where one is named twice. */
const sizesOf = (
  { terms, out }: Equation,
  shapes: readonly Shape[],
): ReadonlyMap<string, number> | undefined => {
  const sizes = new Map<string, number>();
  for (const [i, term] of terms.entries()) {
    const shape = shapes[i] ?? [];
    if (term.length !== shape.length) return undefined;
    for (const [axis, name] of [...term].entries()) {
      const size = shape[axis] ?? 1;
      if ((sizes.get(name) ?? size) !== size) return undefined;
      sizes.set(name, size);
    }
  }
  const known = [...out].every((name) => sizes.has(name));
  const once = [...terms, out].every((names) => new Set(names).size === names.length);
  return known && once ? sizes : undefined;
};

const shape: ShapeRule = (inputs, attributes) => {
  const all = Object.values(inputs);
  const equation = equationOf(attributes);
  const sizes = sizesOf(
    equation,
    all.map((value) => value.shape),
  );
  const [first] = all;
  // Sums of truth values are whole numbers in some backends and truth values in others.
  if (sizes === undefined || first === undefined || all.some(({ dtype }) => dtype === 'bool')) {
    return undefined;
  }
  return { shape: [...equation.out].map((name) => sizes.get(name) ?? 1), dtype: first.dtype };
};

/**
 * Another sum of products, of dy and the other operand. Axes that the operand alone has were summed, so what it
 * is owed is the same all along them.
 */
const vjp: Vjp = ({ dy, at, inputs, attributes }, input) => {
  const { terms, out } = equationOf(attributes);
  const own = terms[inputs.indexOf(input)] ?? '';
  const others = inputs.flatMap((name, i) =>
    name === input ? [] : ([[at(name), terms[i] ?? '']] as const),
  );
  const given = [[dy, out] as const, ...others];
  const known = [...own].filter((name) => given.some(([, term]) => term.includes(name))).join('');
  const owed = tf.einsum(
    textOf({ terms: given.map(([, term]) => term), out: known }),
    ...given.map(([x]) => x),
  );
  const { shape: whole } = at(input);
  const narrow = whole.map((n, i) => (known.includes(own[i] ?? '') ? n : 1));
  return sameShape(narrow, owed.shape) ? owed : tf.reshape(owed, narrow);
};

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** One name more, for the axis of the draws. */
const batch: BatchRule = ({ at, isBatched, inputs, again, attributes }) => {
  const { terms, out } = equationOf(attributes);
  const used = [...terms, out].join('');
  const draws = [...LETTERS].find((name) => !used.includes(name));
  if (draws === undefined) throw new Error('einsum: no name is left for the axis of the draws');
  const named = terms.map((term, i) => (isBatched(inputs[i] ?? '') ? `${draws}${term}` : term));
  return again(Object.fromEntries(inputs.map((name): [string, Tensor] => [name, at(name)])), {
    equation: textOf({ terms: named, out: `${draws}${out}` }),
  });
};

/** The runtime refuses operands without axes, which are factors of the whole. */
const onnx: Translation = ({ b, all, values, out, attributes }) => {
  const equation = equationOf(attributes);
  const { terms, out: names } = equation;
  if (values.some(({ dtype }) => dtype === 'bool')) return undefined;
  const sizes = sizesOf(
    equation,
    values.map(({ shape: own }) => own),
  );
  const summed = [...(sizes ?? [])].map(([axis, n]) => (names.includes(axis) ? 1 : n));
  const exact = out.dtype === 'float32' && sizeOf(summed) > LONG_IN_STACKS;
  const operands = exact ? all.map((x) => cast(b, x, 'float64')) : all;
  const arrays = terms.flatMap((term, i) => (term === '' ? [] : [{ term, x: operands[i] ?? '' }]));
  const factors = operands.filter((_, i) => terms[i] === '');
  const text = `${arrays.map(({ term }) => term).join(',')}->${names}`;
  const sums =
    arrays.length === 0
      ? []
      : [
          b.op(
            'Einsum',
            arrays.map(({ x }) => x),
            { equation: { text } },
          ),
        ];
  const [first = '', ...rest] = [...sums, ...factors];
  const whole = rest.reduce((so, factor) => b.op('Mul', [so, factor]), first);
  return exact ? cast(b, whole, 'float32') : whole;
};

const element: ElementRule = ({ read, value, inputs, attributes }, block, index) => {
  const equation = equationOf(attributes);
  const { terms, out } = equation;
  const sizes = sizesOf(
    equation,
    inputs.map((name) => value(name).shape),
  );
  const summed = [...(sizes?.keys() ?? [])].filter((name) => !out.includes(name));
  const extents = summed.map((name) => sizes?.get(name) ?? 1);
  return block.fold(sum, extents, (k, b) =>
    inputs
      .map((name, i) =>
        read(
          b,
          name,
          [...(terms[i] ?? '')].map(
            (axis) =>
              (out.includes(axis) ? index[out.indexOf(axis)] : k[summed.indexOf(axis)]) ?? 0,
          ),
        ),
      )
      .join(' * '),
  );
};

export const einsum: Kernel = {
  name: 'Einsum',
  canonical: (attributes) => ({ equation: textOf(equationOf(attributes)) }),
  shape,
  vjp,
  batch,
  onnx,
  element,
};
