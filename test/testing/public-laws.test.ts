/**
 * The public laws on a handful of standard models, as a user would run them. `npm run mutate -- --laws`
 * shows which faults of the engine these calls alone find. Seeds are fixed; the statistical laws have
 * a false-alarm rate of 1e-6 each.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Objective,
  type Tensor,
  bernoulli,
  beta,
  bijectors,
  categorical,
  dirichlet,
  elbo,
  exponential,
  gamma,
  halfNormal,
  independent,
  iwae,
  logNormal,
  multivariateNormal,
  normal,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  studentT,
  transformed,
  uniform,
} from 'marginalia';
import { halfCauchy } from 'marginalia/distributions';
import {
  type Joint,
  estimateWeights,
  eubo,
  logPowerMean,
  varGrad,
  vimco,
} from 'marginalia/objectives';
import {
  LawNotApplicable,
  checkBoundAboveEvidence,
  checkBoundBelowEvidence,
  checkClosedFormKl,
  checkDistribution,
  checkEstimatorsAgree,
  checkExactGuide,
  checkMinibatches,
  checkModel,
  checkOrderInAlpha,
  checkOrderInParticles,
  checkParticles,
  checkPlateElements,
  checkReparameterisation,
  conjugatePairs,
  discreteGraphs,
  guidesFor,
  linearGaussian,
} from 'marginalia/testing';
import { describe, expect, it } from 'vitest';

describe('families', () => {
  const families: readonly (readonly [string, () => Distribution])[] = [
    ['normal', () => normal([0, 1], 2)],
    [
      'full normal',
      () => multivariateNormal([0, 1], { scaleTril: tf.tensor2d([2, 0, 0.5, 1], [2, 2]) }),
    ],
    ['log-normal', () => transformed(normal(0, 0.5), bijectors.exp)],
    ['gamma', () => gamma(2.5, 1.5)],
    ['beta', () => beta(2, 3)],
    ['dirichlet', () => dirichlet([1.5, 2, 3])],
    ['student', () => studentT(5, 0, 1)],
    ['log-normal by name', () => logNormal(0, 0.5)],
    ['exponential', () => exponential(2)],
    ['half-normal', () => halfNormal(2)],
    ['half-Cauchy', () => halfCauchy(1)],
    ['bits', () => independent(bernoulli({ probs: [0.3, 0.6] }))],
    ['classes', () => categorical({ probs: [1, 2, 3] })],
  ];
  it.each(families)('%s', (_, make) => checkDistribution(make, { draws: 2000 }));

  const pairs: readonly (readonly [string, () => Distribution, () => Distribution])[] = [
    ['normals', () => normal([0, 1], 2), () => normal(0.5, [1, 3])],
    [
      'full normals',
      () => multivariateNormal([0, 1], { scaleTril: tf.tensor2d([2, 0, 0.5, 1], [2, 2]) }),
      () => multivariateNormal([1, 0], { scaleTril: tf.tensor2d([3, 0, -0.5, 3], [2, 2]) }),
    ],
    [
      'a full normal and independent ones',
      () => multivariateNormal([0, 1], { scaleTril: tf.tensor2d([2, 0, 0.5, 1], [2, 2]) }),
      () => independent(normal([1, 0], 3)),
    ],
    ['log-normals', () => logNormal(0, 0.5), () => logNormal(0.5, 1)],
    ['gammas', () => gamma(2.5, 1.5), () => gamma(1.5, 1)],
    ['exponentials', () => exponential(2), () => exponential(0.5)],
    ['betas', () => beta(2, 3), () => beta(1.5, 1)],
    ['dirichlets', () => dirichlet([1.5, 2, 3]), () => dirichlet([1, 1, 2])],
    ['half-normals', () => halfNormal(2), () => halfNormal(1)],
    ['half-Cauchys', () => halfCauchy(2), () => halfCauchy(1)],
    ['bits', () => bernoulli({ probs: 0.3 }), () => bernoulli({ probs: 0.6 })],
    ['classes', () => categorical({ probs: [1, 2, 3] }), () => categorical({ probs: [3, 2, 1] })],
  ];
  it.each(pairs)('the divergence of %s', (_, q, p) => checkClosedFormKl({ q, p }));
});

describe('a regression of rows with a global slope and a latent effect for each', () => {
  const xs = tf.tensor1d([0.5, -1, 2, 0.25]);
  const ys = tf.tensor1d([1.2, -0.4, 2.5, -0.3]);
  const model = (rows: Tensor) =>
    program(function* () {
      const slope = yield* sample('slope', normal(0, 2));
      const noise = yield* param('noise', 0.8, { support: positive });
      yield* plate(
        'data',
        { size: 4, indices: rows },
        program(function* () {
          const effect = yield* sample('effect', normal(0, 0.5));
          const mean = tf.add(tf.mul(slope, tf.gather(xs, rows)), effect);
          yield* observe('y', normal(mean, noise), tf.gather(ys, rows));
        }),
      );
    });
  const guide = (rows: Tensor) =>
    program(function* () {
      const width = yield* param('slope scale', 0.6, { support: positive });
      yield* sample('slope', normal(yield* param('slope loc', 0.9), width));
      yield* plate(
        'data',
        { size: 4, indices: rows },
        program(function* () {
          const loc = yield* param('effect loc', 0.2);
          const scale = yield* shared(param('effect scale', 0.5, { support: positive }));
          yield* sample('effect', normal(loc, scale));
        }),
      );
    });

  it('keeps every law that applies', async () => {
    const every = tf.range(0, 4, 1, 'int32');
    const report = await checkModel({
      model: model(every),
      guide: guide(every),
      rows: { model, guide, size: 4 },
      draws: 640,
    });
    expect(report.skipped.map(({ check }) => check)).toEqual([
      'checkReordering',
      'checkPlateIsLoop',
      'checkBoundBelowEvidence',
      'checkBoundAboveEvidence',
      'checkWeights',
      'checkTight',
      'checkCoverage',
      'checkExactGuide',
    ]);
    expect(report.passed).toHaveLength(20);
    every.dispose();
  });
});

describe('a latent number for each datum', () => {
  const data = tf.tensor1d([1, -0.5, 2, 0.25]);
  const model = (rows: Tensor) =>
    plate(
      'data',
      { size: 4, indices: rows },
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        const width = yield* shared(param('width', 0.7, { support: positive }));
        yield* observe('x', normal(z, width), tf.gather(data, rows));
      }),
    );
  const guide = (rows: Tensor) =>
    plate(
      'data',
      { size: 4, indices: rows },
      program(function* () {
        const slope = yield* shared(param('slope', 0.4));
        const scale = yield* shared(param('scale', 0.9, { support: positive }));
        yield* sample('z', normal(tf.mul(slope, tf.gather(data, rows)), scale));
      }),
    );
  const every = tf.range(0, 4, 1, 'int32');
  const inference = { model: model(every), guide: guide(every) };

  it.each<Objective>([iwae({ particles: 3 }), vimco({ particles: 3 })])(
    'has bounds of minibatches that average to the whole, by $name',
    (objective) => checkMinibatches({ model, guide, size: 4, objective }),
  );

  it('has one gradient of IWAE by each of its estimators', () => {
    const objectives = {
      pathwise: iwae({ particles: 3 }),
      'doubly reparameterised': iwae({ particles: 3, gradient: 'doublyReparameterised' }),
      VIMCO: vimco({ particles: 3 }),
      'VIMCO, by a reduction alone': {
        ...vimco({ particles: 3 }),
        estimate: (joint: Joint) => estimateWeights(joint, (w) => logPowerMean(w, 1)),
      },
    };
    checkEstimatorsAgree({ ...inference, objectives, draws: 5120 });
  });

  it('has one gradient of the ELBO by closed forms and by VarGrad', () => {
    checkEstimatorsAgree({
      ...inference,
      objectives: { closed: elbo(), VarGrad: varGrad({ particles: 3 }) },
    });
  });

  it('has bounds in order', () => {
    checkOrderInParticles(inference);
    checkOrderInAlpha(inference);
  });
});

describe('a bit that the data say much of', () => {
  it('has one gradient by sums and by scores with a baseline', () => {
    const model = program(function* () {
      const b = yield* sample('b', bernoulli({ probs: 0.2 }));
      yield* observe('x', normal(tf.mul(b, 4), 1), 4);
    });
    const guide = program(function* () {
      yield* sample('b', bernoulli({ logits: yield* param('logits', 0) }));
    });
    checkEstimatorsAgree({
      model,
      guide,
      objectives: { summed: elbo(), scored: elbo({ discrete: 'score', particles: 3 }) },
    });
  });
});

describe('a guide that runs against the model', () => {
  it('has one gradient where closed forms do not hold', () => {
    const model = program(function* () {
      const a = yield* sample('a', normal(0, 1));
      const b = yield* sample('b', normal(a, 0.5));
      yield* observe('x', normal(b, 1), 2);
    });
    const guide = program(function* () {
      const b = yield* sample('b', normal(yield* param('loc', 1), 0.6));
      const slope = yield* param('slope', 0.8);
      yield* sample(
        'a',
        normal(tf.mul(b, slope), yield* param('scale', 0.5, { support: positive })),
      );
    });
    const objectives = { closed: elbo(), sampled: elbo({ closedFormKl: 'never' }) };
    checkEstimatorsAgree({ model, guide, objectives });
  });

  it('has one gradient where a site is drawn from another by its score', () => {
    const model = program(function* () {
      const a = yield* sample('a', bernoulli({ probs: 0.3 }));
      const b = yield* sample('b', bernoulli({ probs: 0.6 }));
      yield* observe('x', normal(tf.add(a, tf.mul(b, 2)), 1), 2);
    });
    const guide = program(function* () {
      const b = yield* sample('b', bernoulli({ logits: yield* param('first', 0.5) }));
      const logits = tf.add(yield* param('second', -1.5), tf.mul(b, yield* param('more', 3)));
      yield* sample('a', bernoulli({ logits }));
    });
    const objectives = {
      summed: elbo(),
      scored: elbo({ discrete: 'score', particles: 3 }),
      sampled: elbo({ discrete: 'score', closedFormKl: 'never', particles: 3 }),
    };
    checkEstimatorsAgree({ model, guide, objectives });
  });
});

describe('models whose evidence is known', () => {
  it('conjugate pairs', () => {
    const pairs = fc.sample(conjugatePairs({ groups: 1 }), { numRuns: 5, seed: 5 });
    pairs.forEach(({ model, guide, posterior, logEvidence }, i) => {
      checkExactGuide({ model, guide: posterior, logEvidence });
      checkBoundBelowEvidence({ model, guide, logEvidence, draws: 640 });
      if (i > 1) return;
      const objective = iwae({ particles: 4 });
      checkBoundBelowEvidence({ model, guide, logEvidence, objective, draws: 640 });
      checkBoundAboveEvidence({ model, guide, logEvidence, posterior, draws: 640 });
      const upper = eubo({ particles: 128 });
      checkBoundAboveEvidence({ model, guide, logEvidence, objective: upper, draws: 160 });
    });
  });

  it('discrete graphs', () => {
    const small = discreteGraphs({ outside: 1, inside: 1, elements: 2, cells: 0 });
    const graphs = fc.sample(small, { numRuns: 3, seed: 9 });
    for (const { model, guide, posterior, logEvidence } of graphs) {
      checkExactGuide({ model, guide: posterior, logEvidence });
      checkBoundBelowEvidence({ model, guide, logEvidence, draws: 640 });
      checkParticles({ model, guide: posterior });
    }
    // One site given another: scores and sums must agree.
    const [graph] = fc
      .sample(
        discreteGraphs({ outside: 1, inside: 1, classes: 2, elements: 1, cells: 0, gap: 1 }),
        {
          numRuns: 40,
          seed: 21,
        },
      )
      .filter(
        ({ label, features }) =>
          /u ~ Bernoulli \| a/.test(label) && features.includes('guide parameters'),
      );
    if (graph === undefined) throw new Error('There is no such graph.');
    checkEstimatorsAgree({ ...graph, draws: 640 });
  });

  it('linear-Gaussian graphs', () => {
    for (const { model, guide, posterior, logEvidence } of fc.sample(linearGaussian(), {
      numRuns: 4,
      seed: 3,
    })) {
      checkExactGuide({ model, guide: posterior, logEvidence });
      checkBoundBelowEvidence({ model, guide, logEvidence, draws: 640 });
      checkEstimatorsAgree({
        model,
        guide,
        draws: 640,
        objectives: { closed: elbo(), sampled: elbo({ closedFormKl: 'never' }) },
      });
      checkReparameterisation({ model, guide });
      try {
        checkPlateElements({ model, guide });
      } catch (error) {
        // Some of the graphs have no plate.
        if (!(error instanceof LawNotApplicable)) throw error;
      }
    }
  });

  it('guides made for a model', () => {
    const model = program(function* () {
      const rate = yield* sample('rate', gamma(2, 1));
      const share = yield* sample('share', uniform(0, 1));
      const weights = yield* sample('weights', dirichlet([1, 2, 3]));
      yield* plate(
        'data',
        3,
        program(function* () {
          const kind = yield* sample('kind', categorical({ probs: [1, 1, 2] }));
          const flag = yield* sample('flag', bernoulli({ probs: share }));
          const size = tf.mul(
            tf.add(kind, flag),
            tf.sum(tf.square(weights), -1, true).squeeze([-1]),
          );
          yield* observe('x', normal(size, tf.add(rate, 0.1)), [0, 1, 2]);
        }),
      );
    });
    for (const { guide } of fc.sample(guidesFor(model), { numRuns: 3, seed: 1 })) {
      checkParticles({ model, guide });
      checkPlateElements({ model, guide });
    }
  });
});
