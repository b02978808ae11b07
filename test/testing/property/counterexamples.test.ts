/** Counterexamples as files: what is kept, what is asked again, and what a wrong file is told. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { normal, observe, program, sample } from 'marginalia';
import {
  type BoundCase,
  type Generators,
  asyncProperty,
  checkModel,
  property,
  replayCounterexample,
  saveCounterexample,
  savingTo,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.js';

const folder = temporaryFolder();
const at = (name: string): string => join(folder, name);

/** z ~ N(0, 1), x ~ N(z, 1) = 2m: the posterior is N(m, √½). */
const caseOf = (m: number, factor: number): BoundCase => ({
  label: `x is ${2 * m}`,
  model: program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(z, 1), 2 * m);
  }),
  guide: sample('z', normal(m + 1, 1)),
  posterior: sample('z', normal(m, Math.SQRT1_2)),
  data: { x: [2 * m] },
  logEvidence: factor * (-0.5 * Math.log(4 * Math.PI) - m * m),
  features: ['continuous'],
  recipe: { generator: 'halves', sketch: { m, factor } },
});

const numberIn = (sketch: unknown, name: string): number => {
  const found: unknown =
    typeof sketch === 'object' && sketch !== null ? Reflect.get(sketch, name) : undefined;
  if (typeof found !== 'number') throw new Error(`its '${name}' is no number`);
  return found;
};

const generators: Generators = {
  halves: (sketch) => caseOf(numberIn(sketch, 'm'), numberIn(sketch, 'factor')),
};

const halves = (factor: number): fc.Arbitrary<BoundCase> =>
  fc.integer({ min: 1, max: 4 }).map((m) => caseOf(m, factor));

const wrongEvidence = asyncProperty(
  {
    checkModel: (c: BoundCase) => checkModel({ laws: ['checkReplay', 'checkExactGuide'], ...c }),
  },
  halves(0.5),
);

describe('a counterexample', () => {
  it('is kept as data, and asked again of the same case with the same noise', async () => {
    const found = await fc.check(wrongEvidence, { seed: 5 });
    expect(await saveCounterexample(at('model.json'), found)()).toEqual(E.right(undefined));
    const kept: Readonly<Record<string, unknown>> = JSON.parse(
      readFileSync(at('model.json'), 'utf8'),
    );
    expect(kept).toMatchObject({
      law: 'checkModel',
      check: 'checkExactGuide',
      label: 'x is 2',
      recipe: { generator: 'halves', sketch: { m: 1, factor: 0.5 } },
    });
    expect(Object.keys(kept)).toHaveLength(6);
    // Nothing but the check that was broken is run again.
    await expect(replayCounterexample(at('model.json'), { generators })).rejects.toThrow(
      `1 of 1 checks failed.\n- checkExactGuide: ${String(kept['message'])}`,
    );
  });

  it('does not fail once the case is right, and says what is not in the file', async () => {
    const mended: Generators = { halves: (sketch) => caseOf(numberIn(sketch, 'm'), 1) };
    await saveCounterexample(at('mended.json'), await fc.check(wrongEvidence, { seed: 5 }))();
    const told = await replayCounterexample(at('mended.json'), { generators: mended });
    expect(told).toMatch(
      /^'checkExactGuide' holds of the case that halves makes of its recipe, x is 2\. /,
    );
    expect(told).toContain('What a .map changed in the case is not in the file');
  });

  it('is found in what fast-check throws, and asks laws of one’s own with their seed', async () => {
    const seeds: number[] = [];
    const mine = ({ seed }: BoundCase & { readonly seed: number }): void => {
      seeds.push(seed);
      throw new Error(`noise ${seed}`);
    };
    const run = E.tryCatch(
      () => fc.assert(property(mine, halves(1))),
      (thrown) => thrown,
    );
    await saveCounterexample(at('mine.json'), E.isLeft(run) ? run.left : undefined)();
    await expect(replayCounterexample(at('mine.json'), { generators, laws: mine })).rejects.toThrow(
      `noise ${seeds[0]}`,
    );
    expect(new Set(seeds).size).toBe(1);
    await expect(
      replayCounterexample(at('mine.json'), { generators, laws: { other: mine } }),
    ).rejects.toThrow(`noise ${seeds[0]}`);
    await expect(
      replayCounterexample(at('mine.json'), { generators, laws: { a: mine, b: mine } }),
    ).rejects.toThrow("breaks 'mine', a law of your own: give it among 'laws'.");
  });

  it('is told where it was saved', async () => {
    const asyncReporter = savingTo(at('told.json'));
    const failing = fc.assert(wrongEvidence, { seed: 5, asyncReporter });
    await expect(failing).rejects.toThrow(
      /Counterexample: \[x is 2\][^]*Ask it again with replayCounterexample\('.*told\.json'\)\.$/,
    );
    await fc.assert(
      asyncProperty(() => undefined, halves(1)),
      { asyncReporter },
    );
    const nowhere = fc.assert(wrongEvidence, { seed: 5, asyncReporter: savingTo(folder) });
    await expect(nowhere).rejects.toThrow('could not be written: it is a folder');
  });

  it('keeps −0 as 0', async () => {
    const never = (): void => {
      throw new Error('No.');
    };
    const recipe = { generator: 'halves', sketch: { m: [-0] } };
    const found = fc.check(property(never, fc.constant({ label: 'odd', recipe })));
    expect(await saveCounterexample(at('zero.json'), found)()).toEqual(E.right(undefined));
    const kept: unknown = JSON.parse(readFileSync(at('zero.json'), 'utf8'));
    expect(kept).toMatchObject({ recipe: { sketch: { m: [0] } } });
  });

  it('is not saved where there is none, or no way to make it again', async () => {
    const never = (): void => {
      throw new Error('No.');
    };
    const reasonOf = async (found: unknown): Promise<string> => {
      const saved = await saveCounterexample(at('none.json'), found)();
      return E.isLeft(saved) ? saved.left.reason : 'saved';
    };
    const holds = fc.check(property(() => undefined, halves(1)));
    expect(await reasonOf(holds)).toBe('the run found no counterexample');
    const bare = fc.check(property(never, fc.constant({ label: 'bare' })));
    expect(await reasonOf(bare)).toContain('its case has no recipe');
    const sketches: readonly unknown[] = [NaN, undefined, new Float32Array(1), [() => 1], 1n];
    for (const sketch of sketches) {
      const recipe = { generator: 'odd', sketch: { sketch } };
      const found = fc.check(property(never, fc.constant({ label: 'odd', recipe })));
      expect(await reasonOf(found)).toContain("the sketch of 'odd' is not JSON");
    }
  });
});

describe('a file that is no counterexample', () => {
  const whole = {
    law: 'checkReplay',
    label: 'x',
    recipe: { generator: 'halves', sketch: {} },
    seed: 1,
    message: 'broken',
  };
  it.each([
    ['missing', undefined, 'could not be read: there is no such file.'],
    ['empty', '', 'is not JSON: '],
    ['a list', '[]', 'is no counterexample: it holds no object.'],
    ['without a law', '{}', "is no counterexample: 'law' is missing or not what it should be."],
    ['of half a seed', { ...whole, seed: 0.5 }, "is no counterexample: 'seed' is missing"],
    ['without a seed', { ...whole, seed: 'x' }, "is no counterexample: 'seed' is missing"],
    [
      'without a generator',
      { ...whole, recipe: { sketch: 1 } },
      "is no counterexample: 'generator' is missing",
    ],
    [
      'of an unknown law',
      { ...whole, law: 'x'.repeat(9000) },
      "x…', a law of your own: give it among 'laws'.",
    ],
    [
      'of a law that needs more',
      { ...whole, law: 'checkTight' },
      "breaks 'checkTight', which needs more than a case: wrap it, const mine = (c) => " +
        'checkTight({ ...c, guide: c.posterior, objective }), and give { laws: { mine } }.',
    ],
    ['of an unknown check', { ...whole, law: 'toString' }, "breaks 'toString', a law of your own"],
    [
      'of an unknown generator',
      { ...whole, recipe: { generator: 'toString', sketch: 1 } },
      "holds no case: 'toString' is no generator that is known; give it among ",
    ],
    ['of another sketch', whole, "holds no case: its 'm' is no number."],
  ])('is refused in one sentence where it is %s', async (name, content, expected) => {
    const file = at(`${name}.json`);
    if (content !== undefined) {
      writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
    }
    const said = await replayCounterexample(file, { generators }).catch((e: unknown) => String(e));
    expect(said).toContain(`replayCounterexample: ${file} `);
    expect(said).toContain(expected);
    expect(said?.split('\n')).toHaveLength(1);
    expect(said?.length).toBeLessThan(700);
  });

  it('is refused where it is a folder or not text', async () => {
    await expect(replayCounterexample(folder)).rejects.toThrow('it is no regular file');
    writeFileSync(at('bytes'), new Uint8Array([0xff, 0xfe, 0x00]));
    await expect(replayCounterexample(at('bytes'))).rejects.toThrow('could not be read: ');
  });
});

describe('a recipe', () => {
  it('may hold another, but not itself', async () => {
    const nested: Generators = {
      ...generators,
      again: (sketch, again) => again({ generator: 'halves', sketch }),
      forEver: (sketch, again) => again({ generator: 'forEver', sketch }),
    };
    const write = (generator: string): string => {
      const file = at(`${generator}.json`);
      const sketch = { m: 3, factor: 1 };
      const found = { law: 'mine', label: '', recipe: { generator, sketch }, seed: 1, message: '' };
      writeFileSync(file, JSON.stringify(found));
      return file;
    };
    const labels: string[] = [];
    const laws = { mine: ({ label }: BoundCase) => labels.push(label) };
    await replayCounterexample(write('again'), { generators: nested, laws });
    expect(labels).toEqual(['x is 6']);
    await expect(
      replayCounterexample(write('forEver'), { generators: nested, laws }),
    ).rejects.toThrow('holds no case: its recipes are nested more than 32 deep.');
  });
});
