/** A classifier as an estimate of KL, between normals of which it is known. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type SviState, foldIn, freeState, rowsOf, simulate } from 'marginalia';
import { type Dataset, zipped } from 'marginalia/data';
import { randomNormal } from 'marginalia/random';
import { type Example, type Setting, type Shown, atLeast, atMost } from '../gallery/index.js';
import { type Point, lines, panels } from '../pictures/index.js';
import { type Draws, classifier, logRatio } from './model.js';

const WIDTH = 2;
/** The scale of q; p is standard normal. */
const SCALE = 0.7;

/** Draws of q = N(shift, 0.7² I). */
const fromQ = (shift: number, count: number, key: Key): Float32Array =>
  randomNormal(key, count * WIDTH).map((z) => shift + SCALE * z);

/** KL(q ‖ p) = D (log 1/s + (s² + shift² − 1) / 2). */
const exactKl = (shift: number): number =>
  WIDTH * (-Math.log(SCALE) + (SCALE ** 2 + shift ** 2 - 1) / 2);

/** log q(x) − log p(x) at x = (t, t). */
const exactLogRatio = (shift: number, t: number): number =>
  WIDTH * (-Math.log(SCALE) + (t * t - ((t - shift) / SCALE) ** 2) / 2);

const logRatiosAt = (state: SviState, x: Float32Array): readonly number[] =>
  tf.tidy(() => [
    ...simulate(logRatio(tf.tensor2d(x, [x.length / WIDTH, WIDTH])), {
      params: { ...state.params },
    }).dataSync(),
  ]);

const run = async (setting: Setting): Promise<Shown> => {
  const { quick } = setting;
  const shifts = quick ? [0, 0.5, 1, 1.5] : [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5];
  const count = quick ? 20_000 : 100_000;
  const steps = quick ? 1000 : 4000;
  const found: { readonly shift: number; readonly kl: number; readonly error: number }[] = [];
  let along: readonly Point[] = [];
  // Where one of the laws has many draws: elsewhere the logit was never asked for.
  const ts = Array.from({ length: 61 }, (_, i) => -1 + i / 20);
  for (const shift of shifts) {
    const key = foldIn(setting.key, `shift ${shift}`);
    const data: Dataset<Draws & Record<string, tf.Tensor>> = zipped({
      q: rowsOf(fromQ(shift, count, foldIn(key, 'q')), [WIDTH]),
      p: rowsOf(randomNormal(foldIn(key, 'p'), count * WIDTH), [WIDTH]),
    });
    const state = await setting.fit({
      name: `shift-${shift}`,
      svi: classifier(steps),
      data,
      batchSize: 256,
      steps,
    });
    // Draws that it was not trained on.
    const ratios = logRatiosAt(state, fromQ(shift, count, foldIn(key, 'test')));
    const kl = ratios.reduce((a, b) => a + b, 0) / ratios.length;
    const square = ratios.reduce((sum, r) => sum + (r - kl) ** 2, 0) / ratios.length;
    found.push({ shift, kl, error: Math.sqrt(square / ratios.length) });
    if (shift === 1) {
      const values = logRatiosAt(state, Float32Array.from(ts.flatMap((t) => [t, t])));
      along = ts.map((t, i) => [t, values[i] ?? Number.NaN] as const);
    }
    freeState(state);
  }
  const errors = found.map(({ shift, kl }) => Math.abs(kl - exactKl(shift)));
  const most = Math.max(...errors);
  return {
    headline: `A classifier's mean logit is KL(q ‖ p) to within ${most.toFixed(3)} nats, for KL from ${exactKl(0).toFixed(2)} to ${exactKl(1.5).toFixed(2)}.`,
    figures: {
      data: 'draws of two randomNormal in the plane',
      unit: 'nats',
      estimates: found.map((one) => ({ ...one, exact: exactKl(one.shift) })),
    },
    checks: [
      // A network sees few draws where p is far from q, so that its logit is off there.
      atMost('largest error of KL, nats', most, quick ? 0.1 : 0.04),
      atLeast('KL of the farthest, nats', exactKl(shifts.at(-1) ?? 0), 2),
    ],
    pictures: {
      'kl.svg': await panels([
        lines({
          title: 'KL between normals',
          x: { title: 'shift of the mean' },
          y: { title: 'KL(q ‖ p), nats' },
          lines: [
            {
              name: 'closed form',
              points: Array.from({ length: 61 }, (_, i) => [i / 40, exactKl(i / 40)] as const),
            },
            {
              name: 'mean logit of the classifier',
              points: found.map(({ shift, kl }) => [shift, kl] as const),
              dots: true,
              dashed: true,
            },
          ],
        }),
        lines({
          title: 'The logit along x₁ = x₂, shift 1',
          x: { title: 'x₁' },
          y: { title: 'log q(x) / p(x), nats' },
          lines: [
            { name: 'exact', points: ts.map((t) => [t, exactLogRatio(1, t)] as const) },
            { name: 'classifier', points: along, dashed: true },
          ],
        }),
      ]),
    },
  };
};

export const example: Example = {
  name: 'density-ratio',
  sentence: 'A classifier between draws of two laws estimates their KL, held against closed form.',
  equations: [
    String.raw`T^* = \arg\min_T \; -\mathbb{E}_q[\log \sigma(T(x))] - \mathbb{E}_p[\log(1 - \sigma(T(x)))] = \log \frac{q(x)}{p(x)}`,
    String.raw`\mathrm{KL}(q \,\|\, p) = \mathbb{E}_q[T^*(x)]`,
  ],
  run,
};
