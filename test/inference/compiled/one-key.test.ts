/** One key is one result: nothing that a run decides rests on how fast the machine is at the moment. */
import { Worker } from 'node:worker_threads';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type SviState,
  type Tensor,
  adam,
  bernoulli,
  condition,
  elbo,
  expand,
  fit,
  freeState,
  independent,
  key,
  normal,
  plate,
  program,
  rowsOf,
  sample,
  svi,
  useBackend,
} from 'marginalia';
import { dense, mlp } from 'marginalia/nn';
import { randomUniform } from 'marginalia/random';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { namedState } from '../../../src/inference/named-state.js';
import { right } from '../../either.js';

const busy: Worker[] = [];

beforeAll(async () => {
  await useBackend('wasm')();
  // More threads that want a core than there are cores.
  for (let i = 0; i < 3; i += 1) busy.push(new Worker('for (;;) Math.random();', { eval: true }));
});

afterAll(async () => {
  await Promise.all(busy.map((worker) => worker.terminate()));
});

const SIDE = 24;

/** An autoencoder of a size at which generated code and ONNX Runtime are about as fast. */
const autoencoder = () => {
  const decoder = mlp('decoder', { hidden: [16], out: SIDE });
  const encoder = mlp('encoder', { hidden: [16] });
  const image = program(function* () {
    const z = yield* sample('z', independent(expand(normal(0, 1), [2])));
    yield* sample('x', independent(bernoulli({ logits: yield* decoder(z) })));
  });
  const code = (x: Tensor) =>
    program(function* () {
      const h = yield* encoder(x);
      const loc = yield* dense('loc', { units: 2 })(h);
      const logScale = yield* dense('logScale', { units: 2 })(h);
      yield* sample('z', independent(normal(loc, tf.exp(logScale))));
    });
  return svi({
    model: (x: Tensor) => condition(plate('images', x.shape[0] ?? 0, image), { x }),
    guide: (x: Tensor) => plate('images', x.shape[0] ?? 0, code(x)),
    objective: elbo(),
    optimizer: adam(1e-3),
  });
};

const images = rowsOf(
  randomUniform(key(1), 70 * SIDE).map((u) => (u < 0.5 ? 0 : 1)),
  [SIDE],
);

const bitsOf = (state: SviState): string =>
  Object.entries(namedState(state))
    .map(([name, x]) => `${name} ${Buffer.from(x.dataSync().slice().buffer).toString('base64')}`)
    .join('\n');

describe('fits with one key on a busy machine', () => {
  it('have one result, and choose alike for each form of batch', async () => {
    const results = new Set<string>();
    const choices = new Set<string>();
    for (let i = 0; i < 4; i += 1) {
      const notes: string[] = [];
      const fitted = right(
        await fit({
          svi: autoencoder(),
          data: images,
          batchSize: 32,
          length: { epochs: 3 },
          key: key(2),
          onEngine: (note) => notes.push(note),
        })(),
      );
      results.add(bitsOf(fitted.state));
      choices.add(notes.join('\n'));
      freeState(fitted.state);
    }
    expect(results.size).toBe(1);
    expect(choices.size).toBe(1);
    expect([...choices][0]?.split('\n')).toEqual([
      expect.stringMatching(/ for a batch \[32, 24\]; modelled: .* (?:µs|ms)/),
      expect.stringMatching(
        / for a batch \[6, 24\]; generated code would be too long; modelled: .* (?:µs|ms)/,
      ),
    ]);
  });

  it('are the same however many steps are taken in a call', async () => {
    const inference = autoencoder();
    const batch = images.batch(Int32Array.of(3, 1, 4, 15), key(0));
    const first = inference.init(key(3), batch);
    for (const executor of ['javascript', 'onnxruntime'] as const) {
      const found: string[] = [];
      for (const portions of [[7], [1, 1, 1, 1, 1, 1, 1], [2, 4, 1]]) {
        const stepper = right(await compiledStepper(inference, first, batch, { executor }));
        for (const count of portions) right(await stepper.advance(batch, count));
        const state = stepper.state();
        found.push(bitsOf(state));
        freeState(state);
        await stepper.close();
      }
      expect(new Set(found).size, executor).toBe(1);
    }
    freeState(first);
    batch.dispose();
  });

  it('are the same where a form of batch is stepped eagerly between compiled ones', async () => {
    const inference = autoencoder();
    const whole = images.batch(Int32Array.of(0, 1, 2, 3, 4, 5), key(0));
    const short = images.batch(Int32Array.of(6, 7), key(0));
    const first = inference.init(key(3), whole);
    const eagerly = right(
      await compiledStepper(inference, first, whole, {}, (weighed) =>
        weighed.filter(({ way }) => way._tag === 'eager'),
      ),
    );
    let asked = 0;
    const mixed = right(
      await compiledStepper(inference, first, whole, {}, (weighed) => {
        asked += 1;
        return weighed.filter(({ way }) => way._tag === (asked === 1 ? 'loops' : 'eager'));
      }),
    );
    for (const batch of [whole, short, whole, whole, short, short, whole]) {
      const [a, b] = [right(await eagerly.advance(batch)), right(await mixed.advance(batch))];
      expect(Math.abs((a[0] ?? 0) / (b[0] ?? Number.NaN) - 1)).toBeLessThan(1e-4);
    }
    expect(asked).toBe(2);
    expect(mixed.at()).toBe(7);
    const [a, b] = [eagerly.state(), mixed.state()];
    for (const [name, x] of Object.entries(namedState(a))) {
      const gap = tf.max(tf.abs(tf.sub(x, namedState(b)[name] ?? Number.NaN)));
      expect(gap.dataSync()[0], name).toBeLessThan(1e-4);
    }
    [a, b, first].forEach(freeState);
    await eagerly.close();
    await mixed.close();
  });
});
