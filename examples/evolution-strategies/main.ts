/** Variational optimisation: by derivatives of a function, and by its values alone. */
import * as tf from '@tensorflow/tfjs';
import { type Svi, type Tensor, freeState, key } from 'marginalia';
import { type Example, type Setting, type Shown, atLeast, atMost } from '../gallery/index.js';
import { type Point, lines, panels } from '../pictures/index.js';
import { SPREAD, WIDTH, bowl, minimum, stairs } from './model.js';

const valueAt = (f: (x: Tensor) => Tensor, loc: Tensor | undefined): number =>
  loc === undefined ? Number.NaN : (tf.tidy(() => f(loc).dataSync())[0] ?? Number.NaN);

const slopesOf = (svi: Svi<void>): readonly number[] =>
  tf.tidy(() => [
    ...(svi.gradients(svi.init(key(1), undefined), undefined)['loc']?.dataSync() ?? []),
  ]);

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, v, i) => sum + v * (b[i] ?? 0), 0);

const run = async (setting: Setting): Promise<Shown> => {
  const steps = setting.capped(setting.quick ? 300 : 1000);
  /** f at the middle of the search, step by step. */
  const descended = (
    f: (x: Tensor) => Tensor,
    gradient: 'pathwise' | 'score',
    particles: number,
  ): readonly Point[] => {
    const svi = minimum(f, gradient, particles, steps);
    let state = svi.init(setting.key, undefined);
    const found: Point[] = [[0, valueAt(f, state.params['loc'])]];
    for (let step = 1; step <= steps; step += 1) {
      const [next, { loss, terms }] = svi.step(state, undefined);
      tf.dispose([loss, ...Object.values(terms)]);
      freeState(state);
      state = next;
      if (step < 100 || step % 10 === 0 || step === steps) {
        found.push([step, valueAt(f, state.params['loc'])]);
      }
    }
    freeState(state);
    return found;
  };
  const byPath = descended(bowl, 'pathwise', 2);
  const byScore = descended(bowl, 'score', 100);
  const onStairs = descended(stairs, 'score', 100);
  /** Without what float32 calls 0, which a logarithm has no place for. */
  const above0 = (points: readonly Point[]): readonly Point[] => points.filter(([, y]) => y > 1e-9);
  const last = (points: readonly Point[]): number => points.at(-1)?.[1] ?? Number.NaN;
  const many = setting.quick ? 20_000 : 100_000;
  const [path, score] = [
    slopesOf(minimum(bowl, 'pathwise', many)),
    slopesOf(minimum(bowl, 'score', many)),
  ];
  const apart = path.map((v, i) => v - (score[i] ?? Number.NaN));
  const error = Math.sqrt(dot(apart, apart) / dot(path, path));
  const flat = Math.max(...slopesOf(minimum(stairs, 'pathwise', 100)).map(Math.abs));
  return {
    headline: `Values alone take the bowl from ${(byScore[0]?.[1] ?? Number.NaN).toFixed(0)} to ${last(byScore).toPrecision(2)} and the stairs, which have no slope, from ${onStairs[0]?.[1]} to ${last(onStairs)}.`,
    figures: {
      data: 'functions of ten numbers',
      unit: 'values of f at the middle of the search',
      bowl: { pathwise: last(byPath), score: last(byScore) },
      stairs: { score: last(onStairs), largestPathwiseSlope: flat },
      relativeErrorOfScores: error,
      steps,
    },
    checks: [
      atMost(`scores of ${many} pairs against the pathwise gradient, relative`, error, 0.1),
      atMost('bowl, pathwise', last(byPath), 1e-3),
      atMost('bowl, values alone', last(byScore), 1e-3),
      atMost('stairs, values alone', last(onStairs), 0),
      atMost('stairs, pathwise slope', flat, 0),
      atLeast('stairs at the start', onStairs[0]?.[1] ?? Number.NaN, 4 * WIDTH),
    ],
    pictures: {
      'descent.svg': await panels([
        lines({
          title: 'A bowl',
          x: { title: 'step' },
          y: { title: 'f at the middle of the search', log: true },
          lines: [
            { name: 'derivatives of f, 2 draws', points: above0(byPath) },
            { name: 'values of f, 100 draws', points: above0(byScore) },
          ],
        }),
        lines({
          title: 'Stairs',
          subtitle: `draws spread by ${SPREAD}, a step of f every quarter`,
          x: { title: 'step', domain: [0, Math.min(steps, 100)] },
          y: { title: 'f at the middle of the search' },
          lines: [{ name: 'values of f, 100 draws', points: onStairs }],
          levels: [{ name: 'where derivatives stay', y: onStairs[0]?.[1] ?? 0 }],
        }),
      ]),
    },
  };
};

export const example: Example = {
  name: 'evolution-strategies',
  sentence:
    'Variational optimisation without derivatives, against the pathwise gradient and on stairs.',
  equations: [
    String.raw`\min_x f(x) \le \min_\mu \mathbb{E}_{x \sim \mathcal{N}(\mu, \sigma^2 I)}[f(x)]`,
    String.raw`\nabla_\mu \mathbb{E}[f(x)] = \mathbb{E}\!\left[f(x) \, \frac{x - \mu}{\sigma^2}\right] \approx \frac{1}{2 K \sigma} \sum_k \left( f(\mu + \sigma \varepsilon_k) - f(\mu - \sigma \varepsilon_k) \right) \varepsilon_k`,
  ],
  run,
};
