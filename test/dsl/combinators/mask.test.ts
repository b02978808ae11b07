/** A mask means one thing: what counts, in loss and gradient alike, and nothing between. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import {
  type Distribution,
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  elbo,
  expand,
  independent,
  key,
  logDensity,
  mask,
  mixture,
  normal,
  observe,
  param,
  plate,
  program,
  sgd,
  svi,
  trace,
  transformed,
  useBackend,
} from 'marginalia';
import { lint } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import { choose } from 'marginalia/tensors';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lawOf } from '../../../dsl/law/distribution.js';
import { withGradients } from '../../../src/inference/gradients.js';
import { engines, numbersBy } from '../../compile/in-engines.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

/** Numbers that say neither that a term counts nor that it does not. */
const unclear = [2, 0.5, -1, 255, 256, Number.NaN, Infinity, 1e-8];

describe('a mask of numbers', () => {
  it.each(unclear)('is no mask at %d', (x) => {
    expect(() => mask(normal([0, 0], 1), [1, x])).toThrow(
      new RegExp(`mask: expected mask to be 0 or 1, but got ${x} at \\[1\\].*notEqual.*factor`),
    );
    expect(() => mask(normal(0, 1), x)).toThrow(/0 or 1/);
    expect(() => mask(normal([0, 0], 1), Float32Array.of(0, x))).toThrow(/0 or 1/);
  });

  it('of eight bits is none either', () => {
    expect(() => mask(normal([0, 0], 1), Uint8Array.of(255, 0))).toThrow(/255 at \[0\]/);
  });

  it('is one of 0 and 1, of booleans, and of a tensor of any type', () => {
    const logProb = numbers(normal(0, 1).logProb(tf.scalar(1)))[0] ?? 0;
    const masks = [
      [0, 1],
      [false, true],
      Uint8Array.of(0, 1),
      tf.tensor1d([0, 1], 'int32'),
      tf.tensor1d([false, true], 'bool'),
    ];
    for (const keep of masks) {
      const found = numbers(mask(normal([0, 0], 1), keep).logProb(tf.tensor1d([1, 1])));
      expect(found[0]).toBe(0);
      expect(found[1]).toBeCloseTo(logProb, 6);
    }
  });
});

const wrappings: readonly (readonly [string, (d: Distribution, keep: Tensor) => Distribution])[] = [
  ['alone', (d, keep) => mask(d, keep)],
  ['expanded', (d, keep) => expand(mask(d, keep), [2])],
  ['in a joint law', (d, keep) => expand(independent(mask(expand(d, [2]), keep)), [2])],
  ['under another', (d, keep) => mask(mask(d, keep), [1, 1])],
  ['mapped', (_, keep) => transformed(mask(normal([0, 0], 1), keep), bijectors.exp)],
  [
    'in a mixture',
    (d, keep) => mixture(categorical({ probs: [0.5, 0.5] }), mask(expand(d, [2, 2]), keep)),
  ],
];

describe('a mask in a tensor', () => {
  it.each(wrappings)('is judged before the first step: %s', (_, wrapped) => {
    for (const x of [2, 255, Number.NaN]) {
      const d = wrapped(normal([0, 0], 1), tf.tensor1d([1, x]));
      const data = tf.ones([...d.batchShape, ...d.eventShape]);
      const model = plate('d', 2, observe('x', d, data));
      const message = new RegExp(`'x'.*mask of Masked.* to be 0 or 1, but got ${x} at \\[1\\]`);
      expect(() => logDensity(model, {})).toThrow(message);
      expect(() => trace(model, {})).toThrow(message);
      const inference = svi({
        model: () => model,
        guide: () => of({}),
        objective: elbo(),
        optimizer: sgd(1),
      });
      expect(() => inference.init(key(0), undefined)).toThrow(message);
      expect(lint(model, of({}), elbo()).map((f) => f.rule)).toContain('invalidArgument');
    }
  });

  it('may hold eight bits under the type bool, which are judged as well', () => {
    const keep = tf.tensor(Uint8Array.of(255, 0), [2], 'bool');
    const model = plate('d', 2, observe('x', mask(normal(0, 1), keep), [3, 1]));
    expect(() => logDensity(model, {})).toThrow(/0 or 1, but got 255/);
  });
});

/** Loss and gradient of a masked model at a mask that no constructor and no start looked at. */
const masked = () => {
  const inference = svi({
    model: ({ x, keep }: { readonly x: Tensor; readonly keep: Tensor }) =>
      program(function* () {
        const loc = yield* param('loc', 0.5);
        yield* plate('d', 4, observe('x', mask(normal(loc, 1), keep), x));
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: sgd(1),
  });
  const x = tf.tensor1d([3, 1, -2, 0.25]);
  const state = inference.init(key(0), { x, keep: tf.ones([4]) });
  return { inference, state, x };
};

describe.each(['wasm', 'cpu'] as const)('a step under a computed mask on %s', (backend) => {
  beforeAll(() => useBackend(backend)());
  afterAll(() => useBackend('wasm')());

  it.each(engines)('counts what is not 0, in loss and gradient alike: %s', async (engine) => {
    const { inference, state, x } = masked();
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(0, 0, 1, ...unclear), { minLength: 4, maxLength: 4 }),
        fc.constantFrom('float32' as const, 'int32' as const),
        async (wanted, dtype) => {
          const keep = dtype === 'int32' ? [...Int32Array.from(wanted)] : wanted;
          const found = await numbersBy(
            engine,
            (params, noise, batch) => {
              const { kept, gradients } = withGradients(params, (given) => {
                const at = { ...state, params: given, step: tf.scalar(0) };
                const { loss } = inference.bound(at, noise, {
                  x: batch['x'] ?? x,
                  keep: batch['keep'] ?? x,
                });
                return { loss, keep: { loss } };
              });
              return { loss: kept['loss'] ?? tf.scalar(NaN), gradient: gradients['loc'] ?? x };
            },
            { loc: tf.scalar(0.5) },
            { x, keep: tf.tensor1d(keep, dtype) },
          );
          const terms = numbers(x).filter((_, i) => keep[i] !== 0);
          const loss = terms.reduce((sum, v) => sum + 0.9189385332 + (v - 0.5) ** 2 / 2, 0);
          const slope = terms.reduce((sum, v) => sum + 0.5 - v, 0);
          expect(found['loss']?.[0]).toBeCloseTo(loss, 4);
          expect(found['gradient']?.[0]).toBeCloseTo(slope, 4);
        },
      ),
      { seed: 1, numRuns: engine === 'eager' ? 40 : 12 },
    );
  });

  it('holds for what is chosen by any condition', () => {
    for (const c of [...unclear, 0, 1]) {
      const on = c === 0 ? 0 : 1;
      const f = (y: Tensor, n: Tensor) => choose(tf.scalar(c), y, n);
      expect(numbers(f(tf.scalar(5), tf.scalar(7)))).toEqual([on === 1 ? 5 : 7]);
      const slopes = tf
        .grads(f)([tf.scalar(5), tf.scalar(7)])
        .map((g) => numbers(g)[0]);
      expect(slopes).toEqual([on, 1 - on]);
    }
    const bits = tf.tensor(Uint8Array.of(255), [], 'bool');
    expect(numbers(choose(bits, tf.scalar(5), tf.scalar(7)))).toEqual([5]);
  });
});

describe('a mask and a batch', () => {
  it('that is larger than its own is kept by the law of the draws, in any order', () => {
    const bits = bernoulli({ probs: 0.25 });
    const laws: readonly (readonly [Distribution, readonly number[], readonly number[]])[] = [
      [expand(mask(bits, 1), [3]), [3], []],
      [expand(mask(bits, [0, 1, 0]), [2, 3]), [2, 3], []],
      [mask(expand(bits, [3]), [1, 0, 1]), [3], []],
      [mask(bits, [1, 0, 1]), [3], []],
      [independent(expand(mask(bits, 1), [3])), [], [3]],
      [expand(independent(mask(bits, [1, 0])), [4]), [4], [2]],
      [independent(expand(expand(mask(bits, 1), [3]), [2, 3]), 2), [], [2, 3]],
    ];
    for (const [d, batch, event] of laws) {
      const law = lawOf(d);
      expect([law.batchShape, law.eventShape]).toEqual([batch, event]);
      expect([d.batchShape, d.eventShape]).toEqual([batch, event]);
      const each = event.reduce((n, k) => n * k, Math.log(0.25));
      const found = law.logProb(tf.ones([...batch, ...event]));
      expect(found.shape).toEqual(batch);
      numbers(found).forEach((x) => expect(x).toBeCloseTo(each, 5));
    }
  });
});
