/** Training as a stream: minibatches in a keyed order, progress, cancellation, checkpoints. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type Key, foldIn } from '../random/index.js';
import { type Dataset, epochOrder, stepsPerEpoch } from './dataset.js';
import { type NonFinite, explainNonFinite } from './non-finite.js';
import type { Svi, SviState } from './svi.js';

/** How long to train. */
export type Length = { readonly epochs: number } | { readonly steps: number };

/** Saves a state; `C` is how that can fail. */
export interface Checkpointing<C> {
  /** Steps between saves; the last state is saved as well. */
  readonly every: number;
  readonly save: (state: SviState) => TaskEither<C, void>;
}

export interface FitOptions<B extends tf.TensorContainer, C = never> {
  readonly svi: Svi<B>;
  readonly data: Dataset<B>;
  readonly batchSize: number;
  readonly length: Length;
  /** The seed of everything: initial values, order of the data, noise. */
  readonly key: Key;
  /** Go on from here instead of from the start; its key takes the place of `key`. */
  readonly from?: SviState;
  /** Steps between reports; 20 where it is left out. */
  readonly reportEvery?: number;
  /** Stops after the step in progress. */
  readonly signal?: AbortSignal;
  readonly checkpoint?: Checkpointing<C>;
}

/** What is told while training. */
export interface Progress {
  readonly step: number;
  readonly steps: number;
  /** Epochs begun, from 1. */
  readonly epoch: number;
  /** Mean loss of the steps since the last report, nats. */
  readonly loss: number;
  /** Mean number of elements in their batches; an epoch's last batch may be short. */
  readonly elements: number;
  /** Steps a second since training began. */
  readonly rate: number;
  readonly secondsLeft: number;
}

/** Why training stopped early. */
export type FitError<C = never> =
  | { readonly tag: 'nonFinite'; readonly where: NonFinite; readonly loss: number }
  | { readonly tag: 'checkpoint'; readonly error: C };

/** How training ended; `finished` is false where it was cancelled. The state is the caller's. */
export interface Fitted {
  readonly state: SviState;
  readonly finished: boolean;
}

/**
 * One sentence for a non-finite value.
 *
 * @example
 * ```ts
 * showNonFinite({ step: 3, site: 'z', what: 'sample value', found: NaN }).split(';')[0];
 * // 'Step 3: the loss is not finite'
 * ```
 */
export const showNonFinite = ({ step, site, what, found }: NonFinite): string =>
  `Step ${step}: the loss is not finite; the first cause is the ${what} of '${site}', which is ${found}. ` +
  'Lower the learning rate, clip gradients, or keep scales away from 0.';

const totalSteps = (length: Length, size: number, batchSize: number): number =>
  'steps' in length ? length.steps : length.epochs * stepsPerEpoch(size, batchSize);

const check = <B extends tf.TensorContainer, C>(options: FitOptions<B, C>): void => {
  const whole = (name: string, value: number, least: number): void => {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `fit: expected ${name} to be a whole number of at least ${least}, but got ${value}.`,
      );
    }
  };
  whole('batchSize', options.batchSize, 1);
  whole('data.size', options.data.size, 1);
  whole('length', 'steps' in options.length ? options.length.steps : options.length.epochs, 0);
  whole('reportEvery', options.reportEvery ?? 1, 1);
  if (options.checkpoint) whole('checkpoint.every', options.checkpoint.every, 1);
};

/** Lets timers, signals and a page's events run: tensor work never yields by itself. */
const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Milliseconds of work after which others get a turn. */
const TURN = 30;

/** The batches of consecutive steps, each epoch's order made once. */
const batchesFrom = <B extends tf.TensorContainer>(
  { data, batchSize }: FitOptions<B, unknown>,
  key: Key,
): ((step: number) => B) => {
  const perEpoch = stepsPerEpoch(data.size, batchSize);
  const order: { epoch: number; rows: Int32Array } = { epoch: -1, rows: new Int32Array() };
  return (step) => {
    const epoch = Math.floor(step / perEpoch);
    if (epoch !== order.epoch) {
      order.epoch = epoch;
      order.rows = epochOrder(key, data.size, epoch);
    }
    const start = (step % perEpoch) * batchSize;
    return tf.tidy(() =>
      data.batch(order.rows.slice(start, start + batchSize), foldIn(foldIn(key, 'batch'), step)),
    );
  };
};

const firstState = <B extends tf.TensorContainer>(options: FitOptions<B, unknown>): SviState => {
  if (options.from !== undefined) return copyState(options.from);
  const { key, svi } = options;
  const dataKey = foldIn(key, 'data');
  const batch = batchesFrom(options, dataKey)(0);
  try {
    return svi.init(key, batch);
  } finally {
    tf.dispose(batch);
  }
};

const copyState = (state: SviState): SviState => ({
  ...state,
  params: copy(state.params),
  optimizer: copy(state.optimizer),
});

const copy = (tensors: SviState['params']): SviState['params'] =>
  Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, tf.clone(x)]));

const free = (state: SviState): void => {
  tf.dispose([...Object.values(state.params), ...Object.values(state.optimizer)]);
};

/**
 * Trains, telling of its progress as it goes: iterate it with `for await`, or use `fit`.
 *
 * Everything random comes from the state's key and step, so a run that was interrupted and goes on
 * from its checkpoint gives the same numbers, bit for bit. A loss that is not finite ends training
 * with the site that caused it.
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
  const { svi, data, batchSize, length, signal, checkpoint, reportEvery = 20 } = options;
  let state = firstState(options);
  const batchAt = batchesFrom(options, foldIn(state.key, 'data'));
  const steps = totalSteps(length, data.size, batchSize);
  const tell = reporter(state.step, steps, data.size, batchSize);
  let turn = performance.now();
  let losses: number[] = [];
  let saved = state.step;
  let handedOver = false;
  try {
    while (state.step < steps && signal?.aborted !== true) {
      const stepped = await oneStep(svi, state, batchAt);
      if (E.isLeft(stepped)) return stepped;
      free(state);
      state = stepped.right.state;
      losses.push(stepped.right.loss);
      if (checkpoint && state.step % checkpoint.every === 0) {
        saved = state.step;
        const done = await checkpoint.save(state)();
        if (E.isLeft(done)) return E.left({ tag: 'checkpoint', error: done.left });
      }
      if (losses.length === reportEvery || state.step === steps) {
        yield tell(state.step, losses);
        losses = [];
      }
      if (performance.now() - turn > TURN) {
        await breathe();
        turn = performance.now();
      }
    }
    if (checkpoint && saved !== state.step) {
      const done = await checkpoint.save(state)();
      if (E.isLeft(done)) return E.left({ tag: 'checkpoint', error: done.left });
    }
    handedOver = true;
    return E.right({ state, finished: state.step >= steps });
  } finally {
    // Whoever stops listening, or an error on the way, must not leave tensors behind.
    if (!handedOver) free(state);
  }
}

interface Stepped {
  readonly state: SviState;
  readonly loss: number;
}

/** One step, its loss read and checked; the old state is left to the caller. */
const oneStep = async <B extends tf.TensorContainer>(
  svi: Svi<B>,
  state: SviState,
  batchAt: (step: number) => B,
): Promise<E.Either<FitError, Stepped>> => {
  const batch = batchAt(state.step);
  try {
    const [next, metrics] = svi.step(state, batch);
    const [loss = Number.NaN] = await metrics.loss.data();
    tf.dispose([metrics.loss, ...Object.values(metrics.terms)]);
    if (Number.isFinite(loss)) return E.right({ state: next, loss });
    free(next);
    const where = explainNonFinite(svi, state, batch) ?? {
      step: state.step,
      site: 'loss',
      what: 'sum of its terms',
      found: loss,
    };
    return E.left({ tag: 'nonFinite', where, loss });
  } finally {
    tf.dispose(batch);
  }
};

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

const reporter = (
  first: number,
  steps: number,
  size: number,
  batchSize: number,
): ((step: number, losses: readonly number[]) => Progress) => {
  const began = performance.now();
  const perEpoch = stepsPerEpoch(size, batchSize);
  const elementsOf = (step: number): number =>
    Math.min(batchSize, size - (step % perEpoch) * batchSize);
  return (step, losses) => {
    const rate = ((step - first) * 1000) / (performance.now() - began);
    return {
      step,
      steps,
      epoch: Math.ceil(step / perEpoch),
      loss: mean(losses),
      elements: mean(losses.map((_, i) => elementsOf(step - losses.length + i))),
      rate,
      secondsLeft: (steps - step) / rate,
    };
  };
};
