/**
 * The public laws have teeth: each is broken once, by a mistake that a user could make, and says so by
 * its name. Beside each stands what keeps it.
 */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import {
  elbo,
  foldIn,
  key,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  uniform,
} from 'marginalia';
import { pathwise } from 'marginalia/estimators';
import { betaElbo, eubo } from 'marginalia/objectives';
import { randomNormal, randomUniform } from 'marginalia/random';
import {
  LawNotApplicable,
  betAgainstUnitMean,
  checkBlock,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkClosedFormKl,
  checkCompiled,
  checkCondition,
  checkEstimatorsAgree,
  checkExactGuide,
  checkGradients,
  checkMask,
  checkMemory,
  checkMinibatches,
  checkModel,
  checkNoise,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkParticles,
  checkPlateElements,
  checkRenaming,
  checkReparameterisation,
  checkReplay,
  checkResume,
  checkScale,
  checkSupports,
  checkWeights,
  laws,
  logEvidenceAgainst,
  testMeans,
} from 'marginalia/testing';
import * as kit from 'marginalia/testing';
import { describe, expect, it } from 'vitest';
import { cases } from './law-cases.js';
import { logEvidence, conjugate, trained, known, offBy, three, exact } from './law-subjects.js';

describe('the law', () => {
  it.each(cases)('$law: broken by $by', async ({ law, kept, broken }) => {
    await kept();
    const told = await Promise.resolve()
      .then(broken)
      .then(
        () => 'nothing',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    expect(told).toContain(`The law '${law}' is broken by`);
    expect(told).toContain(laws[law].cure);
    expect(told).toContain('Replay it with { seed: 20240229 }');
  });

  it('leaves no tensor behind, kept or broken', async () => {
    const inference = { model: conjugate, guide: trained, draws: 96 };
    const exactly = { ...inference, guide: exact, logEvidence };
    const every = [
      checkBoundBelowEvidence,
      checkBoundAboveEvidence,
      checkWeights,
      checkExactGuide,
      checkOrderInParticles,
      checkOrderInAlpha,
      checkEstimatorsAgree,
      checkGradients,
      checkParticles,
      checkReparameterisation,
      checkPlateElements,
      checkRenaming,
      checkMask,
      checkScale,
      checkReplay,
      checkBlock,
      checkCondition,
      checkNoise,
      checkSupports,
      checkResume,
      checkMemory,
      checkCompiled,
    ];
    for (const check of every) {
      const before = tf.memory().numTensors;
      try {
        await check(exactly);
      } catch (error) {
        // There is no plate.
        if (!(error instanceof LawNotApplicable)) throw error;
      }
      expect(tf.memory().numTensors, check.name).toBe(before);
    }
    const before = tf.memory().numTensors;
    expect(() => checkExactGuide({ ...exactly, logEvidence: -9 })).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('the list of laws', () => {
  const page = readFileSync('docs/testing-your-model.md', 'utf8').replaceAll(/ +/g, ' ');
  const bar = (text: string): string => text.replaceAll('|', '\\|');

  it.each(Object.entries(laws))(
    'has %s: a call, a row on the page, a case that breaks it',
    (law, entry) => {
      expect(page).toContain(`| ${bar(law)} | \`${entry.check}\` | ${bar(entry.says)} |`);
      expect(Object.keys(kit)).toContain(entry.check);
      // Those of `checkDistribution` and `checkBijector` are broken in files of their own.
      const elsewhere = [
        'checkDistribution',
        'checkDistributionCase',
        'checkDraws',
        'checkBijector',
      ];
      if (!elsewhere.includes(entry.check)) expect(cases.map((c) => c.law)).toContain(law);
    },
  );
});

describe('a law that does not apply', () => {
  it('says what it would need', async () => {
    const everyRow = { model: () => three, guide: () => three, size: 4 };
    const refusals: readonly (readonly [() => void | Promise<void>, string])[] = [
      [() => checkMinibatches({ ...everyRow, size: 1 }), 'two rows or more'],
      [() => checkGradients(known), "a parameter that 'elbo' trains"],
      [
        () =>
          checkGradients({ model: conjugate, guide: trained, objective: eubo({ particles: 2 }) }),
        "'eubo', which states that its gradient is another",
      ],
      [
        () => checkBoundBelowEvidence({ ...known, objective: eubo({ particles: 2 }) }),
        'a lower bound',
      ],
      [() => checkBoundAboveEvidence({ ...known, objective: elbo() }), 'an upper bound'],
      [
        () => checkRenaming({ ...known, objective: betaElbo({ beta: { z: 0.5 } }) }),
        'name no site, but got betaElbo, which names z',
      ],
      [
        () => checkRenaming({ ...known, objective: elbo({ estimators: { z: pathwise() } }) }),
        'name no site, but got elbo, which names z',
      ],
      [() => checkScale({ model: plate('data', 2, param('own', 0)) }), 'no parameter in a plate'],
      [() => checkScale({ model: conjugate }), 'a site in a plate'],
      [() => checkMask({ model: three }), 'an observed site'],
      [() => checkBlock({ model: observe('x', normal(0, 1), 2) }), 'a latent site'],
      [() => checkCondition({ model: observe('x', normal(0, 1), 2) }), 'a latent site'],
      [() => checkPlateElements(known), 'a latent site in a plate of two elements'],
      [
        () => checkEstimatorsAgree({ ...known, objectives: { alone: elbo() } }),
        'two objectives or more that this guide allows, but got alone',
      ],
      [
        () => checkClosedFormKl({ q: () => normal(0, 1), p: () => uniform(0, 1) }),
        'a closed form of KL',
      ],
    ];
    for (const [refused, said] of refusals) {
      const attempt = Promise.resolve().then(refused);
      await expect(attempt).rejects.toThrow(LawNotApplicable);
      await expect(Promise.resolve().then(refused)).rejects.toThrow(said);
    }
  });
});

describe('every law at once', () => {
  it('tells all that are broken, and runs the rest', async () => {
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      yield* observe('x', offBy(0.9, normal(z, 1)), 5);
    });
    const told = checkModel({ model, guide: trained, logEvidence, draws: 96 });
    await expect(told).rejects.toThrow(/^[2-9] of \d+ checks failed\./);
    await expect(told).rejects.toThrow("'weights average to the evidence'");
  });
});

describe('the sequential test of means', () => {
  const RUNS = 1000;
  const BATCHES = 24;
  const BATCH = 64;
  const shapes = {
    normal: (k: number) =>
      randomNormal(foldIn(key(1), k), BATCHES).map((x) => x / Math.sqrt(BATCH)),
    // Means of 64 exponentials, less 1.
    exponential: (k: number) => {
      const us = randomUniform(foldIn(key(2), k), BATCHES * BATCH);
      return Float32Array.from({ length: BATCHES }, (_, b) => {
        const of = us.subarray(b * BATCH, (b + 1) * BATCH);
        return of.reduce((sum, u) => sum - Math.log(u), 0) / BATCH - 1;
      });
    },
  } as const;
  const claim = (sign: 'zero' | 'atMost' | 'atLeast') => [{ sign, tolerance: 0 }];
  const rejections = (
    sign: 'zero' | 'atMost' | 'atLeast',
    draw: (k: number) => Float32Array,
    shift: number,
    alarm: number,
  ): number =>
    Array.from({ length: RUNS }, (_, k) => draw(k)).filter((xs) =>
      testMeans(claim(sign), (b) => [(xs[b] ?? NaN) + shift], {
        falseAlarm: alarm,
        batches: BATCHES,
      }),
    ).length;

  // A binomial of 1000 runs at 1 % is above 28 with a chance below 1e-6; the seeds are fixed.
  it.each(['normal', 'exponential'] as const)(
    'raises its false alarms at most as often as it says, for %s draws',
    (shape) => {
      for (const sign of ['zero', 'atMost', 'atLeast'] as const) {
        expect(rejections(sign, shapes[shape], 0, 0.01), sign).toBeLessThanOrEqual(28);
      }
    },
  );

  it('weighs evidence that averages to 1 where the claim holds', () => {
    const SIZE = 8;
    const evidence = Array.from({ length: 4000 }, (_, k) => {
      const xs = [...randomNormal(foldIn(key(6), k), SIZE)];
      const mean = xs.reduce((sum, x) => sum + x, 0) / SIZE;
      const squares = xs.reduce((sum, x) => sum + (x - mean) ** 2, 0);
      const sd = Math.sqrt(squares / (SIZE - 1));
      // The tail is cut off, for it is heavy; what it carries is little.
      return Math.min(50, Math.exp(logEvidenceAgainst(SIZE, Math.abs(mean), sd)));
    });
    const average = evidence.reduce((sum, e) => sum + e, 0) / evidence.length;
    // Its standard error is at most √(50 / 4000) = 0.11.
    expect(average).toBeGreaterThan(0.5);
    expect(average).toBeLessThan(1.3);
  });

  it('finds a shift of 10.5 standard errors nine times in ten, at a rate of 1e-6', () => {
    const shift = 10.5 / Math.sqrt(BATCHES * BATCH);
    expect(rejections('zero', shapes.normal, shift, 1e-6)).toBeGreaterThan(0.88 * RUNS);
    expect(rejections('atMost', shapes.normal, shift, 1e-6)).toBeGreaterThan(0.88 * RUNS);
    expect(rejections('atLeast', shapes.normal, shift, 1e-6)).toBe(0);
  });

  it('divides the rate among its claims, and forgives what is within the tolerance', () => {
    const constant = (x: number) => (): readonly number[] => [0, x];
    const about = (tolerance: number) => [
      { sign: 'zero' as const, tolerance },
      { sign: 'zero' as const, tolerance },
    ];
    const options = { falseAlarm: 1e-6, batches: BATCHES };
    expect(testMeans(about(0), constant(1e-3), options)?.index).toBe(1);
    expect(testMeans(about(2e-3), constant(1e-3), options)).toBeUndefined();
    expect(testMeans(about(0), constant(NaN), options)?.batches).toBe(1);
    const many = Array.from({ length: 100 }, () => ({ sign: 'zero' as const, tolerance: 0 }));
    const alarms = Array.from({ length: 200 }, (_, k) =>
      randomNormal(foldIn(key(5), k), 100 * BATCHES),
    ).filter((xs) =>
      testMeans(many, (b) => [...xs.subarray(b * 100, (b + 1) * 100)], {
        falseAlarm: 0.01,
        batches: BATCHES,
      }),
    ).length;
    // Above 12 of 200 at 1 % with a chance below 1e-6.
    expect(alarms).toBeLessThanOrEqual(12);
  });

  it('bets against a mean of 1 without a condition on the tail', () => {
    // Weights exp(s e − s²/2) have mean 1 and, for s = 2, a variance of 54.
    const run = (k: number, mean: number): boolean =>
      betAgainstUnitMean(
        [...randomNormal(foldIn(key(3), k), 600)].map((e) => mean * Math.exp(2 * e - 2)),
        0.01,
      ) !== undefined;
    const alarms = Array.from({ length: RUNS }, (_, k) => run(k, 1)).filter(Boolean).length;
    expect(alarms).toBeLessThanOrEqual(28);
    const gentle = [...randomNormal(key(4), 2560)].map((e) => 1.3 * Math.exp(e / 2 - 1 / 8));
    expect(betAgainstUnitMean(gentle, 1e-6)).toBeLessThan(2560);
    expect(betAgainstUnitMean([1, NaN], 1e-6)).toBe(2);
  });
});
