/** Networks that are trained: noise, tied weights, running averages and convolutions in every engine. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Svi,
  type SviState,
  type Tensor,
  adam,
  elbo,
  fit,
  freeState,
  independent,
  key,
  noise,
  normal,
  observe,
  param,
  paramValues,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  simulate,
  svi,
  useBackend,
} from 'marginalia';
import { evaluator } from 'marginalia/inference';
import { LintError } from 'marginalia/lint';
import { of } from 'marginalia/monad';
import {
  batchNorm,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  initializers,
  layerNorm,
  mlp,
  sequential,
  transposedLayer,
  unflatten,
} from 'marginalia/nn';
import { beforeAll, describe, expect, it } from 'vitest';
import { compiledStepper } from '../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper } from '../../src/inference/stepper.js';
import { gap } from '../compile/compiled-values.js';
import { right } from '../either.js';
import { sameInEveryEngine } from './compiled/engines.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const inner = (a: Tensor, b: Tensor): number => tf.sum(tf.mul(a, b)).dataSync()[0] ?? Number.NaN;
const wave = (shape: readonly number[], from = 1): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  return tf.reshape(tf.sin(tf.range(from, from + size)), [...shape]);
};

const autoencoder = (particles = 1): Svi<Tensor> => {
  const encoder = mlp('encoder', {
    hidden: [5],
    activation: 'tanh',
    dropout: 0.3,
    after: (layer) => batchNorm(`${layer}/norm`),
  });
  const loc = dense('loc', { units: 2 });
  const decoder = sequential(
    transposedLayer('hidden', loc, { units: 5, activation: 'tanh' }),
    dense('out', { units: 4 }),
  );
  return svi({
    model: (x: Tensor) =>
      plate(
        'rows',
        x.shape[0] ?? 0,
        program(function* () {
          const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
          yield* observe('x', independent(normal(yield* decoder(z), 1)), x);
        }),
      ),
    guide: (x: Tensor) =>
      plate(
        'rows',
        x.shape[0] ?? 0,
        program(function* () {
          const e = yield* noise('corruption', independent(normal(tf.zeros([4]), 0.1)), {
            evaluation: 0,
          });
          const h = yield* encoder(tf.add(x, e));
          yield* sample('z', independent(normal(yield* loc(h), 0.5)));
        }),
      ),
    objective: elbo({ particles }),
    optimizer: adam(0.01),
  });
};

describe('networks in every engine', () => {
  it.each([1, 3])(
    'dropout, noise, tied weights and running averages, %i particles',
    async (particles) => {
      await sameInEveryEngine(autoencoder(particles), wave([6, 4]));
    },
  );

  it('convolutions and their transposes', async () => {
    const encoder = sequential(
      conv2d('c', { filters: 2, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' }),
      flatten(3),
      dense('code', { units: 2 }),
    );
    const decoder = sequential(
      dense('grow', { units: 8 }),
      unflatten([2, 2, 2]),
      layerNorm('norm', { axes: 3 }),
      conv2dTranspose('t', { filters: 1, kernelSize: 3, strides: 2, padding: 'same' }),
    );
    const made = svi({
      model: (x: Tensor) =>
        plate(
          'rows',
          x.shape[0] ?? 0,
          program(function* () {
            const z = yield* sample('z', independent(normal(tf.zeros([2]), 1)));
            yield* observe('x', independent(normal(yield* decoder(z), 1), 3), x);
          }),
        ),
      guide: (x: Tensor) =>
        plate(
          'rows',
          x.shape[0] ?? 0,
          program(function* () {
            yield* sample('z', independent(normal(yield* encoder(x), 0.5)));
          }),
        ),
      objective: elbo({ particles: 2 }),
      optimizer: adam(0.01),
    });
    const x = wave([3, 4, 4, 1]);
    const first = made.init(key(4), x);
    // Generated JavaScript has no convolutions.
    const compiled = right(await compiledStepper(made, first, x, { executor: 'onnxruntime' }));
    const eager = eagerStepper(made, first);
    const [a = [], b = []] = [
      right(await compiled.advance(x, 2)),
      right(await eager.advance(x, 2)),
    ];
    a.forEach((loss, i) => expect(Math.abs(loss / (b[i] ?? 0) - 1)).toBeLessThan(1e-4));
    const [one, other] = [compiled.state(), eager.state()];
    for (const [name, value] of Object.entries(other.params)) {
      expect(gap(one.params[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    [first, one, other].forEach(freeState);
    await compiled.close();
    await eager.close();
  });
});

describe('runs with noise', () => {
  const data = rowsOf(new Float32Array(numbers(wave([12, 4]))), [4]);
  const trained = async (steps: number, from?: SviState): Promise<SviState> => {
    const options = { svi: autoencoder(), data, batchSize: 4, key: key(0), length: { steps } };
    return right(await fit({ ...options, ...(from && { from }), engine: 'compiled' })()).state;
  };

  it('go on to the same bits', async () => {
    const whole = await trained(6);
    const part = await trained(3);
    const resumed = await trained(6, part);
    for (const [name, x] of Object.entries(whole.params)) {
      expect(numbers(resumed.params[name]), name).toEqual(numbers(x));
    }
    [whole, part, resumed].forEach(freeState);
  });

  const refused = (model: (x: Tensor) => Program<unknown, unknown>): Promise<unknown> => {
    const made: Svi<Tensor> = svi({
      model,
      guide: (): Program<unknown, unknown> => of({}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const options = { svi: made, data: rowsOf(Float32Array.of(1, 2), []), batchSize: 2 };
    return fit({
      ...options,
      key: key(0),
      length: { steps: 1 },
      engine: 'eager',
      onWarning: () => {},
    })().then(
      (found) => freeState(right(found).state),
      (error: unknown) => error,
    );
  };

  it('are refused where random numbers have no name, with the cure', async () => {
    const observed = (x: Tensor, shift: () => Tensor | number) =>
      plate(
        'rows',
        2,
        program(function* () {
          yield* observe('x', normal(tf.add(yield* param('a', 0), shift()), 1), x);
        }),
      );
    for (const shift of [() => tf.randomNormal([2]), () => Math.random()]) {
      const error = await refused((x) => observed(x, shift));
      expect(error).toBeInstanceOf(LintError);
      expect(String(error)).toMatch(/unnamedRandomness.*yield\* noise\('name'/s);
    }
    // Outside of the generator it is drawn once for each batch.
    const outside = await refused((x) => {
      const e = tf.randomUniform([2]);
      return observed(x, () => e);
    });
    expect(String(outside)).toMatch(/unnamedRandomness/);
    expect(await refused((x) => observed(x, () => 0))).toBeUndefined();
  });
});

describe('tied weights', () => {
  it('are one parameter with the gradient of both uses', () => {
    const layer = dense('layer', {
      units: 2,
      bias: false,
      kernel: () =>
        tf.tensor2d([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
    });
    const back = transposedLayer('back', layer, { units: 3, bias: false });
    const made = svi({
      model: () =>
        program(function* () {
          const y = yield* sequential(layer, back)(tf.tensor2d([[1, 0, 0]]));
          yield* observe('x', normal(tf.sum(y), 1), 1);
        }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const state = made.init(key(0), undefined);
    expect(Object.keys(state.params)).toEqual(['layer/kernel']);
    // s = Σ x W Wᵀ, with w₁ the first row and t the sum of all: w₁·t = 1·9 + 2·12 = 33. The loss's slope by s
    // is s − 1, that of s by w₁ is w₁ + t, and by each other row w₁.
    const found = made.gradients(state, undefined)['layer/kernel'];
    const slope = 32;
    expect(numbers(found)).toEqual([10, 14, 1, 2, 1, 2].map((x) => x * slope));
  });
});

describe('a transposed convolution', () => {
  const plans = [
    { padding: 'same', strides: 2, kernelSize: 3, size: [6, 4] },
    { padding: 'valid', strides: 1, kernelSize: [2, 3], size: [5, 6] },
    { padding: 'valid', strides: 2, kernelSize: 2, size: [7, 5], outputSize: [7, 5] },
  ] as const;

  it.each(plans)(
    'is the adjoint of the convolution: $padding, by $strides',
    ({ size, ...plan }) => {
      const { outputSize, ...windows } = { outputSize: undefined, ...plan };
      const kernel = initializers.heNormal;
      const conv = conv2d('c', { ...windows, filters: 3, bias: false, kernel });
      const tied = transposedLayer('t', conv, {
        units: 2,
        bias: false,
        ...(outputSize && { outputSize }),
      });
      const x = wave([2, ...size, 2]);
      const y = simulate(conv(x), { key: key(0) });
      const v = wave(y.shape, 5);
      const back = simulate(tied(v), { key: key(0) });
      expect(back.shape).toEqual(x.shape);
      expect(inner(y, v)).toBeCloseTo(inner(x, back), 4);
      // By a kernel of its own, kept as inputs before outputs.
      const { kernelSize } = windows;
      const [height, width] =
        typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
      const own = param('c/kernel', kernel([height, width, 2, 3]));
      const w = tf.transpose(simulate(own, { key: key(0) }), [0, 1, 3, 2]);
      const apart = conv2dTranspose('t', {
        ...windows,
        filters: 2,
        bias: false,
        kernel: () => w,
        ...(outputSize && { outputSize }),
      });
      expect(numbers(simulate(apart(v), {}))).toEqual(numbers(back));
    },
  );

  it('refuses a size that no convolution makes so', () => {
    const layer = conv2dTranspose('t', { filters: 1, kernelSize: 3, strides: 2, outputSize: 9 });
    expect(() => simulate(layer(tf.ones([1, 3, 3, 1])), { key: key(0) })).toThrow(
      /outputSize.*pass 7/,
    );
  });
});

describe('running averages', () => {
  const norm = batchNorm('norm', { momentum: 0.75, epsilon: 1e-3 });
  const made = svi({
    model: (x: Tensor) =>
      program(function* () {
        const y = yield* norm(x);
        yield* plate(
          'rows',
          x.shape[0] ?? 0,
          observe('y', independent(normal(y, 1)), tf.zeros(x.shape)),
        );
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer: sgd(0.1),
  });
  const x = tf.tensor2d([[1], [3], [8]]);
  // Of 1, 3 and 8 the mean is 4 and the variance (9 + 1 + 16) / 3.
  const variance = 26 / 3;

  it('follow batches, whatever the optimiser, and are what is evaluated with', () => {
    const state = made.init(key(0), x);
    expect(state.derivation.trains).toEqual(['norm/scale', 'norm/bias']);
    const [next] = made.step(state, x);
    const after = paramValues(next);
    expect(numbers(after['norm/mean'])[0]).toBeCloseTo(0.25 * 4, 6);
    expect(numbers(after['norm/variance'])[0]).toBeCloseTo(0.75 + 0.25 * variance, 5);
    const [scale = NaN, bias = NaN] = [after['norm/scale'], after['norm/bias']].flatMap(numbers);
    const [m, v] = [1, 0.75 + 0.25 * variance];
    const expected = [1, 3, 8]
      .map((value) => scale * ((value - m) / Math.sqrt(v + 1e-3)) + bias)
      .reduce((sum, y) => sum + 0.5 * y * y + 0.5 * Math.log(2 * Math.PI), 0);
    expect(numbers(made.evaluate(next, x).loss)[0]).toBeCloseTo(expected, 4);
  });

  it('are evaluated compiled as well', async () => {
    const [next] = made.step(made.init(key(0), x), x);
    const evaluation = evaluator(made, { engine: 'compiled', executor: 'javascript' });
    const { bound } = await evaluation.bound(next, x);
    expect(-bound).toBeCloseTo(numbers(made.evaluate(next, x).loss)[0] ?? NaN, 4);
    await evaluation.close();
  });

  it('stand beside a group that is trained', () => {
    const grouped = svi({
      model: made.model,
      guide: (): Program<unknown, unknown> => of({}),
      objective: elbo(),
      optimizer: sgd(0.1),
      trains: ['norm/scale'],
    });
    const [next] = grouped.step(grouped.init(key(0), x), x);
    expect(numbers(next.params['norm/bias'])).toEqual([0]);
    expect(numbers(next.params['norm/mean'])[0]).toBeCloseTo(1, 6);
  });
});

describe('initialisers', () => {
  it('count a window of a kernel on both sides', () => {
    const limit = (shape: readonly number[]): number =>
      numbers(initializers.glorotUniform(shape).push(tf.scalar(1)))[0] ?? NaN;
    expect(limit([3, 3, 2, 4])).toBeCloseTo(Math.sqrt(6 / (9 * 6)), 6);
    expect(limit([2, 4])).toBeCloseTo(1, 6);
  });

  it.each([
    [6, 4],
    [4, 6],
    [3, 2, 5],
  ])('orthogonal of %i, %i, … has orthonormal rows or columns', (...shape) => {
    const w = simulate(param('w', initializers.orthogonal(2)(shape)), { key: key(0) });
    const columns = shape[shape.length - 1] ?? 1;
    const m = w.as2D(w.size / columns, columns);
    const tall = w.size / columns >= columns;
    const gram = tf.matMul(m, m, tall, !tall);
    const difference = tf.sub(gram, tf.mul(tf.eye(gram.shape[0] ?? 1), 4));
    expect(tf.max(tf.abs(difference)).dataSync()[0]).toBeLessThan(1e-5);
  });
});
