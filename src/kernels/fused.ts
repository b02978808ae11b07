/** Kernels that add a bias to sums and apply an activation: what the sums are owed, by the activation's own rule. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { numberOf } from '../compile/attributes.js';
import { activationNamed } from './activations/by-name.js';
import { type AdjointSite, type Attributes, type BatchSite, vjpFor } from './kernel.js';
import { sumTo } from './sum-to.js';

/** The attributes in one spelling. */
export const canonicalActivation = ({ activation, leakyreluAlpha }: Attributes): Attributes => ({
  activation: typeof activation === 'string' ? activation : 'linear',
  leakyreluAlpha: numberOf(leakyreluAlpha, 0.2),
});

const biased = ({ at, inputs }: AdjointSite, sums: Tensor): Tensor =>
  inputs.includes('bias') ? tf.add(sums, at('bias')) : sums;

/** What an input of the activation is owed, at the sums that `sumsOf` makes once more. */
const owedBy = (site: AdjointSite, input: 'x' | 'alpha', sumsOf: () => Tensor): Tensor => {
  const { dy, y, attributes } = site;
  const kernel = activationNamed(attributes['activation']);
  if (kernel === undefined) return dy;
  const rule = vjpFor(kernel, input);
  const at = (name: string): Tensor =>
    name === 'alpha' ? site.at('preluActivationWeights') : biased(site, sumsOf());
  const owed = rule?.(
    {
      dy,
      dys: [dy],
      at,
      y,
      outputs: [y],
      attributes: { alpha: attributes['leakyreluAlpha'] },
      inputs: ['x', 'alpha'],
    },
    input,
  );
  return owed ?? tf.zerosLike(dy);
};

/** What the sums are owed. */
export const owedBySums = (site: AdjointSite, sumsOf: () => Tensor): Tensor =>
  owedBy(site, 'x', sumsOf);

/** What the bias is owed, and the slopes of `prelu`. */
export const owedByBias = (site: AdjointSite, sumsOf: () => Tensor): Tensor =>
  sumTo(owedBy(site, 'x', sumsOf), site.at('bias').shape);

export const owedBySlopes = (site: AdjointSite, sumsOf: () => Tensor): Tensor =>
  sumTo(owedBy(site, 'alpha', sumsOf), site.at('preluActivationWeights').shape);

/** An operand of the sums in all draws, with the draws left of as many axes as they have. */
const aligned = ({ at, isBatched }: BatchSite, name: string, rank: number): Tensor => {
  const x = at(name);
  if (!isBatched(name)) return x;
  const [draws = 1, ...own] = x.shape;
  return tf.reshape(x, [draws, ...Array.from({ length: rank - 1 - own.length }, () => 1), ...own]);
};

/** The bias and the activation for the sums of all draws, or for those that they share. */
export const finished = (site: BatchSite, sums: Tensor): Tensor => {
  const { inputs, attributes, outs } = site;
  const rank = 1 + (outs[0]?.shape.length ?? 0);
  const x = inputs.includes('bias') ? tf.add(sums, aligned(site, 'bias', rank)) : sums;
  switch (attributes['activation']) {
    case 'elu':
      return tf.elu(x);
    case 'leakyrelu':
      return tf.leakyRelu(x, numberOf(attributes['leakyreluAlpha'], 0.2));
    case 'prelu':
      return tf.prelu(x, aligned(site, 'preluActivationWeights', rank));
    case 'relu':
      return tf.relu(x);
    case 'relu6':
      return tf.relu6(x);
    case 'sigmoid':
      return tf.sigmoid(x);
    default:
      return x;
  }
};
