/**
 * `npm run docs:tables`: writes the tables and the picture of the pages on testing, which takes minutes, or
 * those that are named: `-- laws tightness bounds models`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import * as tf from '@tensorflow/tfjs';
import { elbo, iwae } from 'marginalia';
import { estimateWeights, logPowerMean } from 'marginalia/objectives';
import { linearGaussian, showTightness, tightness, tightnessPlot } from 'marginalia/testing';
import { wrongModels } from '../models/wrong-models.js';
import {
  type Compared,
  compareBounds,
  compareModels,
  isJudgedByHand,
  linesByHand,
} from './compare.js';
import { boundTable, comparisonTable, errorsIn, lawTable, modelTable, replaced } from './tables.js';

const MODEL_PAGE = 'docs/testing-your-model.md';
const BOUND_PAGE = 'docs/testing-your-bound.md';

const write = (file: string, name: string, text: string): void => {
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), name, text));
  console.log(`${file}: ${name}`);
};

/** Writes a page of its own. */
const writePage = async (file: string, lines: readonly string[]): Promise<void> => {
  const options = await resolveConfig(file);
  writeFileSync(file, await format(lines.join('\n'), { ...options, filepath: file }));
  console.log(file);
};

/** The exit code is 1 where the kit errs. */
const report = (all: readonly Compared[]): void => {
  for (const error of errorsIn(all)) {
    console.error(error);
    process.exitCode = 1;
  }
};

/** The bound of the page, half way between two. */
const mine = {
  ...iwae({ particles: 8 }),
  name: 'mine',
  estimate: (joint: Parameters<typeof estimateWeights>[0]) =>
    estimateWeights(joint, (weights) =>
      tf.div(tf.add(tf.mean(weights, 0), logPowerMean(weights, 1)), 2),
    ),
};

const writeTightness = (): void => {
  const iwaes = [2, 8, 32].map((particles) => iwae({ particles }));
  const found = tightness(linearGaussian(), [elbo(), ...iwaes, mine]);
  // Indented, for a fence would be a program to run.
  write(BOUND_PAGE, 'tightness', showTightness(found).replaceAll(/^(?=.)/gm, '    '));
  mkdirSync('docs/pictures', { recursive: true });
  writeFileSync('docs/pictures/tightness.svg', tightnessPlot(found));
};

const writeBounds = async (): Promise<void> => {
  const all = await compareBounds();
  report(all);
  const table = comparisonTable('a wrong bound', all.filter(isJudgedByHand));
  write(BOUND_PAGE, 'wrong bounds', table);
  await writePage('docs/tables/wrong-bounds.md', [
    '# Mistakes in bounds, and bounds without one',
    '',
    'Each is one call of `checkObjective` over five cases: the check that fails first, the seconds until it',
    'does, and the others that fail. Of a right bound the seconds are those of all checks.',
    '`npm run docs:tables` writes this table.',
    '',
    boundTable(all),
  ]);
};

const writeModels = async (): Promise<void> => {
  const all = await compareModels();
  report(all);
  write(MODEL_PAGE, 'wrong models', comparisonTable('a wrong model', all));
  await writePage('docs/tables/wrong-models.md', [
    '# Mistakes in models and guides',
    '',
    'Each is one call of `checkModel` with all laws: the checks that fail, and the seconds that the wrong and',
    'the right one take. `npm run docs:tables` writes this table.',
    '',
    modelTable(wrongModels, all),
  ]);
};

const writers: Readonly<Record<string, () => void | Promise<void>>> = {
  laws: () => write(MODEL_PAGE, 'laws', lawTable()),
  tightness: writeTightness,
  bounds: writeBounds,
  models: writeModels,
};

const asked = process.argv.slice(2);
for (const [name, writer] of Object.entries(writers)) {
  if (asked.length === 0 || asked.includes(name)) await writer();
}
for (const file of ['bound', 'model']) {
  const lines = linesByHand(`test/testing/by-hand/${file}-by-hand.ts`);
  console.log(`${file}: ${lines} lines by hand`);
}
