/** The axes of a reduction: their one spelling, and what is left of a shape without them. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { axesOf, numbers } from '../../graph/attributes.js';
import type { DType } from '../../graph/graph.js';
import type { AdjointSite, BatchRule, Kernel, ShapeRule } from '../kernel.js';
import { type ReachRule, alongAxes } from '../reach.js';

/** What TensorFlow.js calls the axes of a reduction: it has two names. */
export type AxesName = 'axis' | 'reductionIndices';

/** All axes by their numbers, in order and once each, and whether they are kept. */
export const canonicalAxes =
  (name: AxesName): NonNullable<Kernel['canonical']> =>
  (attributes, { x }) => ({
    [name]: [...new Set(axesOf(attributes[name], x?.shape ?? []))].toSorted((a, b) => a - b),
    keepDims: attributes['keepDims'] === true,
  });

export const reducedShape =
  (name: AxesName, dtype?: DType): ShapeRule =>
  ({ x }, attributes) => {
    if (x === undefined) return undefined;
    const axes = axesOf(attributes[name], x.shape);
    const keeps = attributes['keepDims'] === true;
    return {
      dtype: dtype ?? x.dtype,
      shape: x.shape.flatMap((n, i) => (axes.includes(i) ? (keeps ? [1] : []) : [n])),
    };
  };

export const axesIn = ({ attributes }: AdjointSite, name: AxesName): readonly number[] =>
  numbers(attributes[name]);

/** What has the output's shape, with the reduced axes in their places, of length 1. */
export const withAxesBack = (
  { at }: AdjointSite,
  reduced: Tensor,
  axes: readonly number[],
): Tensor =>
  tf.reshape(
    reduced,
    at('x').shape.map((n, i) => (axes.includes(i) ? 1 : n)),
  );

/** What is reduced is together. */
export const reducedReach = (name: AxesName): ReachRule =>
  alongAxes((attributes) => numbers(attributes[name]));

/** The same reduction with the draws left of what is reduced. */
export const batchedReduction =
  (name: AxesName): BatchRule =>
  ({ at, again, attributes }) =>
    again(
      { x: at('x') },
      { ...attributes, [name]: numbers(attributes[name]).map((axis) => axis + 1) },
    );
