/** Training as a stream: minibatches in a keyed order, progress, cancellation, checkpoints. */
import type * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { TURN, breather } from '../compile/breathe.js';
import { stepsPerEpoch } from '../data/batches.js';
import { freeState } from '../inference/stepper.js';
import type { SviState } from '../inference/svi-state.js';
import type { FitError, Fitted, Trouble } from './fit-error.js';
import { type FitOptions, checkFitOptions } from './fit-options.js';
import type { TrainingLength } from './length.js';
import { type HeldOutRun, heldOutOf } from './held-out.js';
import { type Progress, reporter } from './progress.js';
import { type Saves, savesOf } from './saves.js';
import { begin } from './start.js';
import { type Walk, walkOf } from './walk.js';

const totalSteps = (length: TrainingLength, size: number, batchSize: number): number =>
  'steps' in length ? length.steps : length.epochs * stepsPerEpoch(size, batchSize);

/** Steps in one call: enough that the call costs nothing, few enough to stay within a stage. */
const MOST_AT_ONCE = 1024;

/** How many steps to take at once, after so many took so many milliseconds. */
const nextPace = (pace: number, ms: number): number => {
  if (ms > TURN) return Math.max(1, Math.floor(pace / 2));
  return ms < TURN / 2 ? Math.min(2 * pace, MOST_AT_ONCE) : pace;
};

/** A state with the held-out losses up to its step. */
const withHistory = (state: SviState, { losses }: Pick<HeldOutRun, 'losses'>): SviState => {
  const own = losses().filter(({ step }) => step <= state.step);
  return own.length === 0 ? state : { ...state, heldOut: own };
};

/** Walks to the end, or until it is cancelled; gives what stopped it before, if anything did. */
async function* walking<B extends tf.TensorContainer, C>(
  options: FitOptions<B, C>,
  walk: Walk,
  saves: Saves<C>,
  heldOut: HeldOutRun,
  steps: number,
): AsyncGenerator<Progress, Trouble<C> | undefined, void> {
  const { data, batchSize, signal, reportEvery = 20 } = options;
  const perEpoch = stepsPerEpoch(data.size, batchSize);
  const reports = reporter(walk, steps, data.size, batchSize);
  const rest = breather();
  const told = (): Progress => {
    const last = heldOut.losses().at(-1);
    const progress = reports.report();
    const state = (): SviState => withHistory(progress.state(), heldOut);
    return { ...progress, state, ...(last && { heldOut: last }) };
  };
  let pace = 1;
  let stopped: Trouble<C> | undefined;
  // A state that was saved by other means may lack the loss of its step.
  const first = await heldOut.take();
  if (E.isLeft(first)) return first.left;
  while (walk.at() < steps && signal?.aborted !== true && !heldOut.isOver()) {
    const until = Math.min(
      steps - walk.at(),
      reportEvery - reports.untold(),
      saves.stepsLeft(walk.at()),
      heldOut.stepsLeft(walk.at()),
      perEpoch > 1 ? perEpoch - (walk.at() % perEpoch) : Infinity,
    );
    const began = performance.now();
    const moved = await walk.advance(Math.min(until, pace));
    if (E.isLeft(moved)) {
      stopped = moved.left;
      break;
    }
    reports.add(moved.right, walk.phaseLosses());
    pace = nextPace(pace, performance.now() - began);
    const evaluated = await heldOut.take();
    if (E.isLeft(evaluated)) {
      stopped = evaluated.left;
      break;
    }
    const at = walk.at();
    const epoch = perEpoch > 1 && at % perEpoch === 0;
    if (reports.untold() === reportEvery || epoch || at === steps) {
      const progress = told();
      try {
        yield progress;
      } catch (error) {
        return { _tag: 'threw', during: 'callback', error };
      }
    }
    if (saves.due(at)) {
      const { state, trouble } = await walk.settled();
      const saved =
        trouble === undefined ? await saves.save(withHistory(state, heldOut)) : E.left(trouble);
      freeState(state);
      if (E.isLeft(saved)) return saved.left;
    }
    await rest();
  }
  if (reports.untold() > 0) {
    try {
      yield told();
    } catch (error) {
      return stopped ?? { _tag: 'threw', during: 'callback', error };
    }
  }
  return stopped;
}

/** Saves the last good state, and hands it over with what stopped training, if anything did. */
const ended = async <C>(
  walk: Walk,
  saves: Saves<C>,
  heldOut: HeldOutRun,
  stopped: Trouble<C> | undefined,
  steps: number,
): Promise<E.Either<FitError<C>, Fitted>> => {
  const { state: last, trouble: spoilt } = await walk.settled();
  const state = withHistory(last, heldOut);
  // Where the state is not that which the loss was taken at, what spoilt it is the cause.
  const trouble =
    stopped === undefined || stopped._tag === 'nonFinite' ? (spoilt ?? stopped) : stopped;
  const unsaved =
    trouble?._tag === 'checkpoint' || (trouble?._tag === 'threw' && trouble.during === 'save');
  const saved = unsaved ? E.right(undefined) : await saves.save(state);
  if (trouble !== undefined) return E.left({ ...trouble, state });
  if (E.isLeft(saved)) return E.left({ ...saved.left, state });
  const finished = state.step >= steps || heldOut.isOver();
  return E.right({ state, finished, heldOut: heldOut.losses() });
};

/**
 * Trains, telling of its progress as it goes: iterate it with `for await`, or use `fit`.
 *
 * With `heldOut` the loss of other data is taken now and then, of the programs as they are evaluated and at the
 * same draws every time. It ends training once `patience` of them are not better, moves `reduceOnPlateau`, and is
 * told, in reports, in the result and in the state.
 *
 * - It is a mean over elements: where data are in a plate with the batch's elements, a batch's loss is divided by
 *   the size of that plate, whether all are visited or a subsample, and weighed by how many it has. What lies
 *   outside the plate counts once in each batch, and scaled up is counted rightly: `{ size, count }`.
 * - The loss that a program returns is taken as it is: return a mean over the batch.
 * - Errors: until there is a first state, a mistake throws at once: options that are unknown, missing
 *   or out of range a `RangeError` that names them, a guide that does not fit a `GuideMisfitError`, what
 *   `lint` finds for certain a `LintError`; what may be meant is told to `onWarning`.
 *   From then on whatever happens is a left that holds the last good state: a loss or an update that
 *   is not finite, with the site that caused it, and whatever a program, the data, a listener or a
 *   save throws (also what is thrown into the stream, by `throw`).
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: (x: Tensor) => plate('data', x.shape[0] ?? 0, program(function* () {
 *     yield* observe('x', normal(yield* shared(param('loc', 0)), 1), x);
 *   })),
 *   guide: (_: Tensor) => of({}),
 *   objective: elbo(),
 *   optimizer: adam(0.1),
 * });
 * const data = rowsOf(new Float32Array([1, 2, 3, 4]), []);
 * const length = { steps: 6 };
 * const steps: number[] = [];
 * for await (const { step } of training({ svi: inference, data, batchSize: 2, length, key: key(0), reportEvery: 2 })) {
 *   steps.push(step);
 * }
 * steps; // [2, 4, 6]
 * ```
 */
export function training<B extends tf.TensorContainer, C = never, P extends string = string>(
  options: FitOptions<B, C, P>,
): AsyncGenerator<Progress<P>, E.Either<FitError<C, P>, Fitted<P>>, void>;
export async function* training<B extends tf.TensorContainer, C>(
  options: FitOptions<B, C>,
): AsyncGenerator<Progress, E.Either<FitError<C>, Fitted>, void> {
  checkFitOptions('training', options);
  return yield* checkedTraining(options);
}

/** The same of options that were checked. */
export async function* checkedTraining<B extends tf.TensorContainer, C = never>(
  options: FitOptions<B, C>,
): AsyncGenerator<Progress, E.Either<FitError<C>, Fitted>, void> {
  const begun = await begin(options);
  if (E.isLeft(begun)) return begun;
  const walk = walkOf(options, begun.right);
  const heldOut = heldOutOf(options, walk);
  try {
    const { length, data, batchSize, checkpoint } = options;
    const steps = totalSteps(length, data.size, batchSize);
    const saves = savesOf(checkpoint, walk.at());
    const stopped = yield* walking(options, walk, saves, heldOut, steps);
    return await ended(walk, saves, heldOut, stopped, steps);
  } finally {
    await heldOut.close();
    // Whoever stops listening must not leave tensors behind.
    await walk.close();
  }
}
