/**
 * Which property of each family is held by what, as one table; and those that no law of the kit holds: that there is
 * nothing outside of a support, and no NaN far out.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Distribution, Tensor } from 'marginalia';
import { grad } from 'marginalia/autodiff';
import { type DistributionCase, familyCases } from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../../dsl/supports/array.js';
import { isReparameterised } from '../../../dsl/law/distribution.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { isIntegers } from '../../../dsl/supports/integers.js';
import { hasDensity, noiseFor } from '../../../src/testing/distributions/subject.js';
import { rowsOf } from '../../../src/testing/statistics/numbers.js';
import { chartOf } from '../../../src/testing/distributions/support-geometry.js';

const rows: Readonly<Record<string, object>> = JSON.parse(
  readFileSync(new URL('oracle/rows.json', import.meta.url), 'utf8'),
);

const cases: readonly (readonly [string, readonly Distribution[]])[] = Object.entries(
  familyCases,
).map(([name, random]: readonly [string, fc.Arbitrary<DistributionCase>]) => [
  name,
  fc.sample(random, { numRuns: 12, seed: 5 }).map(({ make }) => make()),
]);

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

/** How the draws of a law are held against its density, as `checkSampler` chooses it. */
const samplerBy = (d: Distribution): string => {
  if (!hasDensity(d)) return 'finite at draws';
  if (d.sampler.enumeration) return 'listed';
  if (d.eventShape.length === 0 && !d.support.isDiscrete) return 'shares';
  if (isIntegers(d.support)) return 'window';
  if (d.support.isDiscrete) return 'moves';
  const event = numbers(d.sampler.draw(noiseFor(d, [1], 1)).value).slice(0, sizeOf(d.eventShape));
  const [free = []] = chartOf(d.support, d.eventShape).of([event]);
  return free.length <= 3 ? 'cells' : 'slices';
};

/** What tells that the whole density is 1, and not only its ratios. */
const totals: Readonly<Record<string, string>> = {
  'finite at draws': 'a point',
  listed: 'sum',
  shares: 'integral',
  window: 'counts',
  cells: 'integrals',
};

const CONTINUOUS = (d: Distribution): boolean => !d.support.isDiscrete;

/**
 * The columns of the table: what holds a property of a law; a dash where it does not apply, and nothing where nothing
 * does. `laws` are those of the kit, which `distributions.test.ts` asks of every family; executors are asked in
 * `executors.test.ts`, exact values in `oracle`.
 */
const columns: Readonly<Record<string, (d: Distribution, family: string) => string>> = {
  shapes: () => 'laws',
  support: () => 'laws',
  sampler: samplerBy,
  'total 1': (d, family) => totals[samplerBy(d)] ?? (family in rows ? 'exact values' : ''),
  moments: (d) =>
    (['mean', 'variance', 'entropy'] as const).filter((name) => d[name]).join(', ') || '–',
  'slope by value': (d) => (CONTINUOUS(d) ? 'laws' : '–'),
  'slope by parameters': () => 'laws',
  'slope of draws': (d) => (isReparameterised(d.sampler.gradient) ? 'laws' : '–'),
  cdf: (d) => (d.cdf ? 'laws' : '–'),
  icdf: (d) => (d.icdf ? 'laws' : '–'),
  executors: () => 'all',
  'exact values': (_, family) => (family in rows ? 'rows.json' : ''),
};

const different = (words: readonly string[]): string => [...new Set(words)].toSorted().join(' / ');

/** Numbers around and far beyond every bound that a support of one number may have. */
const ANYWHERE = [-1e18, -1e8, -3.5, -1, -0.25, 0, 0.25, 0.5, 1, 1.75, 4, 1e8, 1e18];

/** Each of them at every place of a batch. */
const everywhere = (d: Distribution): Tensor => {
  const ones = d.batchShape.map(() => 1);
  return tf.add(
    tf.tensor(ANYWHERE, [ANYWHERE.length, ...ones], 'float32'),
    tf.zeros([...d.batchShape]),
  );
};

const noted = new Map<string, readonly string[]>();
const note = (family: string, what: string): void => {
  noted.set(family, [...(noted.get(family) ?? []), what]);
};

const ofOneNumber = cases.filter(([, laws]) => laws.every((d) => d.eventShape.length === 0));

describe('outside of its support there is no density, and nowhere NaN, of', () => {
  it.each(ofOneNumber)('%s', (family, laws) => {
    for (const d of laws.filter(hasDensity).slice(0, 3)) {
      const at = everywhere(d);
      const size = sizeOf(d.batchShape);
      const logs = rowsOf(numbers(d.logProb(at)), size);
      const slopes = CONTINUOUS(d) ? numbers(grad((x: Tensor) => tf.sum(d.logProb(x)))(at)) : [];
      const shares = d.cdf ? rowsOf(numbers(d.cdf(at)), size) : [];
      ANYWHERE.forEach((z, i) => {
        const what = `${d.family.name} at ${z}`;
        const log = logs[i] ?? [];
        expect(log.some(Number.isNaN), `log p of ${what} is ${log.join(', ')}`).toBe(false);
        const slope = slopes.slice(i * size, (i + 1) * size);
        expect(slope.some(Number.isNaN), `its slope of ${what}: ${slope.join(', ')}`).toBe(false);
        const share = shares[i] ?? [];
        const isShare = share.every((u) => u >= 0 && u <= 1);
        expect(isShare, `cdf of ${what} is ${share.join(', ')}`).toBe(true);
        // A bound that is computed is in no domain; between whole numbers chances are continued.
        const { support } = d;
        const isKnown = support.isComputed !== true && (CONTINUOUS(d) || Number.isInteger(z));
        if (!isKnown || d.values !== undefined || support.closure.entry(z, 0, 0)) return;
        expect(
          log.every((l) => l === -Infinity),
          `log p of ${what} is ${log.join(', ')}`,
        ).toBe(true);
      });
    }
    note(family, 'edges');
    note(family, 'tails');
  });

  const vectors = cases.filter(([name]) => ofOneNumber.every(([other]) => other !== name));
  it.each(vectors)('%s, far out', (family, laws) => {
    for (const d of laws.filter(hasDensity).slice(0, 3)) {
      const { value } = d.sampler.draw(noiseFor(d, [1], 1));
      const each = entriesOf(d.support);
      for (const z of [-1e8, 1e8]) {
        const log = numbers(d.logProb(tf.fill(value.shape, z)));
        if (each.kind === 'real') expect(log.some(Number.isNaN), `${family} at ${z}`).toBe(false);
      }
    }
    note(family, 'tails');
  });
});

describe('every property of every family', () => {
  it('is held by something', () => {
    const held = cases.map(([family, laws]) => [
      family,
      ...Object.values(columns).map((by) => different(laws.map((d) => by(d, family)))),
      (noted.get(family) ?? []).join(', '),
    ]);
    const all = [['family', ...Object.keys(columns), 'far out'], ...held];
    const widths = (all[0] ?? []).map((_, j) => Math.max(...all.map((row) => row[j]?.length ?? 0)));
    console.log(
      all.map((row) => row.map((x, j) => x.padEnd(widths[j] ?? 0)).join(' | ')).join('\n'),
    );
    const gaps = cases.flatMap(([family, laws]) =>
      Object.entries(columns)
        .filter(([, by]) => laws.some((d) => by(d, family) === ''))
        .map(([name]) => `${family}: ${name}`),
    );
    // A point has no density to be exact about.
    expect(gaps.filter((gap) => !gap.startsWith('delta: '))).toEqual([]);
  });
});
