/** A gradient report for people. */
import type { GradientReport } from './report.js';
import type { EstimatorReport, SiteReport } from './site-report.js';
import { showEstimator } from '../../bounds/estimators/estimator.js';

const short = (x: number): string =>
  Number.isFinite(x) ? String(Number(x.toPrecision(3))) : x > 0 ? '∞' : String(x);

const biasOf = ({ estimator, bias, biasError, unbiased }: EstimatorReport): string => {
  if (estimator.sums) return 'exact';
  if (bias === undefined || biasError === undefined)
    return unbiased ? 'none, by theory' : 'unknown';
  return `${short(bias)} ± ${short(biasError)}${unbiased ? '' : ' (biased)'}`;
};

const heading = ['', 'estimator', 'bias', 'variance', 'signal/noise', 'ms'];

const rowOf = (e: EstimatorReport): readonly string[] => [
  e.current ? '*' : '',
  e.name,
  biasOf(e),
  short(e.variance),
  short(e.signalToNoise),
  short(e.milliseconds),
];

const table = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = heading.map((_, j) => Math.max(...rows.map((row) => row[j]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, j) => cell.padEnd(widths[j] ?? 0)).join('  ')}`.trimEnd(),
  );
};

const siteLines = (s: SiteReport): readonly string[] => [
  `${s.site} ~ ${s.family}${s.parameters.length === 0 ? '' : `, parameters ${s.parameters.join(', ')}`}`,
  ...(s.estimators.length === 0 ? [] : table([heading, ...s.estimators.map(rowOf)])),
  s.recommended === undefined
    ? `  ${s.why}`
    : `  recommended: ${showEstimator(s.recommended)}: ${s.why}`,
];

/**
 * A gradient report as a table for each site; `*` marks what is used now.
 *
 * @example
 * ```ts
 * const report = { objective: 'ELBO', particles: 1, draws: 100, sites: [] };
 * showGradientReport(report); // 'gradients of the ELBO, 1 particle, 100 draws'
 * ```
 */
export const showGradientReport = ({
  objective,
  particles,
  draws,
  sites,
}: GradientReport): string =>
  [
    `gradients of the ${objective}, ${particles} ${particles === 1 ? 'particle' : 'particles'}, ${draws} draws`,
    ...sites.flatMap(siteLines),
  ].join('\n');
