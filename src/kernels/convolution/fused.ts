/** Convolutions to which a bias is added and an activation applied. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import type { Block } from '../../code/javascript/block.js';
import type { ElementRule, ElementSite } from '../../code/javascript/element-rule.js';
import { type Index, broadcastIndex } from '../../code/javascript/indexing.js';
import type { Translation } from '../../code/onnx/builder.js';
import { callAll } from '../call.js';
import {
  canonicalActivation,
  finished,
  finishedElement,
  owedByBias,
  owedBySlopes,
  owedBySums,
} from '../fused.js';
import { type AdjointSite, type BatchSite, type Kernel, vjpFor } from '../kernel.js';
import { eachImage } from '../reach.js';
import { conv2d } from './convolution.js';
import { depthwise } from './depthwise.js';
import { convolved } from './elements.js';
import * as onnx from './onnx.js';
import { canonicalConvolution, placementIn, windowedShape } from './placement.js';

/** One number for each channel, where channels are not the last axis. */
const isPerChannel = (input: string, dataFormat: unknown, shape: readonly number[]): boolean =>
  dataFormat === 'NCHW' &&
  input !== 'x' &&
  input !== 'filter' &&
  shape.length === 1 &&
  shape[0] !== 1;

/** With what is told for each channel as broadcasting wants it. */
const aligned = (site: AdjointSite): AdjointSite => ({
  ...site,
  at: (input) => {
    const x = site.at(input);
    const { dataFormat } = site.attributes;
    return isPerChannel(input, dataFormat, x.shape) ? tf.reshape(x, [-1, 1, 1]) : x;
  },
});

const alignedDraws = (site: BatchSite): BatchSite => ({
  ...site,
  at: (input) => {
    const x = site.at(input);
    const { shape } = site.value(input);
    if (!isPerChannel(input, site.attributes['dataFormat'], shape)) return x;
    return tf.reshape(x, [...(site.isBatched(input) ? [site.size] : []), ...shape, 1, 1]);
  },
});

const operand = (
  { read, value, attributes }: ElementSite,
  block: Block,
  input: string,
  index: readonly Index[],
): string => {
  const { shape } = value(input);
  return read(
    block,
    input,
    isPerChannel(input, attributes['dataFormat'], shape)
      ? [index[1] ?? 0]
      : broadcastIndex(index, shape),
  );
};

const element =
  (name: string, isDepthwise: boolean): ElementRule =>
  (site, block, index) => {
    const { inputs } = site;
    const sums = convolved(name, isDepthwise)(
      { ...site, inputs: inputs.filter((input) => input === 'x' || input === 'filter') },
      block,
      index,
    );
    return finishedElement(site, block, sums, (input) => operand(site, block, input, index));
  };

/** A convolution with more after it: its parts are those of the convolution, of the sum and of the activation. */
const fused = (
  name: string,
  convolution: Kernel,
  translation: Translation,
  isDepthwise: boolean,
): Kernel => {
  const plain = { name: convolution.name, isDepthwise };
  const sums =
    ({ at, attributes }: AdjointSite) =>
    (): Tensor =>
      callAll(plain.name, { x: at('x'), filter: at('filter') }, placementIn(attributes))[0] ??
      at('x');
  const throughSums =
    (input: 'x' | 'filter') =>
    (site: AdjointSite): Tensor | undefined => {
      const dy = owedBySums(aligned(site), sums(site));
      return vjpFor(convolution, input)?.({ ...site, dy, dys: [dy] }, input);
    };
  const shaped =
    (input: 'bias' | 'preluActivationWeights', owed: typeof owedByBias) =>
    (site: AdjointSite): Tensor =>
      tf.reshape(owed(aligned(site), sums(site)), site.at(input).shape);
  return {
    name,
    work: 'windows',
    canonical: (attributes, inputs) => ({
      ...canonicalConvolution(name)(attributes, inputs),
      ...canonicalActivation(attributes),
    }),
    shape: windowedShape(name),
    vjp: {
      x: throughSums('x'),
      filter: throughSums('filter'),
      bias: shaped('bias', owedByBias),
      preluActivationWeights: shaped('preluActivationWeights', owedBySlopes),
    },
    batch: (site) => {
      const { batch } = convolution;
      const again: BatchSite['again'] = (inputs, attributes = site.attributes) =>
        callAll(plain.name, inputs, placementIn(attributes));
      const [made = site.at('x')] =
        batch === 'elementwise'
          ? []
          : [
              site.isBatched('x') || site.isBatched('filter')
                ? batch({ ...site, again })
                : again({ x: site.at('x'), filter: site.at('filter') }),
            ].flat();
      return finished(alignedDraws(site), made);
    },
    reach: eachImage('x'),
    onnx: translation,
    element: element(plain.name, isDepthwise),
  };
};

export const fusedConvolutions: readonly Kernel[] = [
  fused('FusedConv2D', conv2d, onnx.dense.fused, false),
  fused('FusedDepthwiseConv2D', depthwise, onnx.depthwise.fused, true),
];
