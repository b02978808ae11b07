/** Steps of inference: pure, without leaks, and with the optimisers that they claim to have. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Svi,
  type SviState,
  adam,
  bernoulli,
  cosineDecay,
  elbo,
  key,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  sgd,
  svi,
} from 'marginalia';
import { type Params, stateTensors } from 'marginalia/inference';
import {
  type Optimizer,
  type OptimizerState,
  type Schedule,
  chained,
  clipByGlobalNorm,
  exponentialDecay,
  linearSchedule,
  rmsprop,
  warmup,
} from 'marginalia/optimizers';
import { describe, expect, it } from 'vitest';
import { foldIn, randomNormal } from '../../src/random/index.js';

const inference = svi({
  model: (x: tf.Tensor) =>
    program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const b = yield* sample('b', bernoulli({ probs: 0.5 }));
      yield* plate('data', { size: 4 }, observe('x', normal(tf.add(z, b), 1), x));
    }),
  guide: () =>
    program(function* () {
      const scale = yield* param('scale', 1, { support: positive });
      yield* sample('z', normal(yield* param('loc', 0), scale));
      yield* sample('b', bernoulli({ logits: yield* param('logits', 0) }));
    }),
  objective: elbo({ particles: 2, discrete: 'score' }),
  optimizer: chained(clipByGlobalNorm(10), adam(0.05)),
});

const bits = (state: SviState): readonly (readonly number[])[] =>
  stateTensors(state).map((t) => [...t.dataSync()]);

const conjugate = svi({
  model: () =>
    program(function* () {
      yield* observe('x', normal(yield* sample('z', normal(0, 1)), 1), 5);
    }),
  guide: () =>
    program(function* () {
      yield* sample('z', normal(yield* param('loc', 0), 1));
    }),
  objective: elbo(),
  optimizer: adam(0.1),
});

/** Takes steps that each leave the number of tensors as it was. */
const flat = <B>(some: Svi<B>, batch: B, steps: number): void => {
  let state = some.init(key(0), batch);
  const before = tf.memory().numTensors;
  for (let i = 0; i < steps; i += 1) {
    const [next, metrics] = some.step(state, batch);
    tf.dispose([...stateTensors(state), metrics.loss, metrics.terms]);
    state = next;
    expect(tf.memory().numTensors).toBe(before);
  }
  expect(state.step).toBe(steps);
  tf.dispose([...stateTensors(state)]);
};

describe('a step', () => {
  it('leaves the number of tensors as it was, hundreds of times', () => {
    const small = svi({
      model: () => observe('x', normal(0, 1), 1),
      guide: () => program(function* () {}),
      objective: elbo(),
      optimizer: adam(0.1),
    });
    const data = tf.tensor1d([1, 2, 0, 1]);
    flat(small, undefined, 10);
    flat(inference, data, 30);
    flat(conjugate, undefined, 300);
    data.dispose();
  });

  it('draws afresh at every step', () => {
    const state = conjugate.init(key(6), undefined);
    const loss = (step: number): number | undefined =>
      tf.tidy(() => conjugate.step({ ...state, step }, undefined)[1].loss.dataSync()[0]);
    expect(new Set([loss(0), loss(1), loss(2)]).size).toBe(3);
    expect(loss(1)).toBe(loss(1));
    tf.dispose([...stateTensors(state)]);
  });

  it('is a pure function of state and batch, bit by bit', () => {
    const data = tf.tensor1d([1, 2, 0, 1]);
    const start = inference.init(key(3), data);
    const untouched = bits(start);
    const twice = [0, 1].map(() => {
      const [one] = inference.step(start, data);
      const [two, metrics] = inference.step(one, data);
      return { state: bits(two), step: two.step, loss: [...metrics.loss.dataSync()] };
    });
    expect(twice[1]).toEqual(twice[0]);
    expect(bits(start)).toEqual(untouched);
    const [other] = inference.step({ ...start, key: key(4) }, data);
    expect(bits(other)).not.toEqual(bits(inference.step(start, data)[0]));
  });

  it('draws anew at each step, and evaluates at the draws of the step to come', () => {
    const data = tf.tensor1d([1, 2, 0, 1]);
    const start = inference.init(key(3), data);
    const loss = (step: number): number =>
      inference.evaluate({ ...start, step }, data).loss.dataSync()[0] ?? NaN;
    expect(loss(1)).not.toBe(loss(0));
    expect(inference.step(start, data)[1].loss.dataSync()[0]).toBe(loss(0));
  });

  it('lowers the loss at the noise that it saw', () => {
    const slow = svi({ ...conjugate, optimizer: sgd(0.01) });
    const start = slow.init(key(5));
    const [next, { loss }] = slow.step(start, undefined);
    const after = slow.evaluate({ ...next, step: start.step }, undefined).loss.dataSync()[0] ?? NaN;
    expect(after).toBeLessThan(loss.dataSync()[0] ?? NaN);
  });

  it('moves against the gradients that it reports', () => {
    const data = tf.tensor1d([1, 2, 0, 1]);
    const plain = svi({ ...inference, optimizer: sgd(0.5) });
    const start = plain.init(key(3), data);
    const gradients = plain.gradients(start, data);
    const [next] = plain.step(start, data);
    for (const [name, x] of Object.entries(start.params)) {
      const [before = NaN] = x.dataSync();
      const [slope = NaN] = gradients[name]?.dataSync() ?? [];
      expect(slope).not.toBe(0);
      expect(next.params[name]?.dataSync()[0]).toBeCloseTo(before - 0.5 * slope, 5);
    }
  });
});

/** One entry's rule in double precision: the update for each gradient in turn. */
type Rule = () => (gradient: number, step: number) => number;

const sgdRule =
  (rate: number, momentum = 0, nesterov = false): Rule =>
  () => {
    let velocity = 0;
    return (g) => {
      velocity = momentum * velocity + g;
      return -rate * (nesterov ? g + momentum * velocity : velocity);
    };
  };

const adamRule =
  (rate: (step: number) => number, b1 = 0.9, b2 = 0.999, eps = 1e-8): Rule =>
  () => {
    let [mean, square] = [0, 0];
    return (g, step) => {
      mean = b1 * mean + (1 - b1) * g;
      square = b2 * square + (1 - b2) * g * g;
      const corrected = mean / (1 - b1 ** (step + 1));
      return (-rate(step) * corrected) / (Math.sqrt(square / (1 - b2 ** (step + 1))) + eps);
    };
  };

const rmspropRule =
  (rate: number, decay = 0.9, eps = 1e-8, momentum = 0): Rule =>
  () => {
    let [square, velocity] = [0, 0];
    return (g) => {
      square = decay * square + (1 - decay) * g * g;
      velocity = momentum * velocity + g / (Math.sqrt(square) + eps);
      return -rate * velocity;
    };
  };

const STEPS = 20;
const shapes = { w: [2, 3], b: [] } as const;
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Random gradients of every size, by parameter. */
const gradientsAt = (seed: number, step: number): Readonly<Record<string, Float32Array>> =>
  Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [
      name,
      randomNormal(foldIn(foldIn(key(seed), step), name), sizeOf(shape)).map(
        (g) => g * 2 ** (step % 5),
      ),
    ]),
  );

const asParams = (arrays: Readonly<Record<string, Float32Array>>): Params => ({
  w: tf.tensor(arrays['w'] ?? [], [...shapes.w]),
  b: tf.tensor(arrays['b'] ?? [], [...shapes.b]),
});

/** Each step's updates, flattened. */
const updatesOf = (optimizer: Optimizer, seed: number): readonly (readonly number[])[] => {
  const params = asParams(gradientsAt(seed + 1, 0));
  let state: OptimizerState = optimizer.init(params);
  return Array.from({ length: STEPS }, (_, step) => {
    const next = optimizer.update(asParams(gradientsAt(seed, step)), state, params);
    state = next.state;
    return [...(next.updates['w']?.dataSync() ?? []), ...(next.updates['b']?.dataSync() ?? [])];
  });
};

const referenceOf = (rule: Rule, seed: number): readonly (readonly number[])[] => {
  const rules = Array.from({ length: 7 }, () => rule());
  return Array.from({ length: STEPS }, (_, step) => {
    const { w = [], b = [] } = gradientsAt(seed, step);
    return [...w, ...b].map((g, i) => rules[i]?.(g, step) ?? NaN);
  });
};

const decayed = (step: number): number => 0.1 * 0.5 ** (step / 4);

describe('an optimiser', () => {
  it.each<{ readonly name: string; readonly optimizer: Optimizer; readonly rule: Rule }>([
    { name: 'sgd', optimizer: sgd(0.1), rule: sgdRule(0.1) },
    { name: 'momentum', optimizer: sgd(0.1, { momentum: 0.8 }), rule: sgdRule(0.1, 0.8) },
    {
      name: 'nesterov',
      optimizer: sgd(0.1, { momentum: 0.8, nesterov: true }),
      rule: sgdRule(0.1, 0.8, true),
    },
    { name: 'adam', optimizer: adam(0.01), rule: adamRule(() => 0.01) },
    {
      name: 'adam with options',
      optimizer: adam(0.01, { b1: 0.5, b2: 0.9, eps: 0.1 }),
      rule: adamRule(() => 0.01, 0.5, 0.9, 0.1),
    },
    {
      name: 'adam on a schedule',
      optimizer: adam(exponentialDecay(0.1, 0.5, 4)),
      rule: adamRule(decayed),
    },
    { name: 'rmsprop', optimizer: rmsprop(0.01), rule: rmspropRule(0.01) },
    {
      name: 'rmsprop with momentum',
      optimizer: rmsprop(0.01, { decay: 0.7, eps: 0.05, momentum: 0.6 }),
      rule: rmspropRule(0.01, 0.7, 0.05, 0.6),
    },
  ])('$name is its formula in double precision', ({ optimizer, rule }) => {
    tf.tidy(() => {
      const found = updatesOf(optimizer, 11);
      const expected = referenceOf(rule, 11);
      for (const [step, row] of expected.entries()) {
        row.forEach((x, i) => {
          const error = Math.abs((found[step]?.[i] ?? NaN) - x);
          expect(error, `step ${step}, entry ${i}`).toBeLessThan(
            3e-5 * Math.max(0.01, Math.abs(x)),
          );
        });
      }
    });
  });

  it('changes neither its state nor its input', () => {
    tf.tidy(() => {
      const optimizer = chained(clipByGlobalNorm(1), adam(0.1));
      const params = asParams(gradientsAt(1, 0));
      const state = optimizer.init(params);
      const once = optimizer.update(params, state, params);
      const again = optimizer.update(params, state, params);
      expect(again.updates['w']?.dataSync()).toEqual(once.updates['w']?.dataSync());
      expect(Object.keys(once.state)).toEqual(Object.keys(state));
    });
  });
});

describe('clipping by the global norm', () => {
  it('keeps the direction of all gradients together, and short ones as they are', () =>
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -64, max: 64 }), { minLength: 7, maxLength: 7 }),
        fc.integer({ min: 1, max: 64 }),
        (numbers, limit) => {
          tf.tidy(() => {
            const gradients = asParams({
              w: Float32Array.from(numbers.slice(0, 6)),
              b: Float32Array.from(numbers.slice(6)),
            });
            const { updates } = clipByGlobalNorm(limit).update(gradients, {}, gradients);
            const found = ['w', 'b'].flatMap((name) => [...(updates[name]?.dataSync() ?? [])]);
            const norm = Math.hypot(...numbers);
            const factor = norm > limit ? limit / norm : 1;
            found.forEach((x, i) => expect(x).toBeCloseTo((numbers[i] ?? NaN) * factor, 3));
            expect(Math.hypot(...found)).toBeLessThan(limit * (1 + 1e-5));
          });
        },
      ),
      { numRuns: 50, seed: 6 },
    ));
});

describe('a schedule', () => {
  const at = (schedule: Schedule, count: number): number =>
    tf.tidy(() => schedule(tf.scalar(count)).dataSync()[0] ?? NaN);
  const counts = [0, 1, 3, 10, 25];

  it.each<{
    readonly name: string;
    readonly schedule: Schedule;
    readonly formula: (count: number) => number;
  }>([
    {
      name: 'exponential decay',
      schedule: exponentialDecay(0.2, 0.5, 10),
      formula: (n) => 0.2 * 0.5 ** (n / 10),
    },
    {
      name: 'cosine decay',
      schedule: cosineDecay(0.2, 10, 0.05),
      formula: (n) => 0.05 + 0.075 * (1 + Math.cos(Math.PI * Math.min(n / 10, 1))),
    },
    {
      name: 'a line',
      schedule: linearSchedule(0.5, 0.1, 10),
      formula: (n) => 0.5 - 0.4 * Math.min(n / 10, 1),
    },
    {
      name: 'a warm-up',
      schedule: warmup(4, exponentialDecay(0.2, 0.5, 10)),
      formula: (n) => Math.min((n + 1) / 4, 1) * 0.2 * 0.5 ** (n / 10),
    },
  ])('$name is its formula', ({ schedule, formula }) => {
    for (const count of counts) expect(at(schedule, count)).toBeCloseTo(formula(count), 6);
  });
});

it.each<[string, () => unknown]>([
  ['rate to be finite and at least 0, but got -0.05', () => adam(-0.05)],
  ['rate to be finite and at least 0, but got NaN', () => sgd(Number.NaN)],
  ['b1 to be at least 0 and less than 1, but got 1', () => adam(0.1, { b1: 1 })],
  ['b2 to be at least 0 and less than 1, but got NaN', () => adam(0.1, { b2: Number.NaN })],
  ['eps to be finite and above 0, but got 0', () => adam(0.1, { eps: 0 })],
  ['decay to be at least 0 and less than 1, but got 1.1', () => rmsprop(0.1, { decay: 1.1 })],
  ['eps to be finite and above 0, but got -1', () => rmsprop(0.1, { eps: -1 })],
  ['momentum to be at least 0 and less than 1, but got 1', () => sgd(0.1, { momentum: 1 })],
  ['max to be finite and above 0, but got 0', () => clipByGlobalNorm(0)],
  ['steps to be finite and at least 1, but got 0', () => cosineDecay(0.1, 0)],
  ['floor to be finite and at least 0, but got -1', () => cosineDecay(0.1, 9, -1)],
  ['every to be finite and above 0, but got 0', () => exponentialDecay(0.1, 0.5, 0)],
  ['decay to be finite and above 0, but got -0.5', () => exponentialDecay(0.1, -0.5, 9)],
  ['steps to be finite and at least 1, but got 0', () => linearSchedule(0, 1, 0)],
  ['to to be finite, but got Infinity', () => linearSchedule(0, Infinity, 9)],
  ['steps to be finite and at least 0, but got -1', () => warmup(-1, cosineDecay(0.1, 9))],
])('an optimiser is refused: expected %s', (says, make) => {
  expect(make).toThrow(RangeError);
  expect(make).toThrow(says);
});
