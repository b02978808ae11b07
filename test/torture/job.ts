/** A training run whose every state is known: what was saved can be told from what was not. */
import { createHash } from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import {
  type Svi,
  type SviState,
  type Tensor,
  adam,
  condition,
  elbo,
  expand,
  fit,
  freeState,
  independent,
  key,
  normal,
  param,
  plate,
  positive,
  program,
  rowsOf,
  sample,
  showFitError,
  svi,
} from 'marginalia';
import type { Checkpointing, FitOptions } from 'marginalia/inference';
import { bytesIn } from '../../src/io/checkpoints/raw-tensor.js';
import { namedState } from '../../src/inference/named-state.js';

/** How many numbers a datum has: a state takes six times as many bytes for each, some of them for ever. */
const WIDTH = 10_000;

const model = program(function* () {
  const z = yield* sample('z', independent(expand(normal(0, 1), [WIDTH])));
  yield* plate('rows', 2, sample('x', independent(normal(z, 1))));
});

const guide = program(function* () {
  const start = Array.from({ length: WIDTH }, () => 0.1);
  const loc = yield* param('loc', start);
  const scale = yield* param('scale', start, { support: positive });
  yield* sample('z', independent(normal(loc, scale)));
});

export const job: Svi<Tensor> = svi({
  model: (x: Tensor) => condition(model, { x }),
  guide: () => guide,
  objective: elbo(),
  optimizer: adam(0.01),
});

const data = rowsOf(
  Float32Array.from({ length: 2 * WIDTH }, (_, i) => (i % 7) / 7),
  [WIDTH],
);

/** Its first state. */
export const firstState = (): SviState => {
  const batch = data.batch(Int32Array.of(0, 1), key(0));
  const state = job.init(key(5), batch);
  batch.dispose();
  return state;
};

/** How it is trained. */
export const training = <C>(
  steps: number,
  checkpoint: Checkpointing<C>,
  from: SviState,
): FitOptions<Tensor, C> => ({
  svi: job,
  data,
  batchSize: 2,
  length: { steps },
  key: key(5),
  engine: 'eager',
  from,
  checkpoint,
});

/** All of a state in a few letters. */
export const digestOf = (state: SviState): string => {
  const hash = createHash('sha256').update(JSON.stringify([state.step, state.key]));
  for (const [name, x] of Object.entries(namedState(state))) {
    hash.update(name).update(bytesIn({ shape: x.shape, values: Float32Array.from(x.dataSync()) }));
  }
  return hash.digest('hex');
};

/** Says of a state whether it is one of the run's. */
export interface Reference {
  readonly knows: (state: SviState) => Promise<boolean>;
  readonly close: () => void;
}

/** The run in one go, as far as it is asked for. */
export const reference = (): Reference => {
  let last = firstState();
  const digests = new Map([[last.step, digestOf(last)]]);
  let queue: Promise<void> = Promise.resolve();
  const goTo = async (step: number): Promise<void> => {
    const note = {
      every: { steps: 1 },
      save:
        (state: SviState): TaskEither<never, void> =>
        async () => {
          digests.set(state.step, digestOf(state));
          return E.right(undefined);
        },
    };
    const fitted = await fit(training(step, note, last))();
    if (E.isLeft(fitted)) throw new Error(showFitError(fitted.left));
    freeState(last);
    last = fitted.right.state;
  };
  return {
    knows: async (state) => {
      const { step } = state;
      // One after another, because all go on from where the last one came to.
      queue = queue.then(() => (step > last.step ? goTo(step) : undefined));
      await queue;
      return digests.get(step) === digestOf(state);
    },
    close: () => freeState(last),
  };
};
