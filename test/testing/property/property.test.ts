/** Laws as properties of fast-check: what is skipped, what is shrunk, what is printed. */
import * as fc from 'fast-check';
import {
  type BoundCase,
  type Counterexample,
  CounterexampleError,
  LawNotApplicable,
  asyncProperty,
  checkBoundBelowEvidence,
  checkExactGuide,
  checkModel,
  linearGaussian,
  property,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

interface Numbered {
  readonly n: number;
  readonly label: string;
}

const labelled = (n: number): Numbered => ({ n, label: `number ${n}` });

const numbered = fc.nat({ max: 1000 }).map(labelled);

const only = (holds: boolean): void => {
  if (!holds) throw new LawNotApplicable('checkEven', 'an even number', 'an odd one');
};

const counterexampleOf = (details: { readonly errorInstance?: unknown }): Counterexample => {
  const { errorInstance } = details;
  if (errorInstance instanceof CounterexampleError) return errorInstance.counterexample;
  throw new Error(`no counterexample: ${String(errorInstance)}`);
};

describe('property', () => {
  it('passes over cases to which the law does not apply, without counting them', () => {
    const seen: number[] = [];
    const checkEven = ({ n }: Numbered): void => {
      only(n % 2 === 0);
      seen.push(n);
    };
    const { failed, numSkips } = fc.check(property(checkEven, numbered), { numRuns: 30, seed: 1 });
    expect(failed).toBe(false);
    expect(seen).toHaveLength(30);
    expect(numSkips).toBeGreaterThan(5);
  });

  it('does not shrink into cases to which the law does not apply', () => {
    const below500 = ({ n }: Numbered): void => {
      only(n % 2 === 0);
      if (n >= 500) throw new Error(`${n} is too much.`);
    };
    const details = fc.check(property({ below500 }, numbered), { seed: 1 });
    const { law, label, message } = counterexampleOf(details);
    expect(law).toBe('below500');
    expect(details.numShrinks).toBeGreaterThan(0);
    expect(message).toMatch(/^\d+[02468] is too much\.$/);
    expect(`${label} is too much.`).toBe(`number ${message}`);
  });

  it('says which law applies to no case, and does not shrink that', () => {
    const checkNone = (): void => only(false);
    const details = fc.check(property([checkNone, () => undefined], numbered, { maxSkips: 20 }), {
      seed: 1,
    });
    expect(details.numShrinks).toBe(0);
    expect(details.numRuns).toBe(20);
    expect(String(details.errorInstance)).toBe(
      "Error: 'checkNone' applies to none of 20 cases: checkEven: expected an even number, but got " +
        'an odd one. Ask it of cases that have what it needs, or leave it out.',
    );
  });

  it('gives each case noise of its own, which a smaller case keeps', () => {
    const seeds: number[] = [];
    const small = ({ n, seed }: Numbered & { readonly seed: number }): void => {
      seeds.push(seed);
      if (n > 10) throw new Error('Too much.');
    };
    const details = fc.check(property(small, numbered), { seed: 3 });
    const path = details.counterexamplePath?.split(':') ?? [];
    const first = Number(path[0]);
    expect(new Set(seeds.slice(0, first + 1)).size).toBe(first + 1);
    expect(new Set(seeds.slice(first)).size).toBe(1);
    expect(counterexampleOf(details).seed).toBe(seeds[first]);
    expect(details.counterexample?.[0].n).toBe(11);
  });

  it('leaves a case the seed that it has', () => {
    const seeds: number[] = [];
    const law = ({ seed }: { readonly seed: number }): void => void seeds.push(seed);
    fc.assert(property(law, fc.constant({ seed: 7 })), { numRuns: 3 });
    expect(seeds).toEqual([7, 7, 7]);
  });

  it('prints a case as its label, in one line', () => {
    const never = (): void => {
      throw new Error('No.');
    };
    const long = fc.constantFrom<object>(
      { label: `a\nb${'x'.repeat(4000)}`, model: checkModel },
      { model: checkModel, text: 'y'.repeat(4000) },
    );
    for (const index of [0, 1]) {
      const cases = long.filter((c) => 'label' in c === (index === 0));
      const told = fc.defaultReportMessage(fc.check(property(never, cases))) ?? '';
      const line = told.split('\n').find((l) => l.startsWith('Counterexample')) ?? '';
      expect(line.length).toBeLessThan(430);
      expect(line.length).toBeGreaterThan(400);
    }
    const told = fc.defaultReportMessage(fc.check(property(never, numbered), { seed: 1 })) ?? '';
    expect(told).toContain('Counterexample: [number 0]\n');
  });

  it('stays with the law that failed first', () => {
    const laws = {
      above: ({ n }: Numbered): void => {
        if (n >= 20 && n < 100) throw new Error('above');
      },
      below: ({ n }: Numbered): void => {
        if (n >= 300) throw new Error('below');
      },
    };
    const big = numbered.filter(({ n }) => n >= 300 || n < 100);
    const details = fc.check(property(laws, big), { seed: 2, examples: [] });
    const first = fc.sample(property(laws, big), { seed: 2, numRuns: 100 });
    const law = first.find(([{ n }]) => n >= 20)?.[0].n ?? 0;
    expect(law).toBeGreaterThanOrEqual(300);
    expect(counterexampleOf(details)).toMatchObject({ law: 'below', label: 'number 300' });
  });

  it('stays with the statement that failed first, though one law makes several', () => {
    const law = ({ n }: Numbered): void => {
      if (n >= 300) throw new RangeError(`${n} is out of range.`);
      if (n >= 20) throw new TypeError(`${n} is of no type.`);
    };
    const large = fc.check(property(law, fc.integer({ min: 0, max: 4000 }).map(labelled)), {
      seed: 2,
    });
    expect(counterexampleOf(large).message).toBe('300 is out of range.');
    const narrow = fc.check(property(law, fc.nat({ max: 299 }).map(labelled)), { seed: 2 });
    expect(counterexampleOf(narrow).message).toBe('20 is of no type.');
  });

  it('can be asked again after it failed', () => {
    const calls: string[] = [];
    const first = ({ n }: Numbered): void => {
      calls.push('first');
      if (n > 500) throw new Error('first');
    };
    const second = (): void => void calls.push('second');
    const both = property([first, second], numbered);
    expect(fc.check(both, { seed: 1 }).failed).toBe(true);
    calls.length = 0;
    fc.check(both, { seed: 1, numRuns: 1 });
    expect(calls.slice(0, 1)).toEqual(['first']);
    calls.length = 0;
    expect(fc.check(property([second, first], numbered), { seed: 1 }).failed).toBe(true);
    expect(calls).toContain('second');
  });

  it('refuses what it cannot tell apart or wait for', async () => {
    const law = (): void => undefined;
    expect(() => property([law, law], numbered)).toThrow(
      "property: expected a name for each law, but got 'law' twice; give them by name",
    );
    expect(() => property([], numbered)).toThrow('expected a law, but got none');
    expect(() => property(law, numbered, { maxSkips: 0 })).toThrow('expected maxSkips above 0');
    const slow: unknown = () => Promise.reject(new Error('late'));
    const untyped: { readonly law: (n: Numbered) => void | undefined } = Object(
      Object.fromEntries([['law', slow]]),
    );
    const details = fc.check(property(untyped, numbered));
    expect(String(details.errorInstance)).toContain(
      "expected 'law' to be done when it returns, but got a promise; use asyncProperty",
    );
    expect(details.numShrinks).toBe(0);
    await expect(
      fc.assert(asyncProperty({ later: () => Promise.reject(new Error('late')) }, numbered)),
    ).rejects.toThrow('Property failed after 1 tests');
  });

  it('asks the laws of the kit of its generators', () => {
    fc.assert(property(checkBoundBelowEvidence, linearGaussian({ outside: 2, inside: 0 })), {
      numRuns: 2,
      seed: 1,
    });
    const isExact = property(checkExactGuide, linearGaussian({ outside: 2, inside: 0 }));
    const { law, label, seed, message } = counterexampleOf(fc.check(isExact, { seed: 1 }));
    expect(law).toBe('checkExactGuide');
    expect(message).toContain(`is broken by ${label}: expected`);
    expect(message).toContain(`Replay it with { seed: ${seed} }`);
  });
});

describe('asyncProperty', () => {
  it('shrinks by the check that failed first, and by no other', async () => {
    const asked: (readonly string[] | undefined)[] = [];
    const model = async (
      subject: BoundCase & { readonly laws?: readonly ['checkWeights'] },
    ): Promise<void> => {
      asked.push(subject.laws);
      await checkModel({
        laws: ['checkReplay', 'checkWeights', 'checkBoundBelowEvidence'],
        ...subject,
        logEvidence: subject.logEvidence - 40,
      });
    };
    const details = await fc.check(
      asyncProperty({ model }, linearGaussian({ outside: 2, inside: 0 })),
      {
        seed: 4,
        numRuns: 1,
      },
    );
    const { check, message, recipe } = counterexampleOf(details);
    expect(details.numShrinks).toBeGreaterThan(0);
    expect(asked[0]).toBeUndefined();
    expect(asked.slice(1).every((laws) => laws?.length === 1 && laws[0] === check)).toBe(true);
    expect(message).toMatch(/^The law '.*' is broken by .*Replay it with \{ seed: \d+ \}/);
    expect(recipe?.generator).toBe('linearGaussian');
  });
});
