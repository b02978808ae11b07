/**
 * Known answers: conjugate models whose posterior and log evidence are closed forms, under every
 * objective and in every engine. Seeds are fixed.
 */
import * as tf from '@tensorflow/tfjs';
import { type SviState, elbo, freeState, key, paramValues, useBackend } from 'marginalia';
import type { Params } from 'marginalia/inference';
import { lint, showLint } from 'marginalia/lint';
import { type NoiseSource, keyedNoise } from 'marginalia/random';
import { drawJoint } from '../../src/bounds/joint.js';
import { knownParameter } from '../../src/inference/svi-checks.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { derivationOf, estimateAt } from '../bounds/estimate-at.js';
import { engines, numbersBy } from '../compile/in-engines.js';
import { type KnownRow, knownObjectives, knownRows } from './known-rows.js';
import { trainIn } from '../training/train-in.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** One of each kind, through draws, by scores and by weights, where graphs are large. */
const few = ['stickingTheLanding', 'varGrad', 'eubo'];
const objectivesFor = ({ large = false }: KnownRow, names = few) =>
  knownObjectives.filter(({ name }) => !large || names.includes(name));

/** A closed form is that of the mean over draws, not of a draw; trained bounds test it. */
const ofDraws = (row: KnownRow) =>
  objectivesFor(row).filter(({ objective }) => objective.preferences.closedFormKl === 'never');

/** Noise of its own for each number of particles: one name has one shape. */
const numbered =
  (particles: number, noise: NoiseSource): NoiseSource =>
  (site, block, law, batch) =>
    noise(`${site} of ${particles}`, block, law, batch);

/** The bounds of every objective at the same draws. */
const boundsOf = (row: KnownRow) => {
  const { model, posterior } = row;
  const objectives = ofDraws(row).map((o) => ({
    ...o,
    derivation: derivationOf(model, posterior, o.objective),
  }));
  return (params: Params, noise: NoiseSource) =>
    Object.fromEntries(
      objectives.map(({ name, objective, derivation, sign }) => {
        const joint = drawJoint(model, posterior, derivation, {
          noise: numbered(objective.particles, noise),
          parameter: knownParameter(params),
          step: tf.scalar(0),
        });
        return [name, tf.mul(objective.estimate(joint).value, sign)];
      }),
    );
};
describe.each(knownRows)('at the posterior of $name', (row) => {
  it.each(engines)('every bound is log Z, %s', async (engine) => {
    const found = await numbersBy(engine, boundsOf(row));
    for (const { name } of ofDraws(row)) {
      expect(Math.abs((found[name]?.[0] ?? NaN) - row.logZ), name).toBeLessThan(2e-4);
    }
  });
});

/** At the posterior the weights are all equal, so the average over draws is nearly exact. */
const expectPosterior = ({ model, guide, exact, logZ }: KnownRow, state: SviState): void => {
  const fine = elbo({ particles: 2000, closedFormKl: 'never' });
  const at = { noise: keyedNoise(key(1)), params: state.params };
  expect(Math.abs(estimateAt(model, guide, fine, at).value - logZ)).toBeLessThan(0.01);
  const values = paramValues(state);
  for (const [name, expected] of Object.entries(exact)) {
    const found = values[name]?.dataSync() ?? [];
    expected.forEach((x, i) =>
      expect(Math.abs((found[i] ?? NaN) - x), name).toBeLessThan(0.15 * Math.max(0.4, Math.abs(x))),
    );
  }
  tf.dispose(values);
  freeState(state);
};

describe.each(knownRows.map((row, i) => ({ ...row, isFirst: i === 0 })))(
  'the guide of $name',
  (row) => {
    // All objectives at one model, two of them at the others.
    const trained = objectivesFor(row.isFirst ? row : { ...row, large: true }, few.slice(0, 2));
    it.each(trained)('is trained by $name', async ({ objective, noisy }) => {
      const training = noisy
        ? { steps: 9000, rate: 0.02 }
        : { steps: row.large ? 500 : 700, rate: 0.1 };
      expectPosterior(row, await trainIn('compiled', row, objective, training));
    });

    it('gives no occasion for advice', () => {
      expect(showLint(lint(row.model, row.guide, elbo()))).toBe('Nothing found.');
    });
  },
);

// The graphs of gammas take as long eagerly as all others together: one of them is enough.
describe.each(knownRows.filter(({ large, name }) => !large || name.startsWith('Gamma')))(
  'the guide of $name, eagerly',
  (row) => {
    it('is trained', async () => {
      // Its gradient has no variance at the posterior, so a few steps and particles are enough.
      const objective = elbo({ particles: 4, gradient: 'stickingTheLanding' });
      expectPosterior(row, await trainIn('eager', row, objective, { steps: 180, rate: 0.2 }));
    });
  },
);
