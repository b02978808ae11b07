/** Gaps as a table. */
import { excerpt } from '../../io/files/excerpt.js';
import type { Coverage, Range } from '../cases/coverage.js';
import type { Gap } from './gap.js';
import type { Tightness } from './tightness.js';

/** Characters of a model's label. */
const LABEL = 48;

const nats = (x: number): string => (Math.abs(x) < 0.0005 ? 0 : x).toFixed(3).replace('-', '−');

/** Two digits, of what may be as small as rounding. */
const short = (x: number): string => String(Number(x.toPrecision(2)));

const withError = (mean: number, error: number): string => `${nats(mean)} ± ${nats(error)}`;

const gapText = (gap: Gap | undefined): string =>
  gap === undefined ? '' : withError(gap.mean, gap.standardError);

const columns = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((r) => r[j]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, j) => (j === 0 ? cell.padEnd(widths[j] ?? 0) : cell.padStart(widths[j] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
};

const rangeText = ({ least, median, most }: Range, digits: number): string =>
  `${least.toFixed(digits)} to ${most.toFixed(digits)}, half at most ${median.toFixed(digits)}`;

const coverageText = (covered: Coverage): readonly string[] => [
  `Covered by ${covered.models} models: latent numbers ${rangeText(covered.latent, 0)}; ` +
    `observed ${rangeText(covered.observed, 0)}` +
    (covered.correlation === undefined
      ? '.'
      : `; largest correlation ${rangeText(covered.correlation, 2)}.`),
  `Features: ${covered.features.map((f) => `${f.feature} ${f.models}`).join(', ') || 'none'}.`,
];

/**
 * The table of gaps: a row a model and a column an objective, then the means, what would be found, and
 * what was covered. Nats, with standard errors.
 *
 * @example
 * ```ts
 * const small = linearGaussian({ outside: 1, inside: 0 });
 * const found = tightness(small, [elbo()], { models: 2, draws: 48 });
 * const lines = showTightness(found).split('\n');
 * lines[0]?.trimEnd().endsWith('elbo'); // true
 * lines.slice(4, 7).map((line) => line.split('  ')[0]);
 * // ['widest', 'smallest violation found', 'smallest offset found']
 * ```
 */
export const showTightness = ({ models, objectives, covered }: Tightness): string => {
  const skipped = objectives.flatMap(({ name, skipped: why }) =>
    why === undefined ? [] : [`'${name}' does not fit all models: ${excerpt(why, 240)}`],
  );
  return [
    ...columns([
      ['log p(data) − bound, nats', ...objectives.map((o) => o.name)],
      ...models.map(({ label, gaps }) => [excerpt(label, LABEL), ...gaps.map(gapText)]),
      ['mean', ...objectives.map((o) => withError(o.mean, o.standardError))],
      ['widest', ...objectives.map((o) => nats(o.widest))],
      ['smallest violation found', ...objectives.map((o) => short(o.smallestViolation))],
      ['smallest offset found', ...objectives.map((o) => short(o.smallestOffset))],
    ]),
    '',
    ...coverageText(covered),
    ...skipped,
  ].join('\n');
};
