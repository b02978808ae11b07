/** Draws that are no latents: what weights and scores make of them. Seeds are fixed. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  evidence,
  iwae,
  key,
  noise,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  sgd,
  showDerivation,
  svi,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { dropout } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { describe, expect, it } from 'vitest';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

describe('importance weights', () => {
  const x = [1, -1];
  const model = (inside: boolean) =>
    program(function* () {
      const outer = inside ? tf.scalar(0) : yield* noise('n', normal(0, 1));
      yield* plate(
        'rows',
        2,
        program(function* () {
          const n = inside ? yield* noise('n', normal(0, 1)) : outer;
          yield* observe('x', normal(n, 1), x);
        }),
      );
    });
  const PARTICLES = 20_000;
  const boundOf = (inside: boolean): number => {
    const made = svi({
      model: () => model(inside),
      guide: () => of({}),
      objective: iwae({ particles: PARTICLES }),
      optimizer: sgd(0.1),
    });
    const [found = NaN] = numbers(made.evaluate(made.init(key(3)), undefined).loss);
    return -found;
  };

  it('are one for all data where noise of the model lies outside their plate', () => {
    // log N(x; 0, I + 1 1ᵀ), whose eigenvalue along (1, −1) is 1 and across it 3.
    const joint = -Math.log(2 * Math.PI) - 0.5 * Math.log(3) - 1;
    // Relative standard deviations of the mean weight are below 0.01: 5 of them are passed in 6 of 10⁷.
    expect(Math.abs(boundOf(false) - joint)).toBeLessThan(0.05);
    const each = x.map((v) => -0.5 * Math.log(4 * Math.PI) - (v * v) / 4);
    expect(Math.abs(boundOf(true) - each.reduce((a, b) => a + b))).toBeLessThan(0.05);
  });

  it('are one each where noise has a row for each of them, or is of the guide alone', async () => {
    const drop = dropout('drop', { rate: 0.5 });
    const rows = 5;
    const decoder = program(function* () {
      const h = yield* drop(tf.ones([rows, 2]));
      yield* plate('rows', rows, observe('y', normal(tf.sum(h, -1), 1), tf.zeros([rows])));
    });
    const { logEvidence } = await evidence(decoder, of({}), { key: key(0), samples: 16 });
    expect(logEvidence.length).toBe(rows);
    const guide = program(function* () {
      const n = yield* noise('n', normal(0, 1));
      yield* plate('rows', rows, sample('z', normal(n, 2)));
    });
    const each = plate('rows', rows, sample('z', normal(0, 1)));
    const weighed = await evidence(each, guide, { key: key(0), samples: 16 });
    expect(weighed.logEvidence.length).toBe(rows);
  });
});

describe('a draw that is no latent and carries no gradient', () => {
  it('leaves a score to the sites that it is drawn by', () => {
    const lifted = () =>
      program(function* () {
        const z = yield* sample('z', normal(yield* param('at', 0.4), 0.5));
        return yield* noise('n', bernoulli({ logits: z }));
      });
    const PARTICLES = 40_000;
    const made = svi({ ...minimize(lifted, { particles: PARTICLES }), optimizer: sgd(0.1) });
    const state = made.init(key(0));
    expect(showDerivation(state.derivation)).toMatch(
      /z ~ .*\n.*score function: it reaches 'loss' through a draw that is no latent/,
    );
    const [slope = NaN] = numbers(made.gradients(state, undefined)['at']);
    // E σ'(z), by a sum over the quantiles of z.
    const steps = Array.from({ length: 4001 }, (_, i) => (i - 2000) / 400);
    const density = steps.map((u) => Math.exp(-0.5 * u * u));
    const total = density.reduce((a, b) => a + b);
    const exact = steps.reduce((sum, u, i) => {
      const p = 1 / (1 + Math.exp(-(0.4 + 0.5 * u)));
      return sum + ((density[i] ?? 0) / total) * p * (1 - p);
    }, 0);
    // A score of standard deviation 2 times a cost of ½: 5 standard errors.
    expect(Math.abs(slope - exact)).toBeLessThan(5 / Math.sqrt(PARTICLES));
  });
});
