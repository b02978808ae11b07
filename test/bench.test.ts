/** The bench measures what it says, and holds every contender to the same work. */
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { agreement } from '../bench/agreement.js';
import { pack, unpack } from '../bench/arrays.js';
import type { Case } from '../bench/case.js';
import { caseNamed } from '../bench/catalogue.js';
import type { Contender, Problem } from '../bench/contender.js';
import { type Turns, interleave, median, partsFor, takesPart } from '../bench/interleave.js';
import type { Found, Measured } from '../bench/measure.js';
import { hand } from '../bench/own/hand.js';
import { marginalia } from '../bench/own/marginalia.js';
import { matmul } from '../bench/peers/matmul.js';
import { problemOf } from '../bench/problem.js';
import { duration, table } from '../bench/report.js';
import { rowsOf } from '../bench/rows.js';

describe('turns', () => {
  const turns: Turns = { rounds: 9, turn: 10, rest: 0 };

  it('takes the middle of what was measured', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it('lets a slow contender take part in as many rounds as it was given, and no other', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 }), (a, b) => {
        const [rounds, parts] = [Math.max(a, b), Math.min(a, b)];
        const taken = Array.from({ length: rounds }, (_, round) => takesPart(round, rounds, parts));
        expect(taken.filter(Boolean)).toHaveLength(parts);
      }),
    );
  });

  it('gives a slow contender fewer rounds, and never fewer than two where there are two', () => {
    expect(partsFor(1, turns)).toBe(9);
    expect(partsFor(80, turns)).toBe(5);
    expect(partsFor(1e6, turns)).toBe(2);
    expect(partsFor(1e6, { ...turns, rounds: 1 })).toBe(1);
  });

  it('goes round, and reports milliseconds a step however many steps a turn has', async () => {
    const order: number[] = [];
    const costing = (who: number, ms: number) => async (steps: number) => {
      order.push(who);
      return steps * ms;
    };
    const runs = [costing(0, 0.01), costing(1, 2), costing(2, 1000)];
    const found = await interleave(runs, [5, 5, 1000], { rounds: 3, turn: 10, rest: 0 });
    expect(found.map((ms) => Number(ms.toPrecision(6)))).toEqual([0.01, 2, 1000]);
    // The slow one is spared the round that warms up.
    expect(order).toEqual([0, 1, 0, 1, 2, 0, 1, 0, 1, 2]);
  });

  it('takes about as many steps as fill a turn, once it has seen one', async () => {
    const asked: number[] = [];
    const run = async (steps: number) => {
      asked.push(steps);
      return steps * 0.01;
    };
    await interleave([run], [1], { rounds: 2, turn: 10, rest: 0 });
    expect(asked).toEqual([10, 1000, 1000]);
  });
});

describe('results', () => {
  const found = (peer: Found['peer'], ms: number): Found => ({
    peer,
    says: peer,
    ms,
    compileMs: null,
    peakBytes: 0,
    verdict: null,
  });

  const measured: Measured = {
    of: caseNamed('vae-128'),
    own: found('marginalia', 6),
    others: [found('pytorch', 12), found('pytorch', 8), found('matmul', 3), found('hand', 5)],
    absent: [],
  };

  it('has a row for each peer, ours over theirs, at the better of its settings', () => {
    expect(rowsOf(measured)).toEqual([
      { case: 'vae-128', peer: 'pytorch', ms: 8, ratio: 0.75 },
      { case: 'vae-128', peer: 'matmul', ms: 3, ratio: 2 },
    ]);
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
    return of.kind === 'vae' || of.kind === 'iwae' ? { ...of, batch: 3, rate: 0.006 } : of;
  };

  it.each([
    'vae-128',
    'vae-full-128',
    'iwae-50',
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
