/** The bench measures what it says, and holds every contender to the same work. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { agreement } from '../../bench/contenders/agreement.js';
import { pack, unpack } from '../../bench/contenders/arrays.js';
import type { Case } from '../../bench/case.js';
import { caseNamed } from '../../bench/catalogue.js';
import type { Contender, Problem } from '../../bench/contenders/contender.js';
import { blocksOf, leastMs, meanMs, median, medianMs } from '../../bench/blocks.js';
import {
  FAR_SHARE,
  type Turns,
  interleave,
  partsFor,
  shareOf,
  takesPart,
} from '../../bench/interleave.js';
import type { Found, Measured } from '../../bench/measure.js';
import { hand } from '../../bench/own/hand.js';
import { marginalia } from '../../bench/own/marginalia.js';
import { matmul } from '../../bench/peers/matmul.js';
import { problemOf } from '../../bench/problem.js';
import { duration, report, table } from '../../bench/report.js';
import { rowsOf } from '../../bench/rows.js';

describe('turns', () => {
  const turns: Turns = { rounds: 10, block: 1000, rest: 0 };

  it('lets a slow contender take part in as many rounds as it was given, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (a, b) => {
        const [rounds, parts] = [Math.max(a, b), Math.min(a, b)];
        const taken = Array.from({ length: rounds }, (_, round) => takesPart(round, rounds, parts));
        expect(taken.filter(Boolean)).toHaveLength(parts);
      }),
    );
  });

  it('lets everybody near us run for all rounds, and who is far slower for some', () => {
    expect(shareOf(4, 1)).toBe(1);
    expect(shareOf(5, 1)).toBe(FAR_SHARE);
    expect(partsFor(1, 1, turns)).toBe(10);
    expect(partsFor(1, 0.3, turns)).toBe(3);
    expect(partsFor(3000, 1, turns)).toBe(4);
    expect(partsFor(3000, 0.3, turns)).toBe(2);
    expect(partsFor(1e6, 1, turns)).toBe(1);
    expect(partsFor(1e6, 1, { ...turns, rounds: 1 })).toBe(1);
  });

  it('goes round, and begins each round with another', async () => {
    const order: number[] = [];
    const turner = (who: number, parts: number) => ({
      parts,
      run: async (atLeast: number) => {
        order.push(who);
        return 100 * who + atLeast;
      },
    });
    const asked = { rounds: 3, block: 5, rest: 0 };
    const found = await interleave([turner(0, 3), turner(1, 3), turner(2, 1)], asked);
    expect(order).toEqual([0, 1, 2, 1, 0, 0, 1]);
    expect(found).toEqual([[5, 5, 5], [105, 105, 105], [205]]);
  });
});

describe('blocks', () => {
  /** A clock, and steps that move it. */
  const slowly = (each: (step: number) => number) => {
    let now = 0;
    const asked: number[] = [];
    const take = async (steps: number) => {
      asked.push(steps);
      for (let i = 0; i < steps; i += 1) now += each(i);
      return [];
    };
    return { asked, run: blocksOf(take, () => now) };
  };

  it('takes the middle of what was measured', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('last as long as is asked, step by step where a clock can read a step', async () => {
    const { run, asked } = slowly(() => 4);
    expect(await run(10)).toEqual({ steps: 3, ms: 12, medianMs: 4 });
    expect(asked).toEqual([1, 1, 1]);
    expect(await run(0)).toEqual({ steps: 1, ms: 4, medianMs: 4 });
  });

  it('take short steps in portions that a clock can read, also in the next block', async () => {
    const { run, asked } = slowly(() => 0.25);
    const { steps, ms, medianMs: middle } = await run(10);
    expect(asked.slice(0, 5)).toEqual([1, 2, 4, 8, 8]);
    expect([ms / steps, middle]).toEqual([0.25, 0.25]);
    asked.length = 0;
    await run(1);
    expect(asked).toEqual([8]);
  });

  it('have means that what happens now and then moves, and medians that it does not', () => {
    const blocks = [
      { steps: 9, ms: 9, medianMs: 1 },
      { steps: 1, ms: 11, medianMs: 11 },
      { steps: 10, ms: 10, medianMs: 1 },
    ];
    expect(meanMs(blocks)).toBe(1.5);
    expect(medianMs(blocks)).toBe(1);
    expect(leastMs(blocks)).toBe(1);
  });
});

describe('results', () => {
  const found = (peer: Found['peer'], ms: number): Found => ({
    peer,
    says: peer,
    ms,
    medianMs: ms / 2,
    ranMs: 10_000,
    collection: null,
    compileMs: null,
    peakBytes: null,
    verdict: null,
    slower: [],
  });

  const measured: Measured = {
    of: caseNamed('vae-128'),
    own: found('marginalia', 6),
    others: [found('matmul', 3), found('pytorch', 8), found('hand', 5)],
    absent: [],
  };

  it('has a row for each peer, ours over theirs, of means', () => {
    expect(rowsOf(measured)).toEqual([
      { case: 'vae-128', peer: 'pytorch', ms: 8, ratio: 0.75 },
      { case: 'vae-128', peer: 'matmul', ms: 3, ratio: 2 },
    ]);
  });

  it('is reported with means, medians, garbage and the settings that were slower', () => {
    const pytorch = { ...found('pytorch', 8), slower: [{ says: 'two threads', ms: 24 }] };
    const text = report({
      ...measured,
      own: { ...measured.own, collection: 0.0213 },
      others: [pytorch],
      absent: [{ peer: 'jax-js', reason: 'it is not installed' }],
    });
    expect(text).toMatch(/marginalia +6.00 ms +3.00 ms +21333 +2.1 %/);
    expect(text).toMatch(/pytorch +8.00 ms +4.00 ms +0.75 +16000/);
    expect(text).toContain('pytorch: pytorch; slower: two threads 24.0 ms');
    expect(text).toContain('jax-js: left out, it is not installed');
  });

  it('compares losses over the last half of the steps that both took', () => {
    const of = caseNamed('vae-128');
    const near = agreement(of, [9, 9, 100, 100, 7], [1, 1, 101, 100]);
    expect(near).toMatchObject({ steps: 4, ours: 100 / 128, theirs: 100.5 / 128, agrees: true });
    expect(agreement(of, [9, 100], [9, 104]).agrees).toBe(false);
    expect(agreement(of, [9, 100], [9, 96]).agrees).toBe(false);
    expect(agreement(of, [9, 100], [9, null]).agrees).toBe(false);
    expect(agreement(of, [], []).agrees).toBe(false);
  });

  it('writes durations with three digits, and columns to their width', () => {
    expect([0.00123, 4.5678, 1234].map(duration)).toEqual(['1.23 µs', '4.57 ms', '1.23 s']);
    expect(
      table([
        ['a', '1'],
        ['bcd', '22'],
      ]),
    ).toBe('a     1\nbcd  22');
  });

  it('sends arrays to other processes bit by bit', () => {
    const floats = { shape: [2, 2], values: Float32Array.of(1, -0, Number.NaN, 3e-39) };
    expect(unpack(pack(floats))).toEqual(floats);
    const ints = { shape: [2], values: Int32Array.of(-1, 2 ** 31 - 1) };
    expect(unpack(pack(ints))).toEqual(ints);
  });
});

describe('work', () => {
  beforeAll(async () => {
    await useBackend('wasm')();
  });

  const losses = async (
    open: (problem: Problem) => Promise<Contender>,
    problem: Problem,
  ): Promise<readonly number[]> => (await open(problem)).take(3);

  /**
   * A case with few images, where it has any, and large steps, so that parameters that start at zero
   * count at once; what is computed is the same.
   */
  const few = (name: string): Case => {
    const of = caseNamed(name);
    return of.kind === 'vae' || of.kind === 'iwae' || of.kind === 'vae-conv'
      ? { ...of, batch: 3, rate: 0.006 }
      : of;
  };

  it.each([
    'vae-128',
    'vae-full-128',
    'iwae-50',
    'vae-conv',
    'eight-schools',
    'logistic-regression',
    '3 sites',
  ])('by hand is the same as in the language, from the same noise: %s', async (name) => {
    const problem = problemOf(few(name));
    const [ours, byHand] = [await losses(marginalia, problem), await losses(hand, problem)];
    expect(new Set(ours).size).toBe(3);
    ours.forEach((loss, i) => {
      expect(Math.abs((byHand[i] ?? Number.NaN) - loss)).toBeLessThan(1e-5 * Math.abs(loss));
    });
  });

  it('multiplies what the step multiplies', async () => {
    const { says, take } = await matmul(problemOf(few('vae-128')));
    // Five layers, forward and for the gradients of weights and inputs, but for those of the data:
    // 2 · 3 · (2 · 784 · 400 + 3 · (3 · 400 · 20 + 400 · 784)).
    const flop = 2 * 3 * (2 * 784 * 400 + 3 * (3 * 400 * 20 + 400 * 784));
    expect(says).toBe(`14 products of ${(flop / 1e6).toPrecision(3)} MFLOP`);
    expect(await take(1)).toEqual([]);
  });

  it('has no products alone where the step has none', async () => {
    await expect(matmul(problemOf(caseNamed('eight-schools')))).rejects.toThrow(
      'the step has no matrix products',
    );
  });
});
