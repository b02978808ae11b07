/** What a step or an evaluation found. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../dsl/index.js';
import { entryOf } from '../../dsl/records/dictionary.js';

/** What was found of one objective of the terms `T`; scalars. */
export interface ObjectiveMetrics<T extends string = string> {
  /** What is minimised, in nats: −1 times a lower bound, or an upper bound itself. */
  readonly loss: Tensor;
  /** The parts of −loss by term, in nats; of a loss that is no bound, the parts of the loss. */
  readonly terms: Readonly<Record<T, Tensor>>;
}

/**
 * What a step or an evaluation found; scalars that the caller disposes of. Of several phases, `loss`
 * and `terms` are those of the phase that is reported; a step's loss is not finite where any phase's
 * is not.
 */
export interface SviMetrics<T extends string = string> extends ObjectiveMetrics<T> {
  /** Each phase's own by name, where there are several; of one that repeats, those of its last stage. */
  readonly phases?: Readonly<Record<string, ObjectiveMetrics>>;
}

/** All tensors of some metrics. */
export const metricTensors = ({ loss, terms, phases = {} }: SviMetrics): readonly Tensor[] => [
  loss,
  ...Object.values(terms),
  ...Object.values(phases).flatMap((m) => [m.loss, ...Object.values(m.terms)]),
];

/** What was found in turn, each by the name of its phase, with one of them reported. */
export const metricsOf = (
  found: readonly (readonly [string, ObjectiveMetrics])[],
  reported: string,
): SviMetrics => {
  const phases = Object.fromEntries(found);
  const own = entryOf(phases, reported) ?? { loss: tf.scalar(Number.NaN), terms: {} };
  return reported === '' ? own : { ...own, phases };
};

/** The first loss, or NaN where any of the others is not finite. */
export const guarded = (loss: Tensor, others: readonly Tensor[]): Tensor =>
  others.reduce<Tensor>((sum, other) => tf.add(sum, tf.sub(other, other)), loss);
