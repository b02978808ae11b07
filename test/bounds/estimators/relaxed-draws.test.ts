/** Relaxed draws and straight-through gradients are those of their definitions. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  elbo,
  factor,
  independent,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import {
  type Estimator,
  gumbelSoftmax,
  measureValued,
  straightThrough,
} from 'marginalia/estimators';
import { describe, expect, it } from 'vitest';
import { estimateAt } from '../estimate-at.js';
import { entry, gradientsOf, mean, sigmoid } from '../gradient-draws.js';

describe('relaxed draws', () => {
  const prior = 0.4;
  const slopeOfLikelihood = (z: number): number => (1.7 - 1.2 * z - 0.3 * z * z) * (1.2 + 0.6 * z);
  const model = program(function* () {
    const z = yield* sample('z', bernoulli({ probs: prior }));
    yield* observe('x', normal(tf.add(tf.mul(z, 1.2), tf.mul(tf.square(z), 0.3)), 1), 1.7);
  });
  const guide = program(function* () {
    yield* sample('z', bernoulli({ logits: entry(yield* param('l', [0]), 0) }));
  });
  const l = 0.4;
  const p = sigmoid(l);
  /** −∂KL / ∂l. */
  const divergence = -p * (1 - p) * (l - Math.log(prior / (1 - prior)));
  const gradients = (
    e: Estimator,
    uniforms: readonly number[],
    step?: number,
  ): readonly number[] => {
    const draws = uniforms.length;
    const params = { l: tf.fill([draws, 1], l) };
    const found = estimateAt(
      plate('draws', draws, model),
      plate('draws', draws, guide),
      elbo({ estimators: { z: e } }),
      {
        noise: (_s, _b, _n, batch) => tf.tensor([...uniforms], [...batch]),
        params,
        ...(step !== undefined && { step: tf.scalar(step) }),
      },
    );
    tf.dispose(params);
    return found.gradients['l'] ?? [];
  };
  const uniforms = [0.05, 0.3, 0.55, 0.62, 0.9];
  const relaxed = (u: number, temperature: number): number =>
    sigmoid((l - Math.log(u / (1 - u))) / temperature);
  const slopeOfRelaxed = (u: number, temperature: number): number =>
    (relaxed(u, temperature) * (1 - relaxed(u, temperature))) / temperature;

  it.each<readonly [string, Estimator, (u: number) => number]>([
    [
      'Gumbel-softmax',
      gumbelSoftmax({ temperature: 0.5 }),
      (u) => slopeOfLikelihood(relaxed(u, 0.5)) * slopeOfRelaxed(u, 0.5),
    ],
    ['straight-through', straightThrough(), (u) => slopeOfLikelihood(Number(u < p)) * p * (1 - p)],
    [
      'straight-through with a temperature',
      straightThrough({ temperature: 0.5 }),
      (u) => slopeOfLikelihood(Number(u < p)) * slopeOfRelaxed(u, 0.5),
    ],
  ])('%s has the gradient of its definition', (_, e, gradient) => {
    gradients(e, uniforms).forEach((g, i) =>
      expect(g).toBeCloseTo(divergence + gradient(uniforms[i] ?? NaN), 4),
    );
  });

  it('follows a schedule of the temperature', () => {
    const temperature = (step: Tensor): Tensor => tf.div(1, tf.add(step, 1));
    const found = gradients(gumbelSoftmax({ temperature }), uniforms, 3);
    expect(found).toEqual(gradients(gumbelSoftmax({ temperature: 0.25 }), uniforms));
  });

  it('tends to the exact gradient with its temperature, and straight-through does not', () => {
    const even = Array.from({ length: 20000 }, (_, i) => (i + 0.5) / 20000);
    const exact = gradientsOf(model, guide, elbo(), { l: [l] }, 2)['l0']?.[0] ?? NaN;
    const bias = (e: Estimator): number => Math.abs(mean(gradients(e, even)) - exact);
    const [warm, cool, cold] = [1, 0.3, 0.05].map((temperature) =>
      bias(gumbelSoftmax({ temperature })),
    );
    expect(cool).toBeLessThan(0.5 * (warm ?? NaN));
    expect(cold).toBeLessThan(0.1 * (cool ?? NaN));
    expect(cold).toBeLessThan(3e-3);
    expect(bias(straightThrough())).toBeGreaterThan(0.01);
  });
});

describe('relaxed one-hot vectors', () => {
  const l = [0.4, -0.3, 0.1];
  const logPrior = [0.5, 0.2, 0.3].map(Math.log);
  const scores = [1, -0.5, 2];
  const model = program(function* () {
    const z = yield* sample('z', oneHotCategorical({ probs: [0.5, 0.2, 0.3] }));
    yield* factor('f', tf.square(tf.sum(tf.mul(z, scores), -1)));
  });
  const guide = program(function* () {
    yield* sample('z', oneHotCategorical({ logits: yield* param('l', [0, 0, 0]) }));
  });
  const softmax = (xs: readonly number[]): readonly number[] => {
    const total = xs.reduce((sum, x) => sum + Math.exp(x), 0);
    return xs.map((x) => Math.exp(x) / total);
  };
  const gumbels = [
    [0.3, 1.2, -0.4],
    [2, 0.1, 0.5],
  ];
  /** −∂KL / ∂l_j = −p_j (a_j − Σ p a), a the log ratio. */
  const p = softmax(l);
  const ratio = p.map((q, k) => Math.log(q) - (logPrior[k] ?? NaN));
  const overall = p.reduce((sum, q, k) => sum + q * (ratio[k] ?? NaN), 0);
  const divergence = p.map((q, j) => -q * ((ratio[j] ?? NaN) - overall));
  /** The gradient of f at `z` through softmax(x / τ): (s·z) 2 Σ_k s_k y_k (1[k = j] − y_j) / τ. */
  const through = (z: readonly number[], y: readonly number[], temperature: number) => {
    const dot = (v: readonly number[]): number =>
      v.reduce((sum, x, k) => sum + x * (scores[k] ?? NaN), 0);
    return y.map((yj, j) => (2 * dot(z) * yj * ((scores[j] ?? NaN) - dot(y))) / temperature);
  };

  it.each<readonly [string, Estimator, (g: readonly number[]) => readonly number[]]>([
    [
      'Gumbel-softmax',
      gumbelSoftmax({ temperature: 0.7 }),
      (g) => {
        const y = softmax(l.map((x, k) => (x + (g[k] ?? NaN)) / 0.7));
        return through(y, y, 0.7);
      },
    ],
    [
      'straight-through',
      straightThrough(),
      (g) => {
        const x = l.map((v, k) => v + (g[k] ?? NaN));
        return through(
          x.map((v) => Number(v === Math.max(...x))),
          p,
          1,
        );
      },
    ],
  ])('%s has the gradient of its definition', (_, e, gradient) => {
    const params = { l: tf.tensor2d([l, l]) };
    const found = estimateAt(
      plate('draws', 2, model),
      plate('draws', 2, guide),
      elbo({ estimators: { z: e } }),
      { noise: (_s, _b, _n, batch) => tf.tensor(gumbels.flat(), [...batch, 3]), params },
    );
    tf.dispose(params);
    gumbels
      .flatMap(gradient)
      .forEach((g, i) =>
        expect(found.gradients['l']?.[i]).toBeCloseTo((divergence[i % 3] ?? NaN) + g, 4),
      );
  });

  it('are compared class by class, in each cell of an array', () => {
    const prior = tf.tensor2d([
      [0.5, 0.2, 0.3],
      [0.1, 0.6, 0.3],
    ]);
    const weights = tf.tensor2d([
      [1, -0.5, 2],
      [0.3, 1, 0.2],
    ]);
    const cells = program(function* () {
      const z = yield* sample('z', independent(oneHotCategorical({ probs: prior })));
      yield* factor('f', tf.sum(tf.mul(z, weights), [-1, -2]));
    });
    const guides = program(function* () {
      const logits = tf.stack([yield* param('l', [0, 0, 0]), yield* param('k', [0, 0, 0])], -2);
      yield* sample('z', independent(oneHotCategorical({ logits })));
    });
    const at = { l, k: [0, 0.5, -0.5] };
    const found = gradientsOf(cells, guides, elbo({ estimators: { z: measureValued() } }), at, 3);
    // f is a sum over cells, so the other cells' draws cancel.
    const slopes = Object.entries(at).flatMap(([name, logits], row) => {
      const q = softmax(logits);
      const gain = q.map(
        (x, k) =>
          (weights.arraySync()[row]?.[k] ?? NaN) -
          Math.log(x / (prior.arraySync()[row]?.[k] ?? NaN)),
      );
      const average = q.reduce((sum, x, k) => sum + x * (gain[k] ?? NaN), 0);
      return q.map((x, j) => [`${name}${j}`, x * ((gain[j] ?? NaN) - average)] as const);
    });
    for (const [name, slope] of slopes) {
      for (const g of found[name] ?? [NaN]) expect(g).toBeCloseTo(slope, 4);
    }
    tf.dispose([prior, weights]);
  });
});
