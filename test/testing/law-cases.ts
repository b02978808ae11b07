/** Each public law with what keeps it and what breaks it. */
import * as tf from '@tensorflow/tfjs';
import {
  elbo,
  iwae,
  normal,
  observe,
  param,
  positive,
  program,
  sample,
  stopGradient,
  uniform,
} from 'marginalia';
import { klDivergence } from 'marginalia/distributions';
import { betaElbo, eubo } from 'marginalia/objectives';
import {
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
  checkNoise,
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
} from 'marginalia/testing';
import { siteCases } from './site-law-cases.js';
import {
  conjugate,
  posterior,
  wide,
  trained,
  known,
  offBy,
  changed,
  reduced,
  data,
  rowsOf,
  each,
  guideOver,
  modelOver,
  pooled,
  three,
  loopOf,
  loopGuide,
  plated,
  moody,
  calm,
  hoarding,
  remembering,
  bit,
  fairBit,
  dropped,
  blind,
  twice,
  exact,
  oneNoise,
  two,
  swapped,
} from './law-subjects.js';
import { ofBounds } from './bounds/law-cases.js';
import type { Case } from './law-case.js';

export const cases: readonly Case[] = [
  ...siteCases,
  {
    law: 'the bound is below the evidence',
    by: 'a bound with a term too many',
    kept: () => checkBoundBelowEvidence(known),
    broken: () =>
      checkBoundBelowEvidence({
        ...known,
        objective: changed(elbo({ closedFormKl: 'never' }), (v) => tf.add(v, 1.5)),
      }),
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
    law: 'the exact guide has a tight bound',
    by: 'a sum of weights where their mean should be',
    kept: () =>
      checkExactGuide({ ...known, guide: posterior, objectives: [iwae({ particles: 4 })] }),
    broken: () =>
      checkExactGuide({
        ...known,
        guide: posterior,
        objectives: [reduced(4, (w) => tf.logSumExp(w, 0))],
      }),
  },
  {
    law: 'the exact guide has no gradient',
    by: 'a density that stops its value',
    kept: () => checkExactGuide({ model: conjugate, guide: exact }),
    broken: () => checkExactGuide({ model: conjugate, guide: blind }),
  },
  ...ofBounds,
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
    by: 'host code that remembers its calls',
    kept: () => checkParticles(known),
    broken: () => checkParticles({ model: remembering(), guide: wide }),
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
    broken: () =>
      checkRenaming({ ...known, objective: { ...betaElbo({ beta: { z: 0.5 } }), sites: [] } }),
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
    // A bound that is computed is not judged beforehand.
    broken: () => checkMask({ model: observe('x', uniform(0, tf.scalar(1)), 2) }),
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
    by: 'host code that remembers its calls',
    kept: () => checkResume({ model: conjugate, guide: trained }),
    broken: () => checkResume({ model: remembering(), guide: trained }),
  },
  {
    law: 'memory stays flat',
    by: 'a tensor that is kept',
    kept: () => checkMemory({ model: conjugate, guide: trained }),
    broken: () => checkMemory({ model: hoarding, guide: trained }),
  },
  {
    law: 'compiled steps are eager steps',
    by: 'host code that remembers its calls',
    kept: () => checkCompiled({ model: conjugate, guide: trained }),
    broken: () => checkCompiled({ model: remembering(), guide: trained }),
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
