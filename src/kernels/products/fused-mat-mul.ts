/** A product of matrices, a bias added to it, and an activation applied. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { broadcastIndex } from '../../code/javascript/indexing.js';
import {
  canonicalActivation,
  finished,
  finishedElement,
  finishedInOnnx,
  owedByBias,
  owedBySlopes,
  owedBySums,
} from '../fused.js';
import type { AdjointSite, Kernel, Vjp } from '../kernel.js';
import { overlaid } from '../reach.js';
import {
  batchMatMul,
  batchedProduct,
  leftOwed,
  productElement,
  productParts,
  productShape,
  rightOwed,
} from './batch-mat-mul.js';
import { productInOnnx } from './onnx.js';

const sums =
  ({ at, attributes }: AdjointSite) =>
  (): Tensor =>
    tf.matMul(
      at('a'),
      at('b'),
      attributes['transposeA'] === true,
      attributes['transposeB'] === true,
    );

/** A rule of the product, for what its sums are owed. */
const throughSums =
  (rule: Vjp): Vjp =>
  (site, input) => {
    const dy = owedBySums(site, sums(site));
    return rule({ ...site, dy, dys: [dy] }, input);
  };

export const fusedMatMul: Kernel = {
  name: '_FusedMatMul',
  work: 'product',
  canonical: (attributes, inputs) => ({
    ...batchMatMul.canonical?.(attributes, inputs),
    ...canonicalActivation(attributes),
  }),
  shape: productShape,
  vjp: {
    a: throughSums(leftOwed),
    b: throughSums(rightOwed),
    bias: (site) => owedByBias(site, sums(site)),
    preluActivationWeights: (site) => owedBySlopes(site, sums(site)),
  },
  batch: (site) => {
    const made = batchedProduct(site);
    return finished(site, made instanceof tf.Tensor ? made : (made[0] ?? site.at('a')));
  },
  reach: (site) => {
    const rest = site.inputs.flatMap((input) =>
      input === 'a' || input === 'b' ? [] : [site.at(input)],
    );
    return site.outs.map((out) => overlaid([...productParts(site), ...rest], out));
  },
  onnx: (site) => finishedInOnnx(site, productInOnnx(site)),
  element: (site, block, index) =>
    finishedElement(site, block, productElement(site, block, index), (input) =>
      site.read(block, input, broadcastIndex(index, site.value(input).shape)),
    ),
};
