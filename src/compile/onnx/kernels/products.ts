/** Products of matrices and of arrays. */
import { sizeOf } from '../../../../dsl/shape.js';
import { equationOf } from '../../../kernels/products/einsum.js';
import { type Site, type Translation, int, ints } from '../builder.js';
import { finished } from '../fused-activation.js';
import { cast } from '../casting.js';
import { isLong, longProduct } from '../long-sums.js';

const swapLast = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));

/** Stacks of matrices whose sums are longer than this are multiplied in double precision. */
const LONG_IN_STACKS = 1024;

const product = ({ b, at, value, out, attributes }: Site): string => {
  const { transposeA, transposeB } = attributes;
  const [rankA, rankB] = [value('a').shape.length, value('b').shape.length];
  if (rankA === 2 && rankB === 2 && out.dtype === 'float32') {
    const [m = 1, n = 1] = out.shape;
    const inner = value('a').shape[transposeA === true ? 0 : 1] ?? 1;
    if (isLong({ m, n, inner })) {
      return longProduct(b, {
        a: at('a'),
        b: at('b'),
        transposeA: transposeA === true,
        transposeB: transposeB === true,
        m,
        n,
        inner,
      });
    }
    return b.op('Gemm', [at('a'), at('b')], {
      transA: int(transposeA === true),
      transB: int(transposeB === true),
    });
  }
  const flip = (x: string, rank: number, flag: unknown): string =>
    flag === true ? b.op('Transpose', [x], { perm: ints(swapLast(rank)) }) : x;
  const inner = value('a').shape.at(transposeA === true ? -2 : -1) ?? 1;
  const exact = out.dtype === 'float32' && inner > LONG_IN_STACKS;
  const wide = (x: string): string => (exact ? cast(b, x, 'float64') : x);
  const left = flip(wide(at('a')), rankA, transposeA);
  const right = flip(wide(at('b')), rankB, transposeB);
  const sums = b.op('MatMul', [left, right]);
  return exact ? cast(b, sums, 'float32') : sums;
};

/** How many terms a sum of products has: the sizes of the axes that the result has not. */
const termsOf = (
  terms: readonly string[],
  out: string,
  shapes: readonly (readonly number[])[],
): number => {
  const sizes = new Map(
    terms.flatMap((term, i) => [...term].map((axis, k) => [axis, shapes[i]?.[k] ?? 1] as const)),
  );
  return sizeOf([...sizes].map(([axis, n]) => (out.includes(axis) ? 1 : n)));
};

/** The runtime refuses operands without axes, which are factors of the whole. */
const einsum: Translation = ({ b, all, values, out, attributes }) => {
  const { terms, out: names } = equationOf(attributes);
  const shapes = values.map((value) => value.shape);
  if (values.some(({ dtype }) => dtype === 'bool')) return undefined;
  const exact = out.dtype === 'float32' && termsOf(terms, names, shapes) > LONG_IN_STACKS;
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

export const products: Readonly<Record<string, Translation>> = {
  BatchMatMul: product,
  _FusedMatMul: (site) => finished(site, product(site)),
  Einsum: einsum,
};
