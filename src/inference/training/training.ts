/** Training as a stream: minibatches in a keyed order, progress, cancellation, checkpoints. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { stepsPerEpoch } from '../dataset.js';
import { explainNonFinite } from '../non-finite.js';
import { type Stepper, freeState } from '../stepper.js';
import type { Svi } from '../svi.js';
import type { FitError, Fitted } from './fit-error.js';
import { type FitOptions, type Length, checkFitOptions } from './fit-options.js';
import { type Progress, reporter } from './progress.js';
import { begin, eagerFrom } from './start.js';

const totalSteps = (length: Length, size: number, batchSize: number): number =>
  'steps' in length ? length.steps : length.epochs * stepsPerEpoch(size, batchSize);

/** Lets timers, signals and a page's events run: tensor work never yields by itself. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Milliseconds of work after which others get a turn. */
const TURN = 30;

/** Steps in one call: enough that the call costs nothing, few enough to stay within a turn. */
const MOST_AT_ONCE = 1024;

/**
 * Trains, telling of its progress as it goes: iterate it with `for await`, or use `fit`.
 *
 * Everything random comes from the state's key and step, so a run that was interrupted and goes on
 * from its checkpoint gives the same numbers, bit for bit, on the same engine. A loss that is not
 * finite ends training with the site that caused it, and the state before that step.
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
export async function* training<B extends tf.TensorContainer, C = never>(
  options: FitOptions<B, C>,
): AsyncGenerator<Progress, E.Either<FitError<C>, Fitted>, void> {
  checkFitOptions(options);
  const { data, batchSize, length, signal, checkpoint, reportEvery = 20 } = options;
  const begun = await begin(options);
  if (E.isLeft(begun)) return begun;
  const { batchAt } = begun.right;
  let { stepper } = begun.right;
  const steps = totalSteps(length, data.size, batchSize);
  const perEpoch = stepsPerEpoch(data.size, batchSize);
  const tell = reporter(() => stepper, steps, data.size, batchSize);
  const sameBatch = data.fixed === true && perEpoch === 1;
  let pace = 1;
  let turn = performance.now();
  let losses: number[] = [];
  let phases: Record<string, number[]> = {};
  let saved = stepper.at();
  const save = async (): Promise<E.Either<FitError<C>, void>> => {
    if (checkpoint === undefined || saved === stepper.at()) return E.right(undefined);
    saved = stepper.at();
    const state = stepper.state();
    const done = await checkpoint.save(state)();
    if (E.isLeft(done)) return E.left({ tag: 'checkpoint', error: done.left, state });
    freeState(state);
    return done;
  };
  try {
    while (stepper.at() < steps && signal?.aborted !== true) {
      const until = Math.min(
        steps - stepper.at(),
        reportEvery - losses.length,
        checkpoint ? checkpoint.every - (stepper.at() % checkpoint.every) : Infinity,
      );
      const count = sameBatch ? Math.min(until, pace) : 1;
      const began = performance.now();
      const stepped = await someSteps(options.svi, stepper, batchAt, count);
      if (E.isLeft(stepped)) {
        const { left } = stepped;
        if (left.tag !== 'notCompiled') return stepped;
        if ((options.engine ?? 'auto') !== 'auto') {
          return E.left({ ...left, state: stepper.state() });
        }
        stepper = await eagerFrom(options, stepper, left.reason);
        continue;
      }
      losses.push(...stepped.right);
      for (const [name, own] of Object.entries(stepper.phaseLosses())) {
        (phases[name] ??= []).push(...own);
      }
      if (performance.now() - began < TURN / 4) pace = Math.min(2 * pace, MOST_AT_ONCE);
      const at = stepper.at();
      const epoch = perEpoch > 1 && at % perEpoch === 0;
      if (losses.length === reportEvery || epoch || at === steps) {
        yield tell(losses, phases);
        losses = [];
        phases = {};
      }
      if (checkpoint && at % checkpoint.every === 0) {
        const done = await save();
        if (E.isLeft(done)) return done;
      }
      if (performance.now() - turn > TURN) {
        await breathe();
        turn = performance.now();
      }
    }
    const done = await save();
    if (E.isLeft(done)) return done;
    return E.right({ state: stepper.state(), finished: stepper.at() >= steps });
  } finally {
    // Whoever stops listening, or an error on the way, must not leave tensors behind.
    await stepper.close();
  }
}

/** Steps on one batch, their losses checked. */
const someSteps = async <B extends tf.TensorContainer>(
  svi: Svi<B>,
  stepper: Stepper<B>,
  batchAt: (step: number) => B,
  count: number,
): Promise<E.Either<FitError, readonly number[]>> => {
  const batch = batchAt(stepper.at());
  try {
    const advanced = await stepper.advance(batch, count);
    if (E.isLeft(advanced)) return E.left({ tag: 'notCompiled', reason: advanced.left });
    const loss = advanced.right.at(-1) ?? Number.NaN;
    if (Number.isFinite(loss)) return advanced;
    const state = stepper.state();
    const where = explainNonFinite(svi, state, batch) ?? {
      step: state.step,
      site: 'loss',
      what: 'sum of its terms',
      reason: state.step === 0 ? 'start' : 'training',
      found: loss,
    };
    return E.left({ tag: 'nonFinite', where, loss, state });
  } finally {
    tf.dispose(batch);
  }
};
