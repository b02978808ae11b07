/** The law of the exact guide. No statistics: it holds at every draw. */
import * as tf from '@tensorflow/tfjs';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { plateScale } from '../../../dsl/program/layout.js';
import { findMisfits } from '../../bounds/misfit.js';
import type { Objective } from '../../bounds/objective.js';
import { cubo } from '../../bounds/objectives/cubo.js';
import { elbo } from '../../bounds/objectives/elbo.js';
import { eubo } from '../../bounds/objectives/eubo.js';
import { iwae } from '../../bounds/objectives/iwae.js';
import { renyi } from '../../bounds/objectives/renyi.js';
import {
  type PlateStructure,
  type Structure,
  latentSites,
} from '../../bounds/dependence/structure.js';
import { drawWeights } from '../../evidence/draw-weights.js';
import { keyedNoise } from '../../random/noise-source.js';
import {
  type Inference,
  type Trial,
  boundOf,
  isPathwise,
  isWeighable,
  trialOf,
} from '../law/inference.js';
import { broken, expectClose } from '../law/law.js';
import { signOf } from './claims.js';
import { column, rowsOf, sum } from '../statistics/numbers.js';

/** How many draws are looked at. */
const DRAWS = 16;

/** The plates around every site. */
const sharedIn = ({ model, guide }: Structure): readonly PlateStructure[] => {
  const [first, ...others] = [...model, ...guide];
  return (first?.plates ?? []).filter((p) =>
    others.every((s) => s.plates.some((q) => q.name === p.name)),
  );
};

/** Gives the evidence that the weights tell. */
const checkConstant = (trial: Trial, logEvidence: number | undefined): number => {
  const { model, guide, params, structure, key, tolerance } = trial;
  const claim = trial.claim('the exact guide has a constant weight');
  const { depth } = structure;
  const weights = drawWeights(model, guide, {
    params,
    noise: keyedNoise(key),
    count: DRAWS,
    depth,
  });
  const rows = rowsOf(weights.dataSync(), weights.size / DRAWS);
  const first = rows[0] ?? [];
  first.forEach((expected, datum) =>
    column(rows, datum).forEach((received, draw) => {
      const of = first.length === 1 ? '' : ` of datum ${datum}`;
      const slack = tolerance * Math.max(10, Math.abs(expected));
      const allowed = { absolute: slack, relative: 0 };
      expectClose(claim, `the log weight${of} at draw ${draw}`, received, expected, allowed);
    }),
  );
  const found = plateScale(sharedIn(trial.structure)) * sum(first);
  if (logEvidence === undefined) return found;
  expectClose(claim, 'the log weight', found, logEvidence, {
    absolute: tolerance * Math.max(10, sum(first.map(Math.abs))),
    relative: 0,
  });
  return found;
};

const staysPut = ({ guide }: Structure): boolean => latentSites(guide).every((q) => !q.moves);

/** Whether the gradient of a draw can be told from that of log q. */
const canLand = ({ structure }: Trial): boolean => isPathwise(structure) && staysPut(structure);

const checkLanding = (trial: Trial): void => {
  const names = trial.structure.params.filter((p) => p.owner === 'guide').map((p) => p.name);
  if (names.length === 0 || !canLand(trial)) return;
  const noise = keyedNoise(trial.key);
  const landing = boundOf(trial, elbo({ particles: 4, gradient: 'stickingTheLanding' }));
  const plain = boundOf(trial, elbo({ particles: 4, closedFormKl: 'never' }));
  const [received, usual] = [landing.found(noise).gradients, plain.found(noise).gradients];
  const scale = Math.max(1, ...names.flatMap((n) => (entryOf(usual, n) ?? []).map(Math.abs)));
  for (const name of names) {
    const worst = Math.max(0, ...(entryOf(received, name) ?? []).map(Math.abs));
    // Gradients of densities lose a digit more than densities.
    if (!(worst <= 10 * trial.tolerance * scale)) {
      broken(
        trial.claim('the exact guide has no gradient'),
        `a gradient of 0 for '${name}'`,
        String(worst),
      );
    }
  }
};

/** Bounds that are functions of the weights alone. */
const boundsOf = ({ structure }: Trial): readonly Objective[] => {
  const particles = 3;
  const weighed = [
    iwae({ particles }),
    renyi({ alpha: 0.5, particles }),
    renyi({ alpha: 2, particles }),
    eubo({ particles }),
    cubo({ particles }),
  ];
  const all = [elbo({ closedFormKl: 'never', discrete: 'score' }), ...weighed];
  return all.filter(
    (o, i) =>
      (i === 0 || isWeighable(structure)) &&
      findMisfits(structure, o).length === 0 &&
      (o.preferences.everySite === undefined || staysPut(structure)),
  );
};

/** At the posterior all weights are the evidence, and so is whatever bound is made of them. */
const checkTight = (trial: Trial, objectives: readonly Objective[], expected: number): void => {
  const claim = trial.claim('the exact guide has a tight bound');
  const noise = keyedNoise(trial.key);
  for (const objective of objectives) {
    const value = boundOf(trial, objective).value(noise);
    const absolute = 10 * trial.tolerance * Math.max(1, Math.abs(expected));
    expectClose(claim, `the bound '${objective.name}'`, signOf(objective) * value, expected, {
      absolute,
      relative: 0,
    });
  }
};

/**
 * Checks that a guide is the posterior: log p(data, z) − log q(z) is the same at every draw, for each
 * datum that has a weight of its own, and is `logEvidence` where that is given; that `objectives`, the
 * ELBO, IWAE, Rényi's bound, EUBO and CUBO where left out, are all equal to it; and that the gradient
 * which sticks the landing is 0 at every draw, where the guide has parameters and all its draws carry a
 * gradient.
 *
 * One draw would do: no statistics, no false alarms. Give the guide's parameters as `params`, or as the
 * initial values of its `param` sites. Conjugate, linear-Gaussian and discrete models have such a guide
 * (see `conjugatePairs`, `linearGaussian`, `discreteGraphs`); it finds most errors of sign, scale and
 * Jacobian.
 *
 * - Errors: a broken law; a guide that does not fit throws a `GuideMisfitError`.
 * - Source: Roeder et al. 2017, Sticking the Landing, arXiv:1703.09194.
 *
 * @example
 * ```ts
 * const model = condition(
 *   program(function* () {
 *     const z = yield* sample('z', normal(0, 1));
 *     yield* sample('x', normal(z, 1));
 *   }),
 *   { x: 5 },
 * );
 * const guide = program(function* () {
 *   yield* sample('z', normal(yield* param('loc', 2.5), Math.SQRT1_2));
 * });
 * checkExactGuide({ model, guide, logEvidence: -7.5155121 });
 * E.isLeft(E.tryCatch(() => checkExactGuide({ model, guide: sample('z', normal(2.5, 0.5)) }), String)); // true
 * ```
 */
export const checkExactGuide = (
  inference: Inference & {
    readonly logEvidence?: number;
    /** Bounds of your own that are functions of the weights: sampled, without closed forms. */
    readonly objectives?: readonly Objective[];
  },
): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const found = checkConstant(trial, inference.logEvidence);
    checkTight(trial, inference.objectives ?? boundsOf(trial), found);
    checkLanding(trial);
  });
