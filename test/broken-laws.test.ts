/**
 * The public laws have teeth: each is broken once, by a mistake that a user could make, and says so by
 * its name. Beside each stands what keeps it.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type NoiseSource,
  type Objective,
  type Tensor,
  bernoulli,
  betaElbo,
  elbo,
  estimateWeights,
  eubo,
  foldIn,
  fromDraws,
  iwae,
  key,
  keyedNoise,
  klDivergence,
  normal,
  normals,
  observe,
  param,
  plate,
  positive,
  program,
  renyi,
  sample,
  stopGradient,
  uniform,
  uniforms,
} from 'marginalia';
import {
  type LawName,
  LawNotApplicable,
  betAgainstUnitMean,
  checkBlock,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkClosedFormKl,
  checkCompiled,
  checkCondition,
  checkDraws,
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
  checkPlateIsLoop,
  checkRenaming,
  checkReordering,
  checkReparameterisation,
  checkReplay,
  checkResume,
  checkScale,
  checkSupports,
  checkWeights,
  laws,
  testMeans,
} from 'marginalia/testing';
import { afterAll, describe, expect, it } from 'vitest';

/** z ~ N(0, 1), x = 5 ~ N(z, 1): the posterior is N(2.5, √½). */
const logEvidence = -7.5155121;
const conjugate = program(function* () {
  const z = yield* sample('z', normal(0, 1));
  yield* observe('x', normal(z, 1), 5);
});
const posterior = sample('z', normal(2.5, Math.SQRT1_2));
const wide = sample('z', normal(2, 1));
const trained = program(function* () {
  yield* sample(
    'z',
    normal(yield* param('loc', 2), yield* param('scale', 1, { support: positive })),
  );
});
const known = { model: conjugate, guide: wide, logEvidence };

/** A law whose density is off by a constant. */
const offBy = (by: number, d: Distribution<{ readonly kind: 'real' }, 'pathwise'>) => {
  const { logProbOfDraw: _, ...sampler } = d.sampler;
  return { ...d, sampler, logProb: (z: Tensor) => tf.add(d.logProb(z), by) };
};

/** The bound with something done to what it reports. */
const changed = (objective: Objective, f: (value: Tensor) => Tensor): Objective => ({
  ...objective,
  estimate: (joint) => {
    const estimate = objective.estimate(joint);
    return { ...estimate, value: f(estimate.value) };
  },
});

const reduced = (particles: number, f: (weights: Tensor) => Tensor): Objective => ({
  ...iwae({ particles }),
  preferences: fromDraws,
  estimate: (joint) => estimateWeights(joint, f),
});

const data = tf.tensor1d([1, -1, 3]);
const rowsOf = (body: (rows: Tensor) => ReturnType<typeof each>) => (rows: Tensor) =>
  plate('data', { size: 3, indices: rows }, body(rows));
const each = (x: Tensor, weight: number) =>
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    const d = normal(z, 1);
    yield* observe('x', { ...d, logProb: (at) => tf.mul(d.logProb(at), weight) }, x);
  });
const guideOver = (centre: (x: Tensor) => Tensor) => (rows: Tensor) =>
  plate('data', { size: 3, indices: rows }, sample('z', normal(centre(tf.gather(data, rows)), 1)));
const modelOver = rowsOf((rows) => each(tf.gather(data, rows), 1));

const pooled = plate(
  'data',
  3,
  program(function* () {
    const z = yield* sample('z', normal(0, 1));
    yield* observe('x', normal(tf.mean(z, -1, true), 1), [1, 2, 3]);
  }),
);
const three = plate('data', 3, sample('z', normal(0, 1)));

const loopOf = (xs: readonly number[]) =>
  program(function* () {
    for (const [i, x] of xs.entries()) {
      const z = yield* sample(`z[${i}]`, normal(0, 1));
      yield* observe(`x[${i}]`, normal(z, 1), x);
    }
  });
const loopGuide = program(function* () {
  for (let i = 0; i < 3; i += 1) yield* sample(`z[${i}]`, normal(0.5, 1));
});
const plated = {
  model: plate('data', 3, each(tf.keep(tf.tensor1d([1, 2, 3])), 1)),
  guide: plate('data', 3, sample('z', normal(0.5, 1))),
};

/** A program that draws outside of sample sites. */
let calls = 0;
const moody = () =>
  program(function* () {
    calls += 1;
    const z = yield* sample('z', normal(calls, 1));
    yield* plate('data', 2, observe('x', normal(z, 1), [1, 2]));
  });
const calm = program(function* () {
  const z = yield* sample('z', normal(1, 1));
  yield* plate('data', 2, observe('x', normal(z, 1), [1, 2]));
});
const counting = program(function* () {
  calls += 1;
  yield* sample('z', normal(tf.add(yield* param('loc', 2), calls), 1));
});
const hoarding = program(function* () {
  const loc = yield* param('loc', 2);
  tf.keep(tf.clone(loc));
  yield* sample('z', normal(loc, 1));
});
const backend = tf.getBackend();
const suspicious = program(function* () {
  const extra = tf.getBackend() === backend ? 0 : 1;
  yield* sample('z', normal(tf.add(yield* param('loc', 2), extra), 1));
});

const bit = program(function* () {
  yield* sample('b', bernoulli({ logits: yield* param('logits', 0.5) }));
});
const fairBit = program(function* () {
  const b = yield* sample('b', bernoulli({ probs: 0.2 }));
  yield* observe('x', normal(b, 1), 2);
});
const dropped: Objective = {
  ...elbo({ discrete: 'score' }),
  estimate: (joint) => {
    const estimate = elbo({ discrete: 'score' }).estimate(joint);
    return { ...estimate, surrogate: estimate.value };
  },
};

/** A density that does not see its value move. */
const blind = program(function* () {
  const d = normal(yield* param('loc', 2.5), Math.SQRT1_2);
  const { logProbOfDraw: _, ...sampler } = d.sampler;
  yield* sample('z', { ...d, sampler, logProb: (z) => d.logProb(stopGradient(z)) });
});

/** A draw whose gradient counts its location twice. */
const twice = program(function* () {
  const loc = yield* param('loc', 2.5);
  const d = normal(loc, Math.SQRT1_2);
  const { push } = d.sampler;
  const more = (noise: readonly Tensor[]) => tf.add(push(noise), tf.sub(loc, stopGradient(loc)));
  const { logProbOfDraw: _, ...sampler } = d.sampler;
  yield* sample('z', { ...d, sampler: { ...sampler, push: more } });
});
const exact = program(function* () {
  yield* sample('z', normal(yield* param('loc', 2.5), Math.SQRT1_2));
});

const oneNoise =
  (k: Parameters<typeof keyedNoise>[0]): NoiseSource =>
  (_site, block, noise, batch) =>
    keyedNoise(k)('all', block, noise, batch);
const two = program(function* () {
  yield* sample('a', normal(0, 1));
  yield* sample('b', normal(0, 1));
});
const swapped = (scale: number) =>
  program(function* () {
    yield* sample('b', normal(0, scale));
    yield* sample('a', normal(0, 1));
  });

interface Case {
  readonly law: LawName;
  readonly by: string;
  readonly kept: () => void | Promise<void>;
  readonly broken: () => void | Promise<void>;
}

const cases: readonly Case[] = [
  {
    law: 'the bound is below the evidence',
    by: 'a bound with a term too many',
    kept: () => checkBoundBelowEvidence(known),
    broken: () =>
      checkBoundBelowEvidence({ ...known, objective: changed(elbo(), (v) => tf.add(v, 1.5)) }),
  },
  {
    law: 'the bound is below the evidence',
    by: 'a likelihood without its normaliser',
    kept: () => checkBoundBelowEvidence({ ...known, objective: iwae({ particles: 8 }) }),
    broken: () =>
      checkBoundBelowEvidence({
        ...known,
        model: program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* observe('x', offBy(0.9, normal(z, 1)), 5);
        }),
      }),
  },
  {
    law: 'the bound is above the evidence',
    by: 'a guide whose density is too large',
    kept: () => checkBoundAboveEvidence({ ...known, posterior }),
    broken: () =>
      checkBoundAboveEvidence({
        ...known,
        posterior,
        guide: sample('z', offBy(0.9, normal(2, 1))),
      }),
  },
  {
    law: 'the bound is above the evidence',
    by: 'a bound that is lowered',
    kept: () => checkBoundAboveEvidence({ ...known, objective: eubo({ particles: 64 }) }),
    broken: () =>
      checkBoundAboveEvidence({
        ...known,
        objective: changed(eubo({ particles: 64 }), (v) => tf.add(v, 1)),
      }),
  },
  {
    law: 'weights average to the evidence',
    by: 'a guide whose density is too small',
    kept: () => checkWeights({ ...known, posterior }),
    broken: () => checkWeights({ ...known, guide: sample('z', offBy(-0.3, normal(2, 1))) }),
  },
  {
    law: 'weights average to the evidence',
    by: 'a guide whose density is too large, at draws of the posterior',
    kept: () => checkWeights({ ...known, posterior }),
    broken: () =>
      checkWeights({ ...known, posterior, guide: sample('z', offBy(0.5, normal(2, 1))) }),
  },
  {
    law: 'the exact guide has a constant weight',
    by: 'a variance taken for a scale',
    kept: () => checkExactGuide({ ...known, guide: posterior }),
    broken: () => checkExactGuide({ model: conjugate, guide: sample('z', normal(2.5, 0.5)) }),
  },
  {
    law: 'the exact guide has no gradient',
    by: 'a density that stops its value',
    kept: () => checkExactGuide({ model: conjugate, guide: exact }),
    broken: () => checkExactGuide({ model: conjugate, guide: blind }),
  },
  {
    law: 'more particles, higher bound',
    by: 'the least of the weights',
    kept: () => checkOrderInParticles(known),
    broken: () =>
      checkOrderInParticles({ ...known, objective: (k) => reduced(k, (w) => tf.min(w, 0)) }),
  },
  {
    law: 'higher order, lower bound',
    by: 'an order with the wrong sign',
    kept: () => checkOrderInAlpha(known),
    broken: () =>
      checkOrderInAlpha({ ...known, objective: (a) => renyi({ alpha: -a, particles: 8 }) }),
  },
  {
    law: 'estimators agree',
    by: 'a score that is dropped',
    kept: () => checkEstimatorsAgree({ model: fairBit, guide: bit }),
    broken: () =>
      checkEstimatorsAgree({ model: fairBit, guide: bit, objectives: { summed: elbo(), dropped } }),
  },
  {
    law: 'gradients are finite differences',
    by: 'a parameter that is stopped',
    kept: () => checkGradients({ model: conjugate, guide: trained }),
    broken: () =>
      checkGradients({
        model: conjugate,
        guide: program(function* () {
          yield* sample('z', normal(stopGradient(yield* param('loc', 2)), 1));
        }),
      }),
  },
  {
    law: 'gradients are finite differences',
    by: 'a draw whose gradient counts twice, under sticking the landing',
    kept: () =>
      checkGradients({
        model: conjugate,
        guide: trained,
        objective: elbo({ gradient: 'stickingTheLanding' }),
      }),
    broken: () =>
      checkGradients({
        model: conjugate,
        guide: twice,
        params: { loc: tf.scalar(1) },
        objective: elbo({ gradient: 'stickingTheLanding' }),
      }),
  },
  {
    law: 'particles side by side are runs in turn',
    by: 'a mean over all axes',
    kept: () => checkParticles(known),
    broken: () =>
      checkParticles({
        model: program(function* () {
          const z = yield* sample('z', normal(0, 1));
          yield* observe('x', normal(tf.mean(z), 1), 5);
        }),
        guide: wide,
      }),
  },
  {
    law: 'latents in other coordinates have the same weights',
    by: 'a non-centred form with the wrong scale',
    kept: () =>
      checkReparameterisation({
        model: sample('z', normal(3, 2)),
        guide: sample('z', normal(1, 1)),
        as: {
          model: sample('e', normal(0, 1)),
          guide: sample('e', normal(-1, 0.5)),
          values: ({ z }) => ({ e: tf.div(tf.sub(z ?? Number.NaN, 3), 2) }),
        },
      }),
    broken: () =>
      checkReparameterisation({
        model: sample('z', normal(3, 2)),
        guide: sample('z', normal(1, 1)),
        as: {
          model: sample('e', normal(0, 1)),
          guide: sample('e', normal(-1, 1)),
          values: ({ z }) => ({ e: tf.div(tf.sub(z ?? Number.NaN, 3), 2) }),
        },
      }),
  },
  {
    law: 'a plate is a loop',
    by: 'a loop over other data',
    kept: () =>
      checkPlateIsLoop({
        plated,
        looped: { model: loopOf([1, 2, 3]), guide: loopGuide },
        plate: 'data',
      }),
    broken: () =>
      checkPlateIsLoop({
        plated,
        looped: { model: loopOf([2, 3, 1]), guide: loopGuide },
        plate: 'data',
      }),
  },
  {
    law: 'elements of a plate are independent',
    by: 'a mean inside the plate',
    kept: () => checkPlateElements({ model: three, guide: three }),
    broken: () => checkPlateElements({ model: pooled, guide: three }),
  },
  {
    law: 'minibatches average to the full bound',
    by: 'a scale by hand',
    kept: () => checkMinibatches({ model: modelOver, guide: guideOver((x) => x), size: 3 }),
    broken: () =>
      checkMinibatches({
        model: rowsOf((rows) => each(tf.gather(data, rows), 3 / rows.size)),
        guide: guideOver((x) => x),
        size: 3,
      }),
  },
  {
    law: 'minibatches average to the full bound',
    by: 'a guide that centres its batch',
    kept: () => checkMinibatches({ model: modelOver, guide: guideOver(tf.sin), size: 3 }),
    broken: () =>
      checkMinibatches({
        model: modelOver,
        guide: guideOver((x) => tf.sub(x, tf.mean(x))),
        size: 3,
      }),
  },
  {
    law: 'names do not matter',
    by: 'an objective that treats a site by name',
    kept: () => checkRenaming(known),
    broken: () => checkRenaming({ ...known, objective: betaElbo({ beta: { z: 0.5 } }) }),
  },
  {
    law: 'order does not matter',
    by: 'another scale',
    kept: () => checkReordering({ model: two, guide: two, reordered: { guide: swapped(1) } }),
    broken: () => checkReordering({ model: two, guide: two, reordered: { guide: swapped(2) } }),
  },
  {
    law: 'a mask removes what it covers',
    by: 'an impossible observation',
    kept: () => checkMask({ model: observe('x', uniform(0, 1), 0.5) }),
    broken: () => checkMask({ model: observe('x', uniform(0, 1), 2) }),
  },
  {
    law: 'a plate scales its terms',
    by: 'a program with state',
    kept: () => checkScale({ model: calm }),
    broken: () => checkScale({ model: moody() }),
  },
  {
    law: 'a replay is the run',
    by: 'a program with state',
    kept: () => checkReplay({ model: calm }),
    broken: () => checkReplay({ model: moody() }),
  },
  {
    law: 'a blocked site takes only its term away',
    by: 'a program with state',
    kept: () => checkBlock({ model: calm }),
    broken: () => checkBlock({ model: moody() }),
  },
  {
    law: 'conditioning is scoring',
    by: 'a program with state',
    kept: () => checkCondition({ model: calm }),
    broken: () => checkCondition({ model: moody() }),
  },
  {
    law: 'noise belongs to its site',
    by: 'noise that all sites share',
    kept: () => checkNoise({ model: two, guide: two }),
    broken: () => checkNoise({ model: two, guide: two, noise: oneNoise }),
  },
  {
    law: 'draws have a finite weight',
    by: 'a support that draws leave',
    kept: () => checkSupports(known),
    broken: () => {
      const wrong = sample('z', { ...normal(1, 1), support: positive });
      checkSupports({ model: sample('z', normal(0, 1)), guide: wrong });
    },
  },
  {
    law: 'a resumed run is the run',
    by: 'a counter outside the state',
    kept: () => checkResume({ model: conjugate, guide: trained }),
    broken: () => checkResume({ model: conjugate, guide: counting }),
  },
  {
    law: 'memory stays flat',
    by: 'a tensor that is kept',
    kept: () => checkMemory({ model: conjugate, guide: trained }),
    broken: () => checkMemory({ model: conjugate, guide: hoarding }),
  },
  {
    law: 'compiled steps are eager steps',
    by: 'a program that asks for the backend',
    kept: () => checkCompiled({ model: conjugate, guide: trained }),
    broken: () => checkCompiled({ model: conjugate, guide: suspicious }),
  },
  {
    law: 'closed-form KL',
    by: 'one with its arguments exchanged',
    kept: () => checkClosedFormKl({ q: () => normal(1, 2), p: () => normal(0, 1) }),
    broken: () =>
      checkClosedFormKl({
        q: () => normal(1, 2),
        p: () => normal(0, 1),
        kl: (q, p) => klDivergence(p, q),
      }),
  },
  {
    law: 'draws follow the density',
    by: 'a sampler with another scale',
    kept: () => checkDraws(() => normal(0, 1)),
    broken: () => checkDraws(() => ({ ...normal(0, 1), sampler: normal(0, 1.2).sampler })),
  },
];

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
      await check(exactly);
      expect(tf.memory().numTensors, check.name).toBe(before);
    }
    const before = tf.memory().numTensors;
    expect(() => checkExactGuide({ ...exactly, logEvidence: -9 })).toThrow();
    expect(tf.memory().numTensors).toBe(before);
  });

  afterAll(() => data.dispose());
});

describe('a law that does not apply', () => {
  it('says what it would need', async () => {
    const everyRow = { model: () => three, guide: () => three, size: 4 };
    const refusals: readonly (readonly [() => void | Promise<void>, string])[] = [
      [() => checkMinibatches(everyRow), 'a plate of 4 elements'],
      [() => checkGradients(known), "a parameter that 'elbo' trains"],
      [
        () =>
          checkGradients({ model: fairBit, guide: bit, objective: elbo({ discrete: 'score' }) }),
        "'b', which does not; use checkEstimatorsAgree",
      ],
      [
        () => checkBoundBelowEvidence({ ...known, objective: eubo({ particles: 2 }) }),
        'a lower bound',
      ],
      [() => checkBoundAboveEvidence({ ...known, objective: elbo() }), 'an upper bound'],
      [
        () =>
          checkPlateIsLoop({ plated, looped: { model: three, guide: three }, plate: 'elsewhere' }),
        "a latent site in plate 'elsewhere'",
      ],
      [() => checkScale({ model: plate('data', 2, param('own', 0)) }), 'no parameter in a plate'],
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
      yield* observe('x', offBy(0.9, normal(tf.mean(z), 1)), 5);
    });
    const told = checkModel({ model, guide: trained, logEvidence, draws: 96 });
    await expect(told).rejects.toThrow(/^[2-9] of \d+ checks failed\./);
    await expect(told).rejects.toThrow("'particles side by side are runs in turn'");
  });
});

describe('the sequential test of means', () => {
  const RUNS = 1000;
  const BATCHES = 24;
  const BATCH = 64;
  const shapes = {
    normal: (k: number) => normals(foldIn(key(1), k), BATCHES).map((x) => x / Math.sqrt(BATCH)),
    // Means of 64 exponentials, less 1.
    exponential: (k: number) => {
      const us = uniforms(foldIn(key(2), k), BATCHES * BATCH);
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
      testMeans(claim(sign), (b) => [(xs[b] ?? NaN) + shift], { alarm, batches: BATCHES }),
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
    const options = { alarm: 1e-6, batches: BATCHES };
    expect(testMeans(about(0), constant(1e-3), options)?.index).toBe(1);
    expect(testMeans(about(2e-3), constant(1e-3), options)).toBeUndefined();
    expect(testMeans(about(0), constant(NaN), options)?.batches).toBe(1);
    const many = Array.from({ length: 100 }, () => ({ sign: 'zero' as const, tolerance: 0 }));
    const alarms = Array.from({ length: 200 }, (_, k) =>
      normals(foldIn(key(5), k), 100 * BATCHES),
    ).filter((xs) =>
      testMeans(many, (b) => [...xs.subarray(b * 100, (b + 1) * 100)], {
        alarm: 0.01,
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
        [...normals(foldIn(key(3), k), 600)].map((e) => mean * Math.exp(2 * e - 2)),
        0.01,
      ) !== undefined;
    const alarms = Array.from({ length: RUNS }, (_, k) => run(k, 1)).filter(Boolean).length;
    expect(alarms).toBeLessThanOrEqual(28);
    const gentle = [...normals(key(4), 2560)].map((e) => 1.3 * Math.exp(e / 2 - 1 / 8));
    expect(betAgainstUnitMean(gentle, 1e-6)).toBeLessThan(2560);
    expect(betAgainstUnitMean([1, NaN], 1e-6)).toBe(2);
  });
});
