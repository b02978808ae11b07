/** A distribution under test: its label, its settings and draws of it. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Preimage, Shape, Tensor } from '../../../dsl/index.js';

import { partsOf } from '../../../dsl/law/structure.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { drawNoise, foldIn, key } from '../../random/index.js';
import type { LawName } from '../law/catalogue.js';
import type { Claim } from '../law/law.js';
import { checkLawOptions } from '../law/law-options.js';
import { type Numbers, column, rowsOf } from '../statistics/numbers.js';

/** A distribution as a function of its parameters, with the values to try it at. */
export interface Parametrised<D extends Distribution = Distribution> {
  readonly parameters: readonly Numbers[];
  readonly from: (parameters: readonly Tensor[]) => D;
}

/** What the laws of a distribution are checked with. */
export interface DistributionLawOptions {
  /** What messages call the distribution; its family's name where left out. */
  readonly label?: string;
  /** Seed of all draws, 20240229 where left out. */
  readonly seed?: number;
  /** Number of draws of the statistical laws, 4000 where left out. */
  readonly draws?: number;
  /**
   * The chance that a sound distribution fails a run by bad luck, over all seeds, 1e-6 where left
   * out.
   */
  readonly falseAlarm?: number;
  /**
   * How far float32 rounding may put log p of a draw from log p at its value, relative and
   * absolute, 1e-3 where left out.
   */
  readonly tolerance?: number;
  /** The distribution as a function of its parameters; without it, gradients are not checked. */
  readonly parametrised?: Parametrised;
}

/** A distribution with its draws `[draws, ...batch, ...event]` and the noise they were made of. */
export interface Subject {
  readonly label: string;
  readonly distribution: Distribution;
  readonly noise: readonly Tensor[];
  readonly value: Tensor;
  /** What the draws are images of. */
  readonly preimage?: Preimage;
  /** The draws as numbers, `[entry][draw][place]`. */
  readonly events: readonly (readonly (readonly number[])[])[];
  readonly draws: number;
  readonly seed: number;
  readonly tolerance: number;
  /** The false alarms allowed to one statistical law. */
  readonly alarm: number;
}

/** How many statistical laws a run may check: sampler, mean, variance and entropy. */
const STATISTICAL_LAWS = 4;

/** Noise for `left` independent draws at every place of a batch. */
export const noiseFor = (d: Distribution, left: Shape, seed: number): readonly Tensor[] =>
  d.sampler.noise.map((n, i) => {
    const batch = [...left, ...d.batchShape];
    return tf.tensor(drawNoise(foldIn(key(seed), i), n, batch), [...batch, ...n.shape], 'float32');
  });

/** The draws of a distribution that its laws look at. */
export const subjectOf = (
  distribution: Distribution,
  options: DistributionLawOptions = {},
): Subject => {
  checkLawOptions(options);
  const { seed = 20240229, draws = 4000, falseAlarm = 1e-6, tolerance = 1e-3 } = options;
  const noise = noiseFor(distribution, [draws], seed);
  const { value: drawn, preimage } = distribution.sampler.draw(noise);
  const shape = [draws, ...distribution.batchShape, ...distribution.eventShape];
  // A sampler without noise gives one value, the same for every draw.
  const value = noise.length === 0 ? tf.add(drawn, tf.zeros(shape)) : drawn;
  const batch = sizeOf(distribution.batchShape);
  const rows = rowsOf(value.dataSync(), sizeOf(distribution.eventShape));
  return {
    label: options.label ?? distribution.family.name,
    distribution,
    noise,
    value,
    ...(preimage && { preimage }),
    events: Array.from({ length: batch }, (_, entry) =>
      rows.filter((__, i) => i % batch === entry),
    ),
    draws,
    seed,
    tolerance,
    alarm: falseAlarm / STATISTICAL_LAWS,
  };
};

/** The name of a law with what it is checked on. */
export const claim = (law: LawName, { label, seed }: Subject): Claim => ({ law, of: label, seed });

/** The number of batch entries. */
export const batchSize = ({ distribution }: Subject): number => sizeOf(distribution.batchShape);

/** The number of entries of an event. */
export const eventSize = ({ distribution }: Subject): number => sizeOf(distribution.eventShape);

/** The draws of one batch entry, an event a row. */
export const drawsAt = ({ events }: Subject, entry: number): readonly (readonly number[])[] =>
  events[entry] ?? [];

/** Draws that exact laws look at; more would only cost time. */
const FEW = 16;

export const firstDraws = ({ value, draws }: Subject): Tensor =>
  tf.slice(value, 0, Math.min(FEW, draws));

/**
 * A function of values at rows of events, the same rows for every batch entry or others for each:
 * `events[entry][row]`. Gives `[entry][row]`.
 */
export const atEvents = (
  subject: Subject,
  f: (value: Tensor) => Tensor,
  events: readonly (readonly (readonly number[])[])[],
): readonly (readonly number[])[] => {
  const { batchShape, eventShape } = subject.distribution;
  const count = events[0]?.length ?? 0;
  const flat = Array.from({ length: count }, (_, row) => events.map((at) => at[row] ?? []));
  const value = tf.tensor(flat.flat(2), [count, ...batchShape, ...eventShape], 'float32');
  const rows = rowsOf(f(value).dataSync(), events.length);
  return events.map((_, entry) => column(rows, entry));
};

/** log p at rows of events, likewise. */
export const logProbAt = (
  subject: Subject,
  events: readonly (readonly (readonly number[])[])[],
): readonly (readonly number[])[] =>
  atEvents(subject, (value) => subject.distribution.logProb(value), events);

/** Whether exp(logProb) is a density: not of a point mass, nor where a mask took terms away. */
export const hasDensity = (d: Distribution): boolean =>
  d.isPoint !== true &&
  d.unmasked === undefined &&
  d.structure?._tag !== 'partly' &&
  partsOf(d).every(hasDensity);
