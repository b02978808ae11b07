/** `checkObjective` in short: each wrong bound by the check that finds it, and bounds of one's own. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, elbo, iwae } from 'marginalia';
import {
  type Estimate,
  type Joint,
  betaElbo,
  cubo,
  estimateWeights,
  eubo,
  logPowerMean,
  renyi,
  vimco,
} from 'marginalia/objectives';
import {
  type ObjectiveCheck,
  checkObjective,
  checkOrderInParticles,
  objectiveCases,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { jvi, miwae, ofWeights, tvo } from './objectives/own-bounds.js';
import { rowOf } from './objectives/row.js';
import { wrongBounds } from './objectives/wrong-bounds.js';

const cases = objectiveCases(3, 20240229);
const [bit, bits, number] = cases;

/** The check that finds each wrong bound first, and the case on which it does. */
const finds: Readonly<Record<string, readonly [ObjectiveCheck, typeof bit]>> = {
  'IWAE, 4/3 too large': ['checkTight', bit],
  'IWAE, of the wrong sign': ['checkTight', bit],
  'IWAE, a tenth of a nat too high': ['checkTight', bit],
  'IWAE, in bits': ['checkTight', bit],
  'IWAE, a sum of weights for their mean': ['checkTight', bit],
  'IWAE, weights squared': ['checkTight', bit],
  'IWAE, a root of the mean square': ['checkBoundBelowEvidence', bit],
  'IWAE, exponentials as they are': ['checkShift', bit],
  'IWAE, the largest weight': ['checkBoundBelowEvidence', bit],
  'IWAE, the spread of log w added': ['checkBoundBelowEvidence', bit],
  'IWAE, log-mean-exp over the data': ['checkTight', bits],
  'IWAE, log-mean-exp over all axes': ['checkTight', bits],
  'IWAE, a mean over data for their sum': ['checkTight', bits],
  'IWAE, no scale of the plate': ['checkBoundScale', bit],
  'IWAE, no score': ['checkGradients', bit],
  'IWAE, a surrogate without the scale of the plate': ['checkBoundScale', bit],
  'IWAE, log q stopped': ['checkGradients', bit],
  'IWAE, sticking the landing': ['checkGradients', number],
  'IWAE, the score twice': ['checkGradients', bit],
  'IWAE, a baseline that knows its own draw': ['checkGradients', bit],
  'Rényi, not divided by 1 − α': ['checkTight', bit],
  'Rényi, divided by α': ['checkTight', bit],
  'Rényi, 1 + α for 1 − α': ['checkBoundBelowEvidence', bit],
  'Rényi, a sum for the mean': ['checkTight', bit],
  'TVO, the right ends called a lower bound': ['checkBoundBelowEvidence', bit],
  'TVO, shares not normalised': ['checkTight', bit],
  'TVO, the first interval left out': ['checkTight', bit],
  'TVO, shares without a gradient': ['checkGradients', bit],
  'TVO, shares over the data': ['checkTight', bits],
};

describe('a wrong bound', () => {
  it.each(wrongBounds)('is found: $name', async (wrong) => {
    const [check, on] = finds[wrong.name] ?? [];
    expect(check).toBeDefined();
    if (check === undefined || on === undefined) return;
    const row = await rowOf(wrong, { cases: [on], laws: [check] });
    expect(row.foundBy).toEqual([check]);
    expect(row.message).toContain(`on case 1 of 1, ${on.label}: The law '`);
  });

  it('is one that rises with its particles where it says that it does not', async () => {
    const falling = (particles: number) => ({
      ...renyi({ alpha: 2, particles }),
      meaning: { ...iwae({ particles }).meaning, over: 'terms' } as const,
    });
    const told = await rowOf(
      { name: 'Rényi of order 2', make: falling },
      { cases: cases.slice(0, 1), laws: ['checkOrderInParticles'] },
    );
    expect(told.foundBy).toEqual(['checkOrderInParticles']);
  });

  it('is an upper bound in the limit that tends to something below the evidence', async () => {
    const made = ofWeights('mine', { bound: 'upper', inTheLimit: true }, (w) =>
      tf.neg(tf.mean(w, 0)),
    );
    const told = await rowOf(
      { name: 'an ELBO called EUBO', make: made },
      { cases: cases.slice(0, 1), laws: ['checkBoundAboveEvidence'] },
    );
    expect(told.foundBy).toEqual(['checkBoundAboveEvidence']);
  });
});

describe('a bound that is wrong of some numbers of particles alone', () => {
  const own =
    (estimate: (particles: number) => (joint: Joint) => Estimate) => (particles: number) => ({
      ...iwae({ particles }),
      name: 'mine',
      estimate: estimate(particles),
    });
  const oneBit = cases.slice(0, 1);

  it.each([1, 3])('is found by its gradient, if only above %d', async (right) => {
    const made = own((particles) => (joint) => {
      const all = estimateWeights(joint, (w) => logPowerMean(w, 1));
      return { ...all, surrogate: tf.mul(all.surrogate, particles > right ? 2 : 1) };
    });
    const laws = ['checkGradients'] as const;
    const told = await rowOf({ name: 'mine', make: made }, { cases: oneBit, laws });
    expect(told.foundBy).toEqual(laws);
    if (right === 1) return;
    expect(told.message).toContain(
      `on case 1 of 1, ${bit?.label}, with 4 particles: The law 'gradients are finite differences'`,
    );
    expect(told.message).toContain('With 2 particles it holds');
  });

  it('is found by its gradient where it fits cases of continuous draws alone', async () => {
    const made = (particles: number) => {
      const all = iwae({ particles, gradient: 'doublyReparameterised' });
      const doubled = (joint: Joint) => {
        const found = all.estimate(joint);
        return { ...found, surrogate: tf.mul(found.surrogate, particles > 2 ? 2 : 1) };
      };
      return { ...all, estimate: doubled };
    };
    const told = await rowOf(
      { name: 'mine', make: made },
      { cases: cases.slice(1, 3), laws: ['checkGradients'] },
    );
    expect(told.message).toContain(`on case 2 of 2, ${number?.label}, with 3 particles: `);
  });

  it('is found by its value, if only above 4', async () => {
    const made = own(
      (particles) => (joint) =>
        estimateWeights(joint, (w) => tf.sub(logPowerMean(w, 1), particles > 4 ? 0.5 : 0)),
    );
    const laws = ['checkTight', 'checkOrderInParticles'] as const;
    const told = await rowOf({ name: 'mine', make: made }, { cases: oneBit, laws });
    expect(told.foundBy).toEqual(laws);
    expect(told.message).toContain('the bound of 4 particles to be at most that of the bound of 8');
  });

  it('is found among the numbers that are given, or they are too few to tell', async () => {
    const falling = own(
      (particles) => (joint) =>
        estimateWeights(joint, (w) => tf.sub(logPowerMean(w, 1), particles / 4)),
    );
    const laws = ['checkOrderInParticles'] as const;
    const asked = (particles: readonly number[]) =>
      checkObjective(falling, { cases: cases.slice(2, 3), laws, particles });
    await expect(asked([8, 16])).rejects.toThrow('the bound of 8 particles to be at most');
    await expect(asked([8])).rejects.toThrow(
      'checkOrderInParticles: an order takes two numbers of particles, and there is 8',
    );
    for (const c of oneBit) {
      for (const particleCounts of [[], [4], [4, 2]]) {
        const law = { ...c, objective: falling, particleCounts };
        expect(() => checkOrderInParticles(law)).toThrow(RangeError);
      }
    }
  });
});

describe('a right bound', () => {
  it.each([
    { name: 'MIWAE', make: miwae, particles: [2, 4] },
    { name: 'JVI', make: jvi, particles: [2, 4] },
    { name: 'TVO', make: tvo, particles: [1, 2, 32] },
    { name: 'IWAE', make: (particles: number) => iwae({ particles }), particles: [1, 2, 32] },
    { name: 'VIMCO, of two particles or more', make: (particles: number) => vimco({ particles }) },
    { name: 'EUBO', make: (particles: number) => eubo({ particles }), particles: [1, 16, 32] },
    { name: 'CUBO', make: (particles: number) => cubo({ particles }), particles: [1, 16, 32] },
  ])('is not accused: $name', async (right) => {
    expect(await rowOf(right, { cases: cases.slice(0, 1) })).toMatchObject({ foundBy: [] });
  });

  it('keeps its place among others', async () => {
    const half = (particles: number) => renyi({ alpha: 0.5, particles });
    const whole = (particles: number) => iwae({ particles });
    const laws = ['checkOrdered'] as const;
    const ordered = [elbo(), half, whole];
    const { passed } = await checkObjective(half, { cases: cases.slice(0, 2), laws, ordered });
    expect(passed).toEqual(laws);
    const reversed = checkObjective(half, {
      cases: cases.slice(0, 2),
      laws,
      ordered: ordered.toReversed(),
    });
    await expect(reversed).rejects.toThrow("The law 'bounds are in order' is broken by");
  });

  it('is asked of particles in rising order, on some case', async () => {
    const wrong = [{ cases: 0 }, { cases: [] }, { particles: [4, 2] }, { particles: [0.5] }];
    for (const options of wrong) {
      await expect(checkObjective(elbo(), options)).rejects.toThrow(RangeError);
    }
  });

  it('is told why a check says nothing of it in one sentence', async () => {
    const laws = ['checkTight'] as const;
    const told = checkObjective(betaElbo({ beta: 2 }), { cases: cases.slice(0, 1), laws });
    await expect(told).rejects.toThrow(
      /got none; checkTight: expected a case that it applies to, but got none: expected an objective that claims to be tight, but got 'betaElbo', which does not\.$/,
    );
  });

  it('is told of a nat, and of nats', async () => {
    const half = (w: Tensor) => tf.div(logPowerMean(w, 1), 2);
    const made = ofWeights('half', { bound: 'lower' }, half);
    const told = await rowOf(
      { name: 'half', make: made },
      { cases: cases.slice(0, 1), laws: ['checkShift'] },
    );
    expect(told.message).toContain("the value of 'half' with 1 nat for each datum");
  });

  it('is told which checks say nothing of it', async () => {
    const { skipped, cases: labels } = await checkObjective(elbo(), { cases: cases.slice(0, 1) });
    expect(labels).toEqual([bit?.label]);
    expect(skipped.map(({ check }) => check)).toEqual([
      'checkBoundAboveEvidence',
      'checkOrderInParticles',
      'checkOrdered',
    ]);
  });
});
