/** A joint draw run again, with its gradient sent elsewhere. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, stopGradient } from '../../../dsl/index.js';
import { mapPreimage, sharedPreimage } from '../../../dsl/law/preimage.js';
import { atEveryDraw } from '../../interpreters/all-draws.js';
import { type SampleRecord, samplesOf } from '../../interpreters/record.js';
import { runProgram } from '../../interpreters/run.js';
import { type Joint, type JointOptions, modelAt, optionsOfDraw, recordFrom } from '../joint.js';

/** How a joint draw is run again. */
export interface Rescoring {
  /** Runs the guide again, with its parameters `live`, or `stopped`: without a gradient. */
  readonly guide?: 'live' | 'stopped';
  /** Runs the model again. */
  readonly model?: 'live' | 'stopped';
  /**
   * How a gradient passes each draw of the guide: a tensor of the same numbers with another gradient,
   * as `stopGradient` gives. Asked for a draw z = f(x) and for x alike; the last `eventRank` axes
   * make one event.
   */
  readonly path?: (draw: Tensor, eventRank: number) => Tensor;
  /** What stands for each draw of the guide, where that is another number. */
  readonly value?: (value: Tensor, site: SampleRecord) => Tensor;
}

/** The guide's draws as the programs are given them again. */
const given = (
  joint: Joint,
  record: SampleRecord,
  path: Rescoring['path'],
  value: Rescoring['value'],
): SampleRecord => {
  const { draws } = joint;
  /** What a function of all draws makes of one. */
  const moved = (x: Tensor, eventRank: number, f: (all: Tensor) => Tensor): Tensor => {
    const all = f(atEveryDraw(joint, x, eventRank));
    const own = all.shape.slice(draws.sizes.length);
    // The axes of plates that the draw has none of.
    const spare = Math.max(0, own.length - x.rank);
    return draws.one(
      tf.reshape(all, [...all.shape.slice(0, draws.sizes.length), ...own.slice(spare)]),
    );
  };
  const { preimage, ...rest } = record;
  const rank = record.distribution.eventShape.length;
  const other =
    value === undefined ? record.value : moved(record.value, rank, (all) => value(all, record));
  const along = (x: Tensor, eventRank: number): Tensor =>
    path === undefined ? x : moved(x, eventRank, (all) => path(all, eventRank));
  const again = { ...rest, value: along(other, rank), origin: 'given' } as const;
  // Another number is the image of another.
  const shared = other === record.value ? sharedPreimage(preimage) : undefined;
  return shared === undefined ? again : { ...again, preimage: mapPreimage(shared, along) };
};

/**
 * The joint draw with one program or both run again at the same values: to pass gradients to other
 * places. A program that is not named stays as it was run.
 *
 * Log densities are then taken at the values, not through the noise that made them, so a draw's
 * gradient and that of the parameters inside log q are kept apart. A draw z = f(x) of a map without
 * parameters is taken at x: at a z that float32 rounded to a bound of its support, gradients are
 * finite as well.
 *
 * @example
 * ```ts
 * const landing = {
 *   ...elbo({ closedFormKl: 'never' }),
 *   estimate: (joint: Joint) => estimateTerms(rescored(joint, { guide: 'stopped' })),
 * };
 * const inference = svi({
 *   model: () => sample('z', normal(0, 1)),
 *   guide: () => program(function* () {
 *     yield* sample('z', normal(yield* param('loc', 2), 1));
 *   }),
 *   objective: landing,
 *   optimizer: sgd(0.1),
 * });
 * // ∂(log p − log q)/∂z = −z + (z − 2), whatever z is.
 * inference.gradients(inference.init(key(0)), undefined)['loc']?.dataSync()[0]; // 2
 * ```
 */
export const rescored = (joint: Joint, { guide, model, path, value }: Rescoring): Joint => {
  const { source, derivation, draws } = joint;
  const optionsFor = (parameters: 'live' | 'stopped'): JointOptions =>
    optionsOfDraw(
      derivation,
      draws,
      parameters === 'live'
        ? source
        : { ...source, parameter: (i) => stopGradient(source.parameter(i)) },
    );
  const drawn = new Map(
    [...samplesOf(joint.guide.records)].map(([name, r]) => [
      name,
      r.origin === 'observed' ? r : given(joint, r, path, value),
    ]),
  );
  return draws.each(() => ({
    ...joint,
    ...(guide && {
      guide: runProgram(source.guide, {
        ...optionsFor(guide),
        role: 'guide',
        choose: (i) => {
          const { value: at, preimage } = recordFrom(drawn, i.name);
          return { from: 'value', value: at, preimage };
        },
      }),
    }),
    ...(model && { model: modelAt(drawn, source.model, optionsFor(model)) }),
  }));
};
