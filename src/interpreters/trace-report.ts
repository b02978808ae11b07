/** Traces as text and JSON: what is read to see what a program did. */
import type { Tensor } from '../../dsl/index.js';
import { showShape } from '../../dsl/tensors/shape.js';
import type { Trace, TraceSite } from './trace.js';

/** A nested array of numbers, as deep as the tensor has axes. */
export type Nested = number | readonly Nested[];

/** One site, plain data. */
export interface SiteJson {
  readonly name: string;
  readonly kind: TraceSite['kind'];
  readonly family?: string;
  readonly plates: readonly string[];
  readonly scale: number;
  readonly shape: readonly number[];
  readonly value: Nested;
  /** Σ log p over the site, unscaled, nats. */
  readonly logProb?: number;
}

const nest = (values: ArrayLike<number>, shape: readonly number[], from = 0): Nested => {
  const [n, ...inner] = shape;
  if (n === undefined) return values[from] ?? Number.NaN;
  const width = inner.reduce((a, b) => a * b, 1);
  return Array.from({ length: n }, (_, i) => nest(values, inner, from + i * width));
};

const total = async (x: Tensor): Promise<number> =>
  Array.from<number>(await x.data()).reduce((a, b) => a + b, 0);

/**
 * A trace as plain data, ready for `JSON.stringify`.
 *
 * @example
 * ```ts
 * const sites = await traceToJson(trace(sample('z', normal(0, 1)), { values: { z: 1 } }));
 * sites.map(({ name, family, value }) => [name, family, value]); // [['z', 'Normal', 1]]
 * ```
 */
export const traceToJson = async <A>(trace: Trace<A>): Promise<readonly SiteJson[]> =>
  Promise.all(
    Object.values(trace.sites).map(async ({ value, logProb, ...site }) => ({
      ...site,
      shape: value.shape,
      value: nest(await value.data(), value.shape),
      ...(logProb && { logProb: await total(logProb) }),
    })),
  );

const columns = ['site', 'kind', 'family', 'plates', 'shape', 'log prob'] as const;

const pad = (rows: readonly (readonly string[])[]): string => {
  const widths = columns.map((_, i) => Math.max(...rows.map((r) => (r[i] ?? '').length)));
  return rows
    .map((r) =>
      r
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/**
 * A trace as a table: a row a site, with its shape and its log probability in nats.
 *
 * @example
 * ```ts
 * const table = await traceTable(trace(sample('z', normal(0, 1)), { values: { z: 1 } }));
 * table.split('\n');
 * // [
 * //   'site  kind    family  plates  shape  log prob',
 * //   'z     latent  Normal          []     -1.4189',
 * // ]
 * ```
 */
export const traceTable = async <A>(trace: Trace<A>): Promise<string> => {
  const sites = await traceToJson(trace);
  return pad([
    columns,
    ...sites.map((s) => [
      s.name,
      s.kind,
      s.family ?? '',
      s.plates.join(', '),
      showShape(s.shape),
      s.logProb === undefined ? '' : s.logProb.toFixed(4),
    ]),
  ]);
};

/** How one site differs between two traces. */
export type SiteChange =
  | { readonly change: 'added' | 'removed'; readonly site: string }
  | {
      readonly change: 'kind' | 'family' | 'plates' | 'shape' | 'value' | 'logProb';
      readonly site: string;
      readonly before: string;
      readonly after: string;
    };

const aspects = (
  s: SiteJson,
): Readonly<Record<Exclude<SiteChange['change'], 'added' | 'removed'>, string>> => ({
  kind: s.kind,
  family: s.family ?? 'none',
  plates: s.plates.join(', ') || 'none',
  shape: showShape(s.shape),
  value: JSON.stringify(s.value),
  logProb: s.logProb === undefined ? 'none' : String(s.logProb),
});

const order = ['kind', 'family', 'plates', 'shape', 'value', 'logProb'] as const;

/**
 * What changed from one trace to another: sites that came and went, then each aspect that differs.
 *
 * @example
 * ```ts
 * const before = trace(sample('z', normal(0, 1)), { values: { z: 1 } });
 * const after = trace(sample('z', normal(0, 1)), { values: { z: 2 } });
 * (await traceDiff(before, after)).map(({ change }) => change); // ['value', 'logProb']
 * ```
 */
export const traceDiff = async <A, B>(
  before: Trace<A>,
  after: Trace<B>,
): Promise<readonly SiteChange[]> => {
  const [old, now] = await Promise.all([traceToJson(before), traceToJson(after)]);
  const removed = old.filter((s) => !now.some((t) => t.name === s.name));
  return [
    ...removed.map((s): SiteChange => ({ change: 'removed', site: s.name })),
    ...now.flatMap((s): readonly SiteChange[] => {
      const was = old.find((t) => t.name === s.name);
      if (was === undefined) return [{ change: 'added', site: s.name }];
      const [x, y] = [aspects(was), aspects(s)];
      return order
        .filter((a) => x[a] !== y[a])
        .map((a) => ({ change: a, site: s.name, before: x[a], after: y[a] }));
    }),
  ];
};
