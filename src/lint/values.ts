/** What is measured of a value under its law. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Support, Tensor } from '../../dsl/index.js';
import { isMasked } from '../../dsl/combinators/mask.js';
import { outsideOf } from '../../dsl/checks/domain.js';
import { tidied } from '../../dsl/tensors/tidied.js';
import type { ImpossibleValue, ValueFacts } from './examination.js';

/** Half the distance between 1 and the next number of float32. */
const ROUNDING = 2 ** -24;

/** The numbers that no value has; what is not finite has no density, which is another matter. */
const strangersIn = (value: Tensor, support: Support): readonly number[] =>
  [...outsideOf(value.dataSync(), value.shape, support)].flatMap((o) =>
    Number.isFinite(o.value) ? [o.value] : [],
  );

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
  const variance = d.support.isDiscrete ? undefined : d.variance?.();
  if (variance === undefined) return 0;
  const ratios = tf.div(tf.abs(value), tf.sqrt(variance)).dataSync();
  // A point mass has no width to compare with, and some laws no variance.
  return [...ratios].reduce((most, r) => (Number.isFinite(r) ? Math.max(most, r) : most), 0);
};

/** Measures a value under its law. */
export const valueFacts = (d: Distribution, value: Tensor): ValueFacts =>
  tidied(
    () => ({
      count: value.size,
      impossible: impossibleAt(d, value),
      outside: isMasked(d) ? [] : strangersIn(value, d.support),
      rounding: roundingOf(d, value) * ROUNDING,
    }),
    () => [],
  );
