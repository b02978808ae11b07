/** Training as a stream: minibatches in a keyed order, progress, cancellation, checkpoints. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type Key, foldIn } from '../random/index.js';
import { type Dataset, batchesOf, stepsPerEpoch } from './dataset.js';
import { type Progress, reporter } from './progress.js';
import { compiledStepper } from './compiled-stepper.js';
import type { EngineOptions } from './engine.js';
import { checkWhole } from '../../dsl/options.js';
import { type NonFinite, explainNonFinite } from './non-finite.js';
import { type Stepper, eagerStepper, freeState } from './stepper.js';
import type { Svi, SviState } from './svi.js';

/** How long to train. */
export type Length = { readonly epochs: number } | { readonly steps: number };

/** Saves a state; `C` is how that can fail. */
export interface Checkpointing<C> {
  /** Steps between saves; the last state is saved as well. */
  readonly every: number;
  readonly save: (state: SviState) => TaskEither<C, void>;
}

/** What is trained, on what, and for how long. */
export interface FitOptions<B extends tf.TensorContainer, C = never> extends EngineOptions {
  readonly svi: Svi<B>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly length: Length;
  /** The seed of everything: initial values, order of the data, noise. */
  readonly key: Key;
  /** Go on from here instead of from the start; its key takes the place of `key`. */
  readonly from?: SviState;
  /**
   * Whether an epoch visits the elements in an order of its own, the default, or as they stand. A
   * batch of all elements is never shuffled, so that values of a plate keep their places.
   */
  readonly shuffle?: boolean;
  /** Steps between reports; 20 where it is left out. */
  readonly reportEvery?: number;
  /** Stops after the step in progress. */
  readonly signal?: AbortSignal;
  readonly checkpoint?: Checkpointing<C>;
}

/**
 * Why training stopped early. The state is the caller's to free: that before the step whose loss is
 * not finite, that which could not be saved, or that before the batch which does not compile, where
 * steps were taken before it. So nothing is lost without a checkpoint: it can be saved, or trained on
 * from. Its parameters are finite unless the update before was not.
 */
export type FitError<C = never> =
  | {
      readonly tag: 'nonFinite';
      readonly where: NonFinite;
      readonly loss: number;
      readonly state: SviState;
    }
  | { readonly tag: 'notCompiled'; readonly reason: string; readonly state?: SviState }
  | { readonly tag: 'checkpoint'; readonly error: C; readonly state: SviState };

/** How training ended; `finished` is false where it was cancelled. The state is the caller's. */
export interface Fitted {
  readonly state: SviState;
  readonly finished: boolean;
}

const totalSteps = (length: Length, size: number, batchSize: number): number =>
  'steps' in length ? length.steps : length.epochs * stepsPerEpoch(size, batchSize);

const check = <B extends tf.TensorContainer, C>(options: FitOptions<B, C>): void => {
  const { batchSize, data, length, reportEvery = 1, checkpoint } = options;
  checkWhole('fit', { batchSize, 'data.size': data.size, reportEvery });
  checkWhole('fit', 'steps' in length ? { steps: length.steps } : { epochs: length.epochs }, 0);
  if (checkpoint !== undefined) checkWhole('fit', { 'checkpoint.every': checkpoint.every });
};

/** Lets timers, signals and a page's events run: tensor work never yields by itself. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Milliseconds of work after which others get a turn. */
const TURN = 30;

/** Steps in one call: enough that the call costs nothing, few enough to stay within a turn. */
const MOST_AT_ONCE = 1024;

/** The engine that was asked for, or why it cannot be had. */
const chooseStepper = async <B extends tf.TensorContainer>(
  { svi, engine = 'auto', onEngine, ...options }: FitOptions<B, unknown>,
  state: SviState,
  example: B,
): Promise<E.Either<FitError, Stepper<B>>> => {
  if (engine === 'eager') {
    onEngine?.('eager: asked for');
    return E.right(eagerStepper(svi, state));
  }
  const compiled = await compiledStepper(svi, state, example, options);
  if (E.isRight(compiled)) {
    onEngine?.(`compiled: ${compiled.right.note}`);
    return compiled;
  }
  if (engine === 'compiled') return E.left({ tag: 'notCompiled', reason: compiled.left });
  onEngine?.(`eager: ${compiled.left}`);
  return E.right(eagerStepper(svi, state));
};

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
  check(options);
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

/** Goes on eagerly where a later batch turns out not to compile. */
const eagerFrom = async <B extends tf.TensorContainer>(
  { svi, onEngine }: FitOptions<B, unknown>,
  stepper: Stepper<B>,
  reason: string,
): Promise<Stepper<B>> => {
  const state = stepper.state();
  await stepper.close();
  const eager = eagerStepper(svi, state);
  freeState(state);
  onEngine?.(`eager from step ${eager.at()}: ${reason}`);
  return eager;
};

interface Begun<B> {
  readonly stepper: Stepper<B>;
  readonly batchAt: (step: number) => B;
}

const begin = async <B extends tf.TensorContainer>(
  options: FitOptions<B, unknown>,
): Promise<E.Either<FitError, Begun<B>>> => {
  const { svi, key, from } = options;
  const batchAt = batchesOf(options, foldIn(from?.key ?? key, 'data'));
  const example = batchAt(from?.step ?? 0);
  try {
    const first = from ?? svi.init(key, example);
    const stepper = await chooseStepper(options, first, example);
    if (from === undefined) freeState(first);
    return E.isLeft(stepper) ? stepper : E.right({ stepper: stepper.right, batchAt });
  } finally {
    tf.dispose(example);
  }
};

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
