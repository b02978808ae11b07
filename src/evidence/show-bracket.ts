/** A bracket in words. */
import type { Bracket, BracketBound } from './bracket.js';
import { paretoThreshold, paretoVerdict } from './psis.js';

const fixed = (x: number, digits = 3): string =>
  Number.isFinite(x)
    ? x.toFixed(digits)
    : x === -Infinity
      ? '−∞'
      : x === Infinity
        ? '∞'
        : 'unknown';

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((r) => r[j]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, j) =>
          j > 0 && j < row.length - 1 ? cell.padStart(widths[j] ?? 0) : cell.padEnd(widths[j] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

const holdsOf = ({ side, holds }: BracketBound): string => {
  switch (holds) {
    case 'inExpectation':
      return `${side}, in expectation`;
    case 'asymptotically':
      return `${side}, asymptotically`;
  }
};

const percent = (p: number): string => `${Number((100 * p).toPrecision(6))} %`;

const middle = (xs: Float64Array): number =>
  Float64Array.from(xs).toSorted()[Math.floor(xs.length / 2)] ?? Number.NaN;

const endsOf = ({ lower, upper, confidence, elements }: Bracket): readonly string[] => {
  const interval = `[${fixed(lower.nats)}, ${fixed(upper.nats)}]`;
  const each =
    elements > 1
      ? `, [${fixed(lower.nats / elements, 4)}, ${fixed(upper.nats / elements, 4)}] per element`
      : '';
  const why = (() => {
    switch (upper.holds) {
      case 'withConfidence':
        return `both ends hold with probability ${percent(confidence)} for any number of draws`;
      case 'asymptotically':
        return (
          `the lower end holds with probability ${percent((1 + confidence) / 2)} for any number of draws, ` +
          'the upper end only where the guide covers the posterior and draws are many'
        );
    }
  })();
  return [`log p(data) in ${interval} nats${each}: ${why}.`];
};

/** The largest k̂; NaN where one is. */
const worstK = (ks: Float64Array): number =>
  ks.reduce(
    (a, k) => (Number.isNaN(a) || Number.isNaN(k) ? Number.NaN : Math.max(a, k)),
    -Infinity,
  );

const trustOf = ({ evidence, samples, elements, upper }: Bracket): string => {
  const worst = worstK(evidence.paretoK);
  const verdict = paretoVerdict(worst, samples);
  const above = evidence.paretoK.filter((k) => !(k <= paretoThreshold(samples))).length;
  const sizes = evidence.effectiveSampleSize;
  const least = sizes.reduce((a, b) => Math.min(a, b), Infinity);
  const of =
    elements === 1 ? '' : ` for the worst of ${elements} elements, ${above} above threshold`;
  const size =
    elements === 1
      ? fixed(least, 1)
      : `${fixed(least, 1)} at least, ${fixed(middle(sizes), 1)} in the middle`;
  const doubt =
    upper.holds === 'asymptotically' && (verdict === 'unreliable' || verdict === 'useless')
      ? ' Do not believe the upper end: take more draws, a wider guide, or exact draws.'
      : '';
  return (
    `Effective sample size of ${samples}: ${size}. ` +
    `Pareto k̂ ${fixed(worst, 2)}${of}: ${verdict}.${doubt}`
  );
};

/**
 * The table of a bracket: a row a bound, then the interval, and whether the weights can be trusted.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const posterior = sample('z', normal(2.5, Math.SQRT1_2));
 * const found = await evidence.bracket(model, posterior, { key: key(0), samples: 100, posterior });
 * showBracket(found).split('\n').slice(0, 2).join('\n');
 * // 'bound                   nats   s.e.  holds\n' +
 * // 'ELBO                  -7.516  0.000  lower, in expectation'
 * ```
 */
export const showBracket = (bracket: Bracket): string => {
  const { elements, bounds } = bracket;
  const each = elements > 1;
  const rows = bounds.map((b) => [
    b.name,
    fixed(b.total),
    fixed(b.totalStandardError),
    ...(each ? [fixed(b.total / elements, 4), fixed(b.totalStandardError / elements, 4)] : []),
    holdsOf(b),
  ]);
  const head = ['bound', 'nats', 's.e.', ...(each ? ['per element', 's.e.'] : []), 'holds'];
  return [table([head, ...rows]), '', ...endsOf(bracket), trustOf(bracket)].join('\n');
};
