/** Backends: the mended kernels, the choice by name, and the same numbers on every engine. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  bernoulli,
  categorical,
  condition,
  elbo,
  independent,
  key,
  multivariateNormal,
  normal,
  param,
  plate,
  program,
  sample,
  svi,
  useBackend,
} from 'marginalia';
import { showBackendError } from 'marginalia/backends';
import { mlp } from 'marginalia/nn';

beforeAll(async () => {
  expect(await useBackend('wasm')()).toEqual(E.right('wasm'));
});
const values = (n: number, seed: number): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(seed + i * 1.7));

const on = async <A>(backend: 'wasm' | 'cpu', f: () => A): Promise<A> => {
  await useBackend(backend)();
  const result = f();
  await useBackend('wasm')();
  return result;
};

const gap = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(0, ...Array.from(a, (x, i) => Math.abs(x - (b[i] ?? Number.NaN))));

describe('the wasm kernels', () => {
  it('multiply matrices with either operand transposed as the cpu does', async () => {
    const size = fc.integer({ min: 1, max: 5 });
    await fc.assert(
      fc.asyncProperty(
        size,
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        async (b, n, k, m, ta, tb) => {
          const product = (): Float32Array => {
            const out = tf.tidy(() => {
              const x = tf.tensor3d(values(b * n * k, 1), ta ? [b, k, n] : [b, n, k]);
              const y = tf.tensor3d(values(b * k * m, 2), tb ? [b, m, k] : [b, k, m]);
              return Float32Array.from(tf.matMul(x, y, ta, tb).dataSync());
            });
            return out;
          };
          expect(gap(await on('wasm', product), await on('cpu', product))).toBeLessThan(1e-5);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('differentiate a gather as the cpu does, repeated rows added', async () => {
    const gradient = (axis: number) => (): Float32Array =>
      tf.tidy(() => {
        const x = tf.tensor2d(values(12, 3), [4, 3]);
        const rows = tf.tensor1d([0, 2, 2], 'int32');
        const f = (v: Tensor): Tensor => tf.sum(tf.square(tf.gather(v, rows, axis)));
        return Float32Array.from(tf.grad(f)(x).dataSync());
      });
    for (const axis of [0, 1]) {
      expect(gap(await on('wasm', gradient(axis)), await on('cpu', gradient(axis)))).toBeLessThan(
        1e-6,
      );
    }
  });

  it('free what they make on the way', async () => {
    await useBackend('wasm')();
    const run = (): void =>
      tf.tidy(() => {
        const x = tf.ones([3, 4]);
        tf.grad((v: Tensor) => tf.sum(tf.matMul(v, v, true, false)))(x);
      });
    run();
    const { numDataBuffers } = tf.memory();
    for (let i = 0; i < 20; i += 1) run();
    expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
  });
});

/** A model with every kind of estimator: pathwise, full covariance, enumerated, networks. */
const everything = svi({
  model: (x: Tensor) =>
    condition(
      plate(
        'data',
        x.shape[0] ?? 0,
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([2]), tf.ones([2]))));
          const c = yield* sample('c', categorical({ logits: [0, 0.5, 1] }));
          const h = yield* mlp('decoder', { hidden: [5], out: 3, activation: 'tanh' })(z);
          const shift = tf.expandDims(tf.sub(c, 1), -1);
          return yield* sample('x', independent(bernoulli({ logits: tf.add(h, shift) })));
        }),
      ),
      { x },
    ),
  guide: (x: Tensor) =>
    plate(
      'data',
      x.shape[0] ?? 0,
      program(function* () {
        const loc = yield* mlp('encoder', { hidden: [4], out: 2, activation: 'relu' })(x);
        const logScale = yield* param('logScale', [0.1, -0.3]);
        const lower = yield* param('lower', [0.2]);
        yield* sample('z', multivariateNormal(loc, { logScale, lower }));
        yield* sample(
          'c',
          categorical({ logits: yield* mlp('classes', { hidden: [], out: 3 })(x) }),
        );
      }),
    ),
  objective: elbo({ particles: 3 }),
  optimizer: adam(0.01),
});

describe('the same step on wasm and cpu', () => {
  it('has the same loss and gradients to float precision, from the same noise', async () => {
    const measure = (): readonly Float32Array[] =>
      tf.tidy(() => {
        const x = tf.tensor2d(values(12, 5), [4, 3]).greater(0).cast('float32');
        const state = everything.init(key(11), x);
        const { loss } = everything.evaluate(state, x);
        const gradients = everything.gradients(state, x);
        return [loss, ...Object.values(gradients)].map((t) => Float32Array.from(t.dataSync()));
      });
    const [wasm, cpu] = [await on('wasm', measure), await on('cpu', measure)];
    expect(wasm).toHaveLength(cpu.length);
    wasm.forEach((a, i) => {
      const b = cpu[i] ?? [];
      const scale = Math.max(1e-2, ...Array.from(b, Math.abs));
      expect(gap(a, b) / scale).toBeLessThan(1e-4);
    });
  });
});

describe('useBackend', () => {
  const ask = (name: string, ...options: readonly string[]): string =>
    execFileSync(
      process.execPath,
      [
        ...options,
        '--input-type=module',
        '-e',
        `const m = await import(${JSON.stringify(new URL('../../dist/src/entries/backends.js', import.meta.url).href)});
         const r = await m.useBackend('${name}')();
         console.log(r._tag === 'Left' ? m.showBackendError(r.left) : r.right);`,
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    ).trim();

  it('says which command installs a backend that is not there', () => {
    expect(ask('tfjs-node-gpu')).toBe(
      "The backend 'tfjs-node-gpu' is not installed; install it with: npm install @tensorflow/tfjs-node-gpu",
    );
  });

  it('says which part is missing of a backend that is there', () => {
    const missing =
      "Cannot find package 'bindings' imported from /@tensorflow/tfjs-node-gpu/index.js";
    const resolve = `export const resolve = (name, context, next) => {
      if (name !== '@tensorflow/tfjs-node-gpu') return next(name, context);
      throw Object.assign(new Error(${JSON.stringify(missing)}), { code: 'ERR_MODULE_NOT_FOUND' });
    };`;
    const asModule = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
    const hook = `import { register } from 'node:module'; register(${JSON.stringify(asModule(resolve))});`;
    expect(ask('tfjs-node-gpu', '--import', asModule(hook))).toBe(
      `The backend 'tfjs-node-gpu' could not be started: ${missing}`,
    );
  });

  it('leaves uncaught errors to print themselves alone', () => {
    const entry = new URL('../../dist/src/index.js', import.meta.url).href;
    const ended = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `const m = await import(${JSON.stringify(entry)}); await m.useBackend('wasm')(); throw new Error('mine');`,
      ],
      { encoding: 'utf8' },
    );
    expect(ended.status).toBe(1);
    expect(ended.stderr).toContain('Error: mine');
    expect(ended.stderr.length).toBeLessThan(2000);
  });

  it('takes the best that is installed', () => {
    expect(['tfjs-node-gpu', 'tfjs-node', 'wasm']).toContain(ask('best'));
  });

  it('says why a backend could not be started', () => {
    expect(showBackendError({ _tag: 'failed', backend: 'cpu', reason: 'no memory' })).toBe(
      "The backend 'cpu' could not be started: no memory",
    );
  });
});
