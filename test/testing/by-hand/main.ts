/**
 * `npm run docs:tables`: writes the tables and the picture of the pages on testing, which takes minutes, or
 * those that are named: `-- laws tightness bounds models`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { elbo, estimateWeights, iwae, logPowerMean } from 'marginalia';
import { linearGaussian, showTightness, tightness, tightnessPlot } from 'marginalia/testing';
import { compareBounds, compareModels, linesByHand } from './compare.js';
import { comparisonTable, lawTable, replaced } from './tables.js';

const MODEL_PAGE = 'docs/testing-your-model.md';
const BOUND_PAGE = 'docs/testing-your-bound.md';

const write = (file: string, name: string, text: string): void => {
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), name, text));
  console.log(`${file}: ${name}`);
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

const writers: Readonly<Record<string, () => void | Promise<void>>> = {
  laws: () => write(MODEL_PAGE, 'laws', lawTable()),
  tightness: writeTightness,
  bounds: async () =>
    write(BOUND_PAGE, 'wrong bounds', comparisonTable('a wrong bound', await compareBounds())),
  models: async () =>
    write(MODEL_PAGE, 'wrong models', comparisonTable('a wrong model', await compareModels())),
};

const asked = process.argv.slice(2);
for (const [name, writer] of Object.entries(writers)) {
  if (asked.length === 0 || asked.includes(name)) await writer();
}
for (const file of ['bound', 'model']) {
  const lines = linesByHand(`test/testing/by-hand/${file}-by-hand.ts`);
  console.log(`${file}: ${lines} lines by hand`);
}
