/** What is measured of a value under its law. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Support, Tensor } from '../../dsl/index.js';
import { isMasked } from '../../dsl/combinators/mask.js';
import { belongs } from '../../dsl/checks/membership.js';
import { isDiscrete } from '../../dsl/support.js';
import { scoped } from '../scoped.js';
import type { ImpossibleValue, ValueFacts } from './examination.js';

/** Half the distance between 1 and the next number of float32. */
const ROUNDING = 2 ** -24;
/** How far the entries of a float32 simplex may be from a sum of 1. */
const SUM = 1e-3;

const sumsOf = (value: Tensor): readonly number[] => [...tf.sum(value, -1).dataSync()];

const outsideOf = (value: Tensor, support: Support): readonly number[] => {
  const entries = [...value.dataSync()].filter((x) => !belongs(x, support));
  const sums = ['simplex', 'oneHot'].includes(support.kind) ? sumsOf(value) : [];
  return [...entries, ...sums.filter((s) => Math.abs(s - 1) > SUM)];
};

const impossibleAt = (d: Distribution, value: Tensor): readonly ImpossibleValue[] => {
  const log = d.logProb(value);
  const width = d.eventShape.reduce((a, b) => a * b, 1);
  // The first entry of each event stands for it.
  const first = value.size === log.size * width ? value.dataSync() : undefined;
  return [...log.dataSync()].flatMap((logProb, i) =>
    Number.isFinite(logProb) ? [] : [{ logProb, value: first?.[i * width] ?? Number.NaN }],
  );
};

const roundingOf = (d: Distribution, value: Tensor): number => {
  const variance = isDiscrete(d.support) ? undefined : d.variance?.();
  if (variance === undefined) return 0;
  const ratios = tf.div(tf.abs(value), tf.sqrt(variance)).dataSync();
  // A point mass has no width to compare with, and some laws no variance.
  return [...ratios].reduce((most, r) => (Number.isFinite(r) ? Math.max(most, r) : most), 0);
};

/** Measures a value under its law. */
export const valueFacts = (d: Distribution, value: Tensor): ValueFacts =>
  scoped(
    () => ({
      count: value.size,
      impossible: impossibleAt(d, value),
      outside: isMasked(d) ? [] : outsideOf(value, d.support),
      rounding: roundingOf(d, value) * ROUNDING,
    }),
    () => [],
  );
