/** Products of matrices and of arrays. */
import { einsumShape } from '../../layout-shapes.js';
import { type Site, type Translation, int, ints } from '../builder.js';
import { finished } from './activations.js';

const swapLast = (rank: number): readonly number[] =>
  Array.from({ length: rank }, (_, i) => (i < rank - 2 ? i : 2 * rank - 3 - i));

const product = ({ b, at, value, out, attributes }: Site): string => {
  const { transposeA, transposeB } = attributes;
  const [rankA, rankB] = [value('a').shape.length, value('b').shape.length];
  if (rankA === 2 && rankB === 2 && out.dtype === 'float32') {
    return b.op('Gemm', [at('a'), at('b')], {
      transA: int(transposeA === true),
      transB: int(transposeB === true),
    });
  }
  const flip = (x: string, rank: number, flag: unknown): string =>
    flag === true ? b.op('Transpose', [x], { perm: ints(swapLast(rank)) }) : x;
  return b.op('MatMul', [flip(at('a'), rankA, transposeA), flip(at('b'), rankB, transposeB)]);
};

export const products: Readonly<Record<string, Translation>> = {
  BatchMatMul: product,
  _FusedMatMul: (site) => finished(site, product(site)),
  Einsum: ({ b, all, values, attributes }) => {
    const { equation } = attributes;
    const shape = einsumShape(
      equation,
      values.map((value) => value.shape),
    );
    const counts = values.some(({ dtype }) => dtype === 'bool');
    if (shape === undefined || counts || typeof equation !== 'string') return undefined;
    return b.op('Einsum', all, { equation: { text: equation.replaceAll(/\s/g, '') } });
  },
};
