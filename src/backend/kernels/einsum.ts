/**
 * Sums of products over named axes, in double precision and rounded once. TensorFlow.js forgets an operand that
 * has no summed axis where the other has one, and `wasm` has no such kernel at all.
 */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { equationOf } from '../../kernels/products/einsum.js';
import { type MendedKernel, type Numbers, inputOf, typeOfSum, zerosOf } from './host.js';

/** One operand's numbers and how far apart its axes are. */
interface Operand {
  readonly values: Numbers;
  readonly strideOf: (name: string) => number;
}

/** Where an operand's element lies, for each place of some axes. */
const offsets = (
  { strideOf }: Operand,
  names: readonly string[],
  sizes: readonly number[],
): Int32Array => {
  const found = new Int32Array(sizeOf(sizes));
  let block = found.length;
  for (const [i, name] of names.entries()) {
    const size = sizes[i] ?? 1;
    block /= Math.max(1, size);
    for (let at = 0; at < found.length; at += 1) {
      found[at] = (found[at] ?? 0) + (Math.floor(at / block) % size) * strideOf(name);
    }
  }
  return found;
};

const ONE: Operand = { values: Float32Array.of(1), strideOf: () => 0 };

export const einsum: MendedKernel = (host, inputs, attributes) => {
  const { terms, out } = equationOf(attributes);
  const given = terms.map((term, i) => ({ term, x: inputOf(inputs, String(i)) }));
  const sizes = new Map(
    given.flatMap(({ term, x }) =>
      [...term].map((name, axis) => [name, x.shape[axis] ?? 1] as const),
    ),
  );
  const lengths = (names: readonly string[]): readonly number[] =>
    names.map((name) => sizes.get(name) ?? 1);
  const [kept, summed] = [[...out], [...sizes.keys()].filter((name) => !out.includes(name))];
  const [a = ONE, b = ONE] = given.map(({ term, x }): Operand => ({
    values: host.read(x),
    strideOf: (name) => (term.includes(name) ? sizeOf(x.shape.slice(term.indexOf(name) + 1)) : 0),
  }));
  const [keptA, keptB] = [a, b].map((x) => offsets(x, kept, lengths(kept)));
  const [summedA, summedB] = [a, b].map((x) => offsets(x, summed, lengths(summed)));
  const count = sizeOf(lengths(summed));
  const shape = lengths(kept);
  const dtype = given[0] === undefined ? 'float32' : typeOfSum(given[0].x);
  const made = zerosOf(dtype, sizeOf(shape));
  for (let at = 0; at < made.length; at += 1) {
    const [left, right] = [keptA?.[at] ?? 0, keptB?.[at] ?? 0];
    let total = 0;
    for (let k = 0; k < count; k += 1) {
      total +=
        (a.values[left + (summedA?.[k] ?? 0)] ?? 0) * (b.values[right + (summedB?.[k] ?? 0)] ?? 0);
    }
    made[at] = total;
  }
  return host.make(made, shape, dtype);
};
