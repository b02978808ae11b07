/**
 * Laws of the distribution function and of its inverse, where a law of one number has them. Exact but for
 * rounding and what the trapezoidal rule may miss: no false alarms by chance.
 */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { INTEGRATION_SLACK, type Tabulated } from './density-laws.js';
import { checkParameters } from './gradient-laws.js';
import { cumulative } from './grid.js';
import { broken, expectClose, expectShape } from '../law/law.js';
import { column, rowsOf } from '../statistics/numbers.js';
import {
  type Parametrised,
  type Subject,
  atEvents,
  batchSize,
  claim,
  drawsAt,
  firstDraws,
} from './subject.js';
import { isInside } from './support-geometry.js';

/** Every so manyth point of a grid is compared. */
const EVERY = 32;

/** Draws of whole numbers that are looked at. */
const WHOLE = 64;

/** How far rounding of a share of 1 to float32 may take it. */
const ROUNDING = 2 ** -20;

const SHARES: readonly number[] = [
  1e-4,
  ...Array.from({ length: 31 }, (_, i) => (i + 1) / 32),
  1 - 2 ** -12,
];

/** Logarithms of shares at which quantiles by them are asked. */
const LOGS: readonly number[] = [-1e-3, -0.1, -Math.LN2, -1, -5, -20];

type Cdf = (value: Tensor) => Tensor;

/** The distribution function at places, the same for every batch entry or others for each. */
const sharesAt = (
  subject: Subject,
  cdf: Cdf,
  places: readonly (readonly number[])[],
): readonly (readonly number[])[] =>
  atEvents(
    subject,
    cdf,
    places.map((at) => at.map((z) => [z])),
  );

/** Against the integral of the density, and its gradient against the density. */
const checkIntegral = (subject: Subject, cdf: Cdf, tables: readonly Tabulated[]): void => {
  const law = claim('distribution function', subject);
  const places = tables.map(({ grid }) => grid.points.filter((_, i) => i % EVERY === 0));
  const shares = sharesAt(subject, cdf, places);
  tables.forEach(({ grid, logDensity }, entry) => {
    const totals = cumulative(grid, logDensity.map(Math.exp));
    (shares[entry] ?? []).forEach((share, i) => {
      const what = `cdf(${places[entry]?.[i]}) at batch entry ${entry}`;
      const slack = { absolute: INTEGRATION_SLACK, relative: 0 };
      expectClose(law, what, share, totals[i * EVERY] ?? Number.NaN, slack);
    });
  });
  const value = firstDraws(subject);
  const slopes = tf
    .grad((z: Tensor) => tf.sum(cdf(z)))(value)
    .dataSync();
  const densities = tf.exp(subject.distribution.logProb(value)).dataSync();
  densities.forEach((density, i) =>
    expectClose(law, `its gradient at draw ${i}`, slopes[i] ?? Number.NaN, density, {
      absolute: ROUNDING,
      relative: subject.tolerance,
    }),
  );
};

/** Of whole numbers: each adds its probability, and there is nothing below the least. */
const checkSteps = (subject: Subject, cdf: Cdf): void => {
  const law = claim('distribution function', subject);
  const places = Array.from({ length: batchSize(subject) }, (_, entry) =>
    column(drawsAt(subject, entry).slice(0, WHOLE), 0),
  );
  const below = places.map((at) => at.map((z) => z - 1));
  const [upper, lower] = [sharesAt(subject, cdf, places), sharesAt(subject, cdf, below)];
  const logProbs = atEvents(
    subject,
    (z) => subject.distribution.logProb(z),
    places.map((at) => at.map((z) => [z])),
  );
  places.forEach((at, entry) =>
    at.forEach((z, i) => {
      const step = (upper[entry]?.[i] ?? Number.NaN) - (lower[entry]?.[i] ?? Number.NaN);
      const expected = Math.exp(logProbs[entry]?.[i] ?? Number.NaN);
      const slack = { absolute: 4 * ROUNDING, relative: subject.tolerance };
      expectClose(law, `the step of cdf at ${z}, batch entry ${entry}`, step, expected, slack);
    }),
  );
  const { support } = subject.distribution;
  const outside = [-1, -2].filter((z) => !isInside(support, [z]));
  sharesAt(
    subject,
    cdf,
    places.map(() => outside),
  ).forEach((shares) =>
    shares.forEach((share) =>
      expectClose(law, 'cdf below the support', share, 0, { absolute: 0, relative: 0 }),
    ),
  );
};

/** cdf undoes icdf, as far as float32 tells quantiles apart. */
const checkQuantiles = (subject: Subject, cdf: Cdf, icdf: Cdf): void => {
  const law = claim('quantile function', subject);
  const { support, logProb, batchShape } = subject.distribution;
  const ones = batchShape.map(() => 1);
  const asked = tf.tensor([...SHARES], [SHARES.length, ...ones], 'float32');
  const found = icdf(asked);
  expectShape(law, 'icdf', found.shape, [SHARES.length, ...batchShape]);
  const wanted = asked.dataSync();
  const quantiles = rowsOf(found.dataSync(), batchSize(subject));
  const at = (z: Tensor): readonly (readonly number[])[] =>
    rowsOf(cdf(z).dataSync(), batchSize(subject));
  const [here, before] = [at(found), support.isDiscrete ? at(tf.sub(found, 1)) : []];
  const densities = rowsOf(tf.exp(logProb(found)).dataSync(), batchSize(subject));
  quantiles.forEach((row, i) =>
    row.forEach((z, entry) => {
      const u = wanted[i] ?? Number.NaN;
      const what = `cdf(icdf(${u})) at batch entry ${entry}`;
      if (!isInside(support, [z])) broken(law, `a value in ${support.name}`, `icdf(${u}) = ${z}`);
      const share = here[i]?.[entry] ?? Number.NaN;
      if (support.isDiscrete) {
        const least = before[i]?.[entry] ?? Number.NaN;
        if (share >= u - ROUNDING && least <= u + ROUNDING) return;
        broken(law, `${what} to be ${u} or more, and less before`, `${share}, and ${least}`);
      }
      // What float32 rounds in z moves the share.
      const moved = (densities[i]?.[entry] ?? 0) * Math.abs(z) * 2 ** -22;
      expectClose(law, what, share, u, {
        absolute: moved + ROUNDING,
        relative: 1e-4,
      });
    }),
  );
};

/** Logarithms of what lies below and above, where the distribution function has not rounded. */
const checkTails = (subject: Subject, cdf: Cdf): void => {
  const law = claim('distribution function', subject);
  const value = firstDraws(subject);
  const shares = cdf(value).dataSync();
  const compare = (what: string, logs: Tensor | undefined, of: (share: number) => number): void =>
    logs?.dataSync().forEach((log, i) => {
      const wanted = of(shares[i] ?? Number.NaN);
      const slack = { absolute: ROUNDING, relative: subject.tolerance };
      expectClose(law, `exp of ${what} at draw ${i}`, Math.exp(log), wanted, slack);
    });
  const { logCdf, logSurvival } = subject.distribution;
  compare('logCdf', logCdf?.(value), (share) => share);
  compare('logSurvival', logSurvival?.(value), (share) => 1 - share);
};

/** The ways back from such logarithms, and their gradients. */
const checkInverses = (subject: Subject, parametrised: Parametrised | undefined): void => {
  const law = claim('quantile function', subject);
  const { distribution } = subject;
  const ones = distribution.batchShape.map(() => 1);
  const asked = tf.tensor([...LOGS], [LOGS.length, ...ones], 'float32');
  for (const [there, back] of [
    ['logCdf', 'inverseLogCdf'],
    ['logSurvival', 'inverseLogSurvival'],
  ] as const) {
    const found = distribution[back]?.(asked);
    const again = found && distribution[there]?.(found);
    if (found === undefined || again === undefined) continue;
    expectShape(law, back, found.shape, [LOGS.length, ...distribution.batchShape]);
    const hazards = tf.exp(tf.sub(distribution.logProb(found), again)).dataSync();
    const [places, logs] = [found.dataSync(), again.dataSync()];
    const count = batchSize(subject);
    logs.forEach((log, i) => {
      const wanted = LOGS[Math.floor(i / count)] ?? Number.NaN;
      // What float32 rounds in z moves the share.
      const moved = (hazards[i] ?? 0) * Math.abs(places[i] ?? 0) * 2 ** -22;
      const slack = { absolute: moved + ROUNDING, relative: 1e-4 };
      expectClose(law, `${there}(${back}(${wanted}))`, log, wanted, slack);
    });
    if (parametrised === undefined) continue;
    checkParameters(subject, 'quantile function', parametrised, (parameters) =>
      tf.asinh(parametrised.from(parameters)[back]?.(asked) ?? asked),
    );
  }
};

/**
 * `cdf` is the integral of the density (to 2e-3) or the sum of the probabilities, its gradient the density, and
 * `icdf` its inverse; gradients of both in the parameters are finite differences.
 */
export const checkDistributionFunction = (
  subject: Subject,
  tables: readonly Tabulated[],
  parametrised: Parametrised | undefined,
): void => {
  const { cdf, icdf, support } = subject.distribution;
  if (cdf === undefined) return;
  const value = firstDraws(subject);
  expectShape(claim('shapes', subject), 'cdf', cdf(value).shape, value.shape);
  if (support.isDiscrete) checkSteps(subject, cdf);
  else checkIntegral(subject, cdf, tables);
  if (icdf) checkQuantiles(subject, cdf, icdf);
  checkTails(subject, cdf);
  checkInverses(subject, parametrised);
  if (parametrised === undefined) return;
  const at = tf.tensor([0.1, 0.5, 0.9], [3, ...subject.distribution.batchShape.map(() => 1)]);
  checkParameters(
    subject,
    'distribution function',
    parametrised,
    (parameters) => parametrised.from(parameters).cdf?.(value) ?? tf.zerosLike(value),
  );
  for (const name of ['logCdf', 'logSurvival'] as const) {
    if (subject.distribution[name] === undefined) continue;
    checkParameters(
      subject,
      'distribution function',
      parametrised,
      (parameters) => parametrised.from(parameters)[name]?.(value) ?? tf.zerosLike(value),
    );
  }
  if (icdf === undefined || support.isDiscrete) return;
  checkParameters(subject, 'quantile function', parametrised, (parameters) =>
    tf.asinh(parametrised.from(parameters).icdf?.(at) ?? at),
  );
};
