/** Products of matrices in operators of ONNX, with long sums in stages or in double precision. */
import { type Site, int } from '../../code/onnx/builder.js';
import { cast } from '../../code/onnx/casting.js';
import { isLong, longProduct } from '../../code/onnx/long-sums.js';
import { transposed } from '../../code/onnx/moves.js';

const swapLast = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));

/** Stacks of matrices whose sums are longer than this are multiplied in double precision. */
export const LONG_IN_STACKS = 1024;

/** The product of two matrices. */
const ofMatrices = ({ b, at, value, out, attributes }: Site): string => {
  const [transposeA, transposeB] = [
    attributes['transposeA'] === true,
    attributes['transposeB'] === true,
  ];
  const [m = 1, n = 1] = out.shape;
  const inner = value('a').shape[transposeA ? 0 : 1] ?? 1;
  return isLong({ m, n, inner })
    ? longProduct(b, { a: at('a'), b: at('b'), transposeA, transposeB, m, n, inner })
    : b.op('Gemm', [at('a'), at('b')], { transA: int(transposeA), transB: int(transposeB) });
};

/** The product of two stacks. */
const ofStacks = ({ b, at, value, out, attributes }: Site): string => {
  const { transposeA, transposeB } = attributes;
  const inner = value('a').shape.at(transposeA === true ? -2 : -1) ?? 1;
  const exact = out.dtype === 'float32' && inner > LONG_IN_STACKS;
  const operand = (name: 'a' | 'b', flips: boolean): string => {
    const x = exact ? cast(b, at(name), 'float64') : at(name);
    return flips ? transposed(b, x, swapLast(value(name).shape.length)) : x;
  };
  const sums = b.op('MatMul', [
    operand('a', transposeA === true),
    operand('b', transposeB === true),
  ]);
  return exact ? cast(b, sums, 'float32') : sums;
};

export const productInOnnx = (site: Site): string => {
  const areMatrices = ['a', 'b'].every((name) => site.value(name).shape.length === 2);
  return areMatrices && site.out.dtype === 'float32' ? ofMatrices(site) : ofStacks(site);
};
