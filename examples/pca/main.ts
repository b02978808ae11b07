/** Principal components twice: by the eigenvectors of the covariance, and by what a linear autoencoder learns. */
import * as tf from '@tensorflow/tfjs';
import { type SviState, paramValues, simulate } from 'marginalia';
import { type Images, greyRows, firstImages, imageRows, loadOpticalDigits } from '../data/index.js';
import { type Example, type Setting, atMost, shown } from '../gallery/index.js';
import {
  type Matrix,
  type Vector,
  dot,
  leadingEigenpairs,
  matrixOf,
  momentsOf,
  principalAngles,
  trace,
  transpose,
} from '../linear-algebra/index.js';
import { labelledImages, lineChart } from '../pictures/index.js';
import { linearAutoencoder } from './model.js';

const LATENT = 10;

/** Digits in the picture. */
const SHOWN = 10;

/** The rows that span what is rebuilt: those of the decoder's kernel, or of the encoder's transposed. */
const spanOf = (state: SviState, tied: boolean): Matrix => {
  const values = paramValues(state);
  const name = tied ? 'encoder/kernel' : 'decoder/kernel';
  const kernel = matrixOf(values[name] ?? tf.zeros([1, 1]));
  tf.dispose(values);
  return tied ? transpose(kernel) : kernel;
};

/** The datum at its nearest point of the plane through the mean. */
const rebuilt = (x: Vector, mean: Vector, directions: Matrix): Vector => {
  const centred = x.map((v, i) => v - (mean[i] ?? 0));
  const code = directions.map((u) => dot(u, centred));
  return mean.map((m, i) => m + code.reduce((sum, c, k) => sum + c * (directions[k]?.[i] ?? 0), 0));
};

/** A direction as grey levels, 0 in the middle. */
const asImage = (direction: Vector): Vector => {
  const most = Math.max(...direction.map(Math.abs));
  return direction.map((x) => 0.5 + x / (2 * most));
};

const subscript = (n: number): string =>
  [...String(n)].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join('');

const fitted = async (setting: Setting, images: Images, directions: Matrix, tied: boolean) => {
  const steps = setting.quick ? 2500 : 4000;
  const { rebuild, inference } = linearAutoencoder({
    width: images.rows * images.columns,
    latent: LATENT,
    tied,
    steps: setting.capped(steps),
  });
  const largest = (state: SviState): number =>
    principalAngles(spanOf(state, tied), directions).at(-1) ?? Number.NaN;
  const { state, watched, losses } = await setting.fitWithCurves({
    name: tied ? 'tied weights' : 'untied weights',
    svi: inference,
    data: greyRows(images),
    // All data at once: with a part of them the last degrees would be noise.
    batchSize: images.count,
    steps,
    watch: { every: 50, measure: async (s) => largest(s) },
  });
  return {
    state,
    watched,
    error: losses.at(-1)?.value ?? Number.NaN,
    angle: largest(state),
    rebuilt: matrixOf(
      simulate(rebuild(imageRows(images, 0, SHOWN)), { params: state.params, key: setting.key }),
    ),
  };
};

const run = async (setting: Setting) => {
  const { train, source } = loadOpticalDigits(setting.data, setting.key);
  const rows = imageRows(train);
  const { mean, covariance } = momentsOf(matrixOf(rows));
  rows.dispose();
  const { values, vectors } = leadingEigenpairs(covariance, LATENT);
  // What is lost is the variance in the directions that are left out.
  const least = trace(covariance) - values.reduce((a, b) => a + b, 0);
  const untied = await fitted(setting, train, vectors, false);
  const tied = await fitted(setting, train, vectors, true);
  const excess = (error: number): number => 100 * (error / least - 1);
  const digits = firstImages(train, SHOWN);
  return {
    headline:
      `A linear autoencoder of ${LATENT} units spans the plane of the ${LATENT} leading eigenvectors of ${source} to ` +
      `within ${shown(untied.angle)} degrees, and to within ${shown(tied.angle)} with tied weights.`,
    figures: {
      data: source,
      eigenvalues: values,
      leastError: least,
      errors: { untied: untied.error, tied: tied.error },
      largestAngles: { untied: untied.angle, tied: tied.angle },
    },
    checks: [
      atMost('largest principal angle, untied, degrees', untied.angle, 1),
      atMost('largest principal angle, tied, degrees', tied.angle, 1),
      atMost('squared error above the least possible, untied, %', excess(untied.error), 0.1),
      atMost('squared error above the least possible, tied, %', excess(tied.error), 0.1),
    ],
    pictures: {
      'angles.svg': await lineChart({
        title: 'A linear autoencoder finds the principal components',
        subtitle: `${source}, ${LATENT} components, all data in each step`,
        x: { title: 'training step' },
        y: { title: 'largest principal angle, degrees', log: true },
        lines: [
          { name: 'untied weights', points: untied.watched.map((p) => [p.step, p.value]) },
          { name: 'tied weights', points: tied.watched.map((p) => [p.step, p.value]) },
        ],
        levels: [{ name: 'one degree', y: 1 }],
      }),
      'components.svg': labelledImages({
        title: `Directions of ${source}`,
        subtitle:
          'λ is the variance along an eigenvector. The autoencoders know the plane and not its axes.',
        rows: train.rows,
        columns: train.columns,
        scale: 7,
        headings: values.map((v, i) => `λ${subscript(i + 1)} = ${v.toPrecision(3)}`),
        lines: [
          { label: 'eigenvectors', images: vectors.map(asImage) },
          { label: 'untied weights', images: spanOf(untied.state, false).map(asImage) },
          { label: 'tied weights', images: spanOf(tied.state, true).map(asImage) },
        ],
      }),
      'digits.svg': labelledImages({
        title: `${source}, rebuilt from ${LATENT} numbers each`,
        rows: train.rows,
        columns: train.columns,
        scale: 6,
        lines: [
          { label: 'digits', images: digits },
          {
            label: 'principal components',
            images: digits.map((x) => rebuilt([...x], mean, vectors)),
          },
          { label: 'untied weights', images: untied.rebuilt },
          { label: 'tied weights', images: tied.rebuilt },
        ],
      }),
    },
  };
};

export const example: Example = {
  name: 'pca',
  sentence:
    'Principal components by eigendecomposition, and a linear autoencoder, tied and untied, that finds the same plane.',
  equations: [
    String.raw`S = \frac1N \sum_n (x_n - \bar x)(x_n - \bar x)^\top = U \Lambda U^\top`,
    String.raw`\min_{A, B, c} \frac1N \sum_n \lVert x_n - (B A x_n + c) \rVert^2, \qquad B = A^\top \text{ where tied}`,
    String.raw`\operatorname{span} B = \operatorname{span} U_K`,
  ],
  run,
};
