/**
 * Every mistake in `wrong-models.ts` by one call of `checkModel` with all laws, and the right ones beside
 * them; the outcome is written to `docs/tables/wrong-models.md`. Seeds are fixed; the false alarms of each
 * call are 1e-6.
 */
import { writeFile } from 'node:fs/promises';
import { SiteError } from 'marginalia';
import { BrokenLawsError, type ModelUnderTest, checkModel } from 'marginalia/testing';
import { format, resolveConfig } from 'prettier';
import { expect, it } from 'vitest';
import { wrongModels } from '../testing/models/wrong-models.js';

const PAGE = 'docs/tables/wrong-models.md';

interface Outcome {
  readonly broken: readonly string[];
  readonly seconds: number;
}

const outcomeOf = async (subject: ModelUnderTest): Promise<Outcome> => {
  const began = performance.now();
  const secondsSince = (): number => (performance.now() - began) / 1000;
  try {
    await checkModel(subject);
    return { broken: [], seconds: secondsSince() };
  } catch (error) {
    if (error instanceof SiteError) return { broken: ['checkModel'], seconds: secondsSince() };
    if (!(error instanceof BrokenLawsError)) throw error;
    return { broken: error.broken.map(({ check }) => check), seconds: secondsSince() };
  }
};

/** How many checks are named in a row. */
const NAMED = 3;

const named = (checks: readonly string[]): string => {
  const told = checks.slice(0, NAMED).map((check) => `\`${check}\``);
  const more = checks.length - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

it('all mistakes are found, and no right one is accused', async () => {
  const rows: string[] = [];
  const missed: string[] = [];
  const accused: string[] = [];
  for (const { name, by, wrong, right } of wrongModels) {
    const [found, spared] = [await outcomeOf(wrong()), await outcomeOf(right())];
    if (!found.broken.includes(by)) missed.push(name);
    if (spared.broken.length > 0) accused.push(`${name}: ${spared.broken.join(', ')}`);
    const others = found.broken.filter((check) => check !== by);
    const times = [found, spared].map(({ seconds }) => seconds.toFixed(1));
    rows.push(`| ${name} | ${named([by, ...others])} | ${times.join(' | ')} |`);
  }
  const page = [
    '# Mistakes in models and guides',
    '',
    'Each is one call of `checkModel` with all laws: the checks that fail, and the seconds that the wrong',
    'and the right one take. `npm run laws` writes this table.',
    '',
    '| mistake | found by | seconds, wrong | seconds, right |',
    '| --- | --- | --: | --: |',
    ...rows,
    '',
  ];
  const options = await resolveConfig(PAGE);
  await writeFile(PAGE, await format(page.join('\n'), { ...options, filepath: PAGE }));
  expect(missed).toEqual([]);
  expect(accused).toEqual([]);
});
