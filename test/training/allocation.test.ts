/** Steps leave nothing behind: a training loop works in memory that it has. */
import { expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  bernoulli,
  elbo,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { bernoulliRows } from 'marginalia/data';
import { phases } from 'marginalia/inference';
import { randomUniform } from 'marginalia/random';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { batchesOf } from '../../src/data/batches.js';
import { right } from '../either.js';

const programs = {
  model: (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const z = yield* sample('z', independent(normal([0, 0, 0], 1)));
        const logits = yield* shared(param('logits', [0, 0, 0]));
        yield* observe('x', independent(bernoulli({ logits: z.add(logits) })), x);
      }),
    ),
  guide: (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        yield* sample('z', independent(normal(yield* shared(param('loc', [0, 0, 0])), 0.5)));
      }),
    ),
  objective: elbo({ closedFormKl: 'never' }),
  optimizer: adam(0.01),
};

const whole = svi(programs);
const parts = phases({
  guide: svi({ ...programs, trains: ['loc'] }),
  model: { svi: svi({ ...programs, trains: ['logits'] }), times: 2 },
});

/** The middle of some numbers: what is collected in some windows makes those smaller, or negative. */
const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? 0;

const STEPS = 1000;

/** Bytes that a step allocates: the middle of 15 windows, after some in which the code is optimised. */
const bytesPerStep = async (take: (count: number) => Promise<unknown>): Promise<number> => {
  for (let i = 0; i < 20; i += 1) await take(STEPS);
  const found: number[] = [];
  for (let i = 0; i < 15; i += 1) {
    const before = process.memoryUsage().heapUsed;
    await take(STEPS);
    found.push((process.memoryUsage().heapUsed - before) / STEPS);
  }
  return median(found);
};

/** Besides the key of its batch, 64 bytes, a step leaves some numbers that the engine has boxed, for each of its stages. */
it.each([
  ['one inference, as one program', whole, 'whole', 170],
  ['phases, as one program', parts, 'whole', 450],
  ['one inference, its update apart', whole, 'halves', 240],
  ['phases, their updates apart', parts, 'halves', 650],
] as const)('a step allocates next to nothing: %s', async (_, inference, how, most) => {
  const data = bernoulliRows(randomUniform(key(1), 600), [3]);
  const batches = batchesOf({ data, batchSize: 20 }, key(2));
  const [{ write }, batch] = [batches, batches.at(0)];
  const first = inference.init(key(3), batch);
  const stepper = right(
    await compiledStepper(inference, first, batch, { executor: 'javascript' }, (weighed) =>
      weighed.filter((w) => w.parts === how),
    ),
  );
  const steps = stepper.written?.(batch);
  if (steps === undefined || write === undefined) throw new Error('it cannot be written');
  const bytes = await bytesPerStep((count) =>
    steps.advance(count, (step) => {
      // One epoch's order, which is an array of its own.
      write(step % 10, steps.into);
      return true;
    }),
  );
  // A view is 105 bytes, and what a promise takes is more.
  expect(bytes).toBeLessThan(most);
  await stepper.close();
  freeState(first);
  batch.dispose();
});
