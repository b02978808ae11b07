/**
 * Kernels that add a bias to sums and apply an activation: what the sums are owed, and how executors write what comes
 * after them, by the activation's own rules.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { numberOf } from '../graph/attributes.js';
import type { Block } from '../code/javascript/block.js';
import type { ElementSite } from '../code/javascript/element-rule.js';
import type { Site } from '../code/onnx/builder.js';
import { activationNamed } from './activations/by-name.js';
import { call } from './call.js';
import { type AdjointSite, type Attributes, type BatchSite, vjpFor } from './kernel.js';
import { sumTo } from './sum-to.js';

/** The attributes in one spelling. */
export const canonicalActivation = ({ activation, leakyreluAlpha }: Attributes): Attributes => ({
  activation: typeof activation === 'string' ? activation : 'linear',
  leakyreluAlpha: numberOf(leakyreluAlpha, 0.2),
});

/** The input that has the slopes of `prelu`. */
const SLOPES = 'preluActivationWeights';

const takesSlopes = ({ activation }: Readonly<Record<string, unknown>>): boolean =>
  activation === 'prelu';

/** What the activation's kernel is told. */
const ownAttributes = ({ leakyreluAlpha }: Readonly<Record<string, unknown>>): Attributes => ({
  alpha: numberOf(leakyreluAlpha, 0.2),
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
    name === 'alpha' ? site.at(SLOPES) : biased(site, sumsOf());
  const owed = rule?.(
    {
      dy,
      dys: [dy],
      at,
      y,
      outputs: [y],
      attributes: ownAttributes(attributes),
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
  sumTo(owedBy(site, 'alpha', sumsOf), site.at(SLOPES).shape);

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
  const kernel = activationNamed(attributes['activation']);
  if (kernel === undefined) return x;
  const slopes = takesSlopes(attributes) ? { alpha: aligned(site, SLOPES, rank) } : {};
  return call(kernel.name, { x, ...slopes }, ownAttributes(attributes));
};

/** The same for sums in ONNX; nothing where the activation cannot be written. */
export const finishedInOnnx = (
  site: Site,
  sums: string,
): string | readonly string[] | undefined => {
  const { b, attributes, out } = site;
  const x = 'bias' in site.inputs ? b.op('Add', [sums, site.at('bias')]) : sums;
  const kernel = activationNamed(attributes['activation']);
  if (kernel === undefined) return x;
  const slopes = takesSlopes(attributes) ? { alpha: site.value(SLOPES) } : {};
  return kernel.onnx?.({
    ...site,
    inputs: { x: out, ...slopes },
    at: (name) => (name === 'x' ? x : site.at(SLOPES)),
    value: (name) => (name === 'x' ? out : site.value(SLOPES)),
    all: [x, ...('alpha' in slopes ? [site.at(SLOPES)] : [])],
    values: [out, ...Object.values(slopes)],
    attributes: ownAttributes(attributes),
  });
};

/** The same for an element's sum in JavaScript; `operand` is the element of another input that goes with it. */
export const finishedElement = (
  { inputs, attributes }: ElementSite,
  block: Block,
  sums: string,
  operand: (input: string) => string,
): string => {
  const x = block.name(inputs.includes('bias') ? `(${sums} + ${operand('bias')})` : sums);
  const rule = activationNamed(attributes['activation'])?.scalar;
  if (rule === undefined) return x;
  const slopes = takesSlopes(attributes) ? [operand(SLOPES)] : [];
  return block.name(rule([x, ...slopes], ownAttributes(attributes)));
};
