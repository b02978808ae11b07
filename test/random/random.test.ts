/**
 * Laws of the random layer.
 *
 * Statistical tests use fixed seeds, so they pass or fail for good. The false-alarm rate that each
 * states is the chance that a right generator would have failed it when its seed was chosen.
 */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { baseNoise } from '../../dsl/tensors/noise.js';
import { fnv1a64 } from '../../src/random/fnv1a.js';
import {
  drawNoise,
  foldIn,
  key,
  permutation,
  randomBernoulli,
  randomGumbel,
  randomNormal,
  randomUniform,
  split,
} from '../../src/random/index.js';
import { STRETCH, threefryStreams } from '../../src/random/threefry-simd.js';
import { threefryBlock, threefryWords } from '../../src/random/threefry.js';
import { BELOW_ONE, unit } from '../../src/random/unit.js';

const seeds = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const counts = fc.nat({ max: 65 });

/** The bound on √n · D that a right generator passes with probability 1 - rate (Kolmogorov). */
const kolmogorovBound = (rate: number): number => Math.sqrt(-Math.log(rate / 2) / 2);

const kolmogorov = (draws: Float32Array, cdf: (x: number) => number): number => {
  const n = draws.length;
  const gaps = [...draws]
    .toSorted((a, b) => a - b)
    .map((x, i) => Math.max((i + 1) / n - cdf(x), cdf(x) - i / n));
  return Math.max(...gaps) * Math.sqrt(n);
};

/** Abramowitz and Stegun 26.2.17, absolute error below 7.5e-8. */
const normalCdf = (x: number): number => {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const upper = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x < 0 ? upper : 1 - upper;
};

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

const correlation = (xs: readonly number[], ys: readonly number[]): number => {
  const [mx, my] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, i) => (x - mx) * ((ys[i] ?? NaN) - my)));
  return (
    covariance / Math.sqrt(mean(xs.map((x) => (x - mx) ** 2)) * mean(ys.map((y) => (y - my) ** 2)))
  );
};

/** P(|N(0,1)| > 5.03) = 5e-7: for √n · r of independent sequences, and for standardised means. */
const NORMAL_BOUND = 5.03;

const hex = (words: Uint32Array): readonly string[] =>
  [...words].map((word) => word.toString(16).padStart(8, '0'));

/** The definition over big integers, an independent road to the same hash. */
const fnvOverIntegers = (text: string): string =>
  [...new TextEncoder().encode(text)]
    .reduce(
      (hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n),
      0xcbf29ce484222325n,
    )
    .toString(16)
    .padStart(16, '0');

describe('threefry-2x32-20', () => {
  it.each([
    { k: [0, 0], c: [0, 0], words: ['6b200159', '99ba4efe'] },
    { k: [~0, ~0], c: [~0, ~0], words: ['1cb996fc', 'bb002be7'] },
    { k: [0x13198a2e, 0x03707344], c: [0x243f6a88, 0x85a308d3], words: ['c4923a9c', '483df7a0'] },
  ])('agrees with Random123 kat_vectors: $words', ({ k, c, words }) => {
    const [k0 = NaN, k1 = NaN] = k;
    const [c0 = NaN, c1 = NaN] = c;
    const block = new Uint32Array(2);
    threefryBlock(k0, k1, c0, c1, block, 0);
    expect(hex(block)).toEqual(words);
  });

  it('counts blocks from 0 in the first counter word, in the stream of the second', () => {
    const words = threefryWords([5, 6], 7, 5);
    const block = new Uint32Array(2);
    threefryBlock(5, 6, 2, 7, block, 0);
    expect(words.slice(4)).toEqual(block);
  });
});

describe('many blocks at once', () => {
  const cases = fc.tuple(
    fc.tuple(fc.nat(0xffffffff), fc.nat(0xffffffff)),
    fc.constantFrom(0, 1, 0xc0000000),
    fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 8180, max: 8210 })),
  );

  it('the words are those of one block after another', () => {
    fc.assert(
      fc.property(cases, ([k, stream, count]) => {
        const expected = threefryWords(k, stream, count);
        const received = new Uint32Array(expected.length);
        const { numbers, fill } = threefryStreams().words;
        for (let at = 0; at < count; at += STRETCH) {
          const some = Math.min(STRETCH, count - at);
          fill(k[0], k[1], stream, at, some);
          received.set(numbers.subarray(0, 2 * Math.ceil(some / 2)), at);
        }
        expect(received).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('the randomUniform are those of the words', () => {
    fc.assert(
      fc.property(cases, ([k, stream, count]) => {
        const expected = Float32Array.from(threefryWords(k, stream, count).slice(0, count), (w) =>
          Math.min(unit(w), BELOW_ONE),
        );
        const received = new Float32Array(count);
        const { numbers, fill } = threefryStreams().uniforms;
        for (let at = 0; at < count; at += STRETCH) {
          const some = Math.min(STRETCH, count - at);
          fill(k[0], k[1], stream, at, some);
          received.set(numbers.subarray(0, some), at);
        }
        expect(received).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe('fnv1a64', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
    ['décodeur.couche[1].σ', fnvOverIntegers('décodeur.couche[1].σ')],
  ])('hashes %j to %s', (text, hash) => {
    expect(hex(Uint32Array.from(fnv1a64(text))).join('')).toBe(hash);
  });
});

describe('keys', () => {
  it('different seeds give different keys', () => {
    fc.assert(
      fc.property(seeds, seeds, (a, b) => {
        expect(key(a).join() === key(b).join()).toBe(a === b);
      }),
    );
    expect(key(2 ** 32)).not.toEqual(key(0));
  });

  it('are two uint32 words', () => {
    fc.assert(
      fc.property(seeds, fc.oneof(seeds, fc.string()), (seed, data) => {
        for (const words of [key(seed), foldIn(key(seed), data)]) {
          expect([...Uint32Array.from(words)]).toEqual(words);
        }
      }),
    );
  });

  it.each([-1, 0.5, NaN, Infinity, 2 ** 53])('%d is refused, with the cure', (bad) => {
    expect(() => key(bad)).toThrow(/expected a whole number.*got .*key\(0\)/);
    expect(() => foldIn(key(0), bad)).toThrow(/expected a string or a whole number.*got /);
    expect(() => split(key(0), bad)).toThrow(/expected a whole number.*got /);
    expect(() => randomUniform(key(0), bad)).toThrow(/expected a whole number.*got /);
    expect(() => permutation(key(0), bad)).toThrow(/expected a whole number.*got /);
  });

  it('foldIn separates numbers from their decimal strings', () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, n) => {
        expect(foldIn(key(seed), n)).not.toEqual(foldIn(key(seed), String(n)));
      }),
    );
  });

  it.each([0, 1])('foldIn uses both words of a hash: names that share word %d differ', (half) => {
    const byWord = new Map<number, string>();
    const shared = Array.from({ length: 200_000 }, (_, i) => `${i} ${i * i}`).filter((name) => {
      const word = fnv1a64(name)[half === 0 ? 0 : 1];
      const earlier = byWord.get(word);
      byWord.set(word, name);
      return (
        earlier !== undefined && foldIn(key(0), earlier).join() !== foldIn(key(0), name).join()
      );
    });
    // 200,000 random words would make 4.7 pairs on average.
    expect(shared.length).toBeGreaterThan(0);
    expect(byWord.size + shared.length).toBe(200_000);
  });

  it('foldIn, split and every drawNoise use different words of a key', () => {
    const root = key(11);
    const children = [
      ...Array.from({ length: 200 }, (_, i) => foldIn(root, i)),
      ...Array.from({ length: 200 }, (_, i) => foldIn(root, 2 ** 32 * (i + 1))),
      ...Array.from({ length: 200 }, (_, i) => foldIn(root, String(i))),
      ...split(root, 200),
    ];
    const drawn = [0, 1, 2, 3].flatMap((law) => {
      const words = threefryWords(root, law, 400);
      return Array.from({ length: 200 }, (_, i) => [words[2 * i], words[2 * i + 1]]);
    });
    const all = [root, ...children, ...drawn].map((words) => words.join());
    expect(new Set(all).size).toBe(all.length);
  });

  it('a shorter split is the start of a longer one', () => {
    fc.assert(
      fc.property(seeds, counts, counts, (seed, a, b) => {
        const longer = split(key(seed), a + b);
        expect(longer).toHaveLength(a + b);
        expect(split(key(seed), a)).toEqual(longer.slice(0, a));
      }),
    );
  });

  it('siblings are uncorrelated (false-alarm rate 6e-5: 105 pairs of 5e-7)', () => {
    const n = 4000;
    const names = [0, 1, 2, 3, 2 ** 32, '0', '1', 'z', 'z1', 'decoder.z', ''];
    const draws = names
      .map((name) => foldIn(key(3), name))
      .concat(split(key(3), 4))
      .map((child) => [...randomUniform(child, n)]);
    const pairs = draws.flatMap((xs, i) => draws.slice(i + 1).map((ys) => correlation(xs, ys)));
    expect(pairs).toHaveLength(105);
    for (const r of pairs) expect(Math.abs(r) * Math.sqrt(n)).toBeLessThan(NORMAL_BOUND);
  });
});

describe('draws', () => {
  const laws = [
    {
      law: 'uniform',
      sampler: randomUniform,
      cdf: (u: number) => u,
      mean: 1 / 2,
      variance: 1 / 12,
      kurtosis: 9 / 5,
    },
    { law: 'normal', sampler: randomNormal, cdf: normalCdf, mean: 0, variance: 1, kurtosis: 3 },
    {
      law: 'gumbel',
      sampler: randomGumbel,
      cdf: (x: number) => Math.exp(-Math.exp(-x)),
      mean: 0.5772156649015329,
      variance: Math.PI ** 2 / 6,
      kurtosis: 5.4,
    },
  ] as const;

  it.each(laws)('$law: a longer drawNoise starts with the shorter one', ({ sampler }) => {
    fc.assert(
      fc.property(seeds, counts, counts, (seed, a, b) => {
        const longer = sampler(key(seed), a + b);
        expect(longer).toHaveLength(a + b);
        expect(sampler(key(seed), a)).toEqual(longer.slice(0, a));
      }),
    );
  });

  it.each(laws)('$law: Kolmogorov-Smirnov, n = 20000 (false-alarm rate 1e-6)', (testCase) => {
    const draws = testCase.sampler(key(2024), 20_000);
    expect(kolmogorov(draws, testCase.cdf)).toBeLessThan(kolmogorovBound(1e-6));
  });

  it.each(laws)('$law: mean and variance, n = 200000 (false-alarm rate 1e-6)', (testCase) => {
    const n = 200_000;
    const draws = [...testCase.sampler(key(31), n)];
    const squares = draws.map((x) => (x - testCase.mean) ** 2 / testCase.variance);
    const meanError = (mean(draws) - testCase.mean) / Math.sqrt(testCase.variance);
    const varianceError = (mean(squares) - 1) / Math.sqrt(testCase.kurtosis - 1);
    expect(Math.abs(meanError) * Math.sqrt(n)).toBeLessThan(NORMAL_BOUND);
    expect(Math.abs(varianceError) * Math.sqrt(n)).toBeLessThan(NORMAL_BOUND);
  });

  it.each(laws)('$law: neighbours are uncorrelated, also squared (rate 1e-6)', ({ sampler }) => {
    const draws = [...sampler(key(77), 20_001)];
    for (const xs of [draws, draws.map((x) => x * x)]) {
      const r = correlation(xs.slice(0, -1), xs.slice(1));
      expect(Math.abs(r) * Math.sqrt(20_000)).toBeLessThan(NORMAL_BOUND);
    }
  });

  it.each(laws)('$law: drawNoise dispatches, with the batch axes outside', ({ law, sampler }) => {
    expect(drawNoise(key(5), baseNoise(law, [2, 3]), [4])).toEqual(sampler(key(5), 24));
    expect(drawNoise(key(5), baseNoise(law), [])).toEqual(sampler(key(5), 1));
    expect(drawNoise(key(5), baseNoise(law, [0]), [4])).toHaveLength(0);
  });

  it('uniforms lie strictly inside (0, 1), as float32', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(randomUniform(key(seed), 1000).every((u) => 0 < u && u < 1)).toBe(true);
      }),
    );
    // This word is 0xffffff99, which plain rounding would take to 1.
    expect(randomUniform(key(372), 40_316).at(-1)).toBe(1 - 2 ** -24);
  });

  it('normals and randomGumbel are finite', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(randomNormal(key(seed), 1000).every(Number.isFinite)).toBe(true);
        expect(randomGumbel(key(seed), 1000).every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('laws under one key are uncorrelated (false-alarm rate 1.5e-6: 3 pairs)', () => {
    const n = 20_000;
    const [u, z, g] = laws.map(({ sampler }) => [...sampler(key(9), n)]);
    if (u === undefined || z === undefined || g === undefined) throw new Error('three laws');
    for (const r of [correlation(u, z), correlation(u, g), correlation(z, g)]) {
      expect(Math.abs(r) * Math.sqrt(n)).toBeLessThan(NORMAL_BOUND);
    }
  });
});

describe('bernoulliBits', () => {
  it('is 1 exactly where the uniform is below the probability', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }),
        (seed, values) => {
          const us = randomUniform(key(seed), values.length);
          const expected = values.map((p, i) => ((us[i] ?? NaN) < p ? 1 : 0));
          const bits = randomBernoulli(key(seed), Float32Array.from(values));
          expect([...bits]).toEqual(expected);
        },
      ),
    );
  });

  it('probability 0 gives 0 and 1 gives 1, always', () => {
    expect(randomBernoulli(key(1), new Float32Array(5000)).every((bit) => bit === 0)).toBe(true);
    expect(randomBernoulli(key(1), new Float32Array(5000).fill(1)).every((bit) => bit === 1)).toBe(
      true,
    );
  });
});

describe('permutation', () => {
  it('holds each index once', () => {
    fc.assert(
      fc.property(seeds, fc.nat({ max: 300 }), (seed, n) => {
        expect([...permutation(key(seed), n)].toSorted((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
      }),
    );
  });

  it('all 24 orders of 4 are equally frequent: chi-square, n = 24000 (false-alarm rate 1e-6)', () => {
    const draws = 24_000;
    const orders = Array.from({ length: draws }, (_, i) =>
      permutation(foldIn(key(8), i), 4).join(),
    );
    const frequency = orders.reduce(
      (seen, order) => seen.set(order, (seen.get(order) ?? 0) + 1),
      new Map<string, number>(),
    );
    const expected = draws / 24;
    const statistic = [...frequency.values()].reduce(
      (sum, observed) => sum + (observed - expected) ** 2 / expected,
      0,
    );
    expect(frequency.size).toBe(24);
    // The upper 1e-6 quantile of chi-square with 23 degrees of freedom.
    expect(statistic).toBeLessThan(70.55);
  });
});
