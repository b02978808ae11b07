/** The law of the exact guide. No statistics: it holds at every draw. */
import * as tf from '@tensorflow/tfjs';
import { elbo } from '../bounds/objectives/elbo.js';
import { latentSites } from '../bounds/structure.js';
import { drawWeights } from '../inference/evidence.js';
import { keyedNoise } from '../noise-source.js';
import { type Inference, type Trial, boundOf, isPathwise, trialOf } from './inference.js';
import { broken, expectClose } from './law.js';
import { column, rowsOf, sum } from './numbers.js';

/** How many draws are looked at. */
const DRAWS = 16;

const checkConstant = (trial: Trial, logEvidence: number | undefined): void => {
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
  if (logEvidence === undefined) return;
  expectClose(claim, 'the log weight', sum(first), logEvidence, {
    absolute: tolerance * Math.max(10, sum(first.map(Math.abs))),
    relative: 0,
  });
};

/** Whether the gradient of a draw can be told from that of log q. */
const canLand = ({ structure }: Trial): boolean =>
  isPathwise(structure) && latentSites(structure.guide).every((q) => !q.moves);

const checkLanding = (trial: Trial): void => {
  const names = trial.structure.params.filter((p) => p.owner === 'guide').map((p) => p.name);
  if (names.length === 0 || !canLand(trial)) return;
  const noise = keyedNoise(trial.key);
  const landing = boundOf(trial, elbo({ particles: 4, gradient: 'stickingTheLanding' }));
  const plain = boundOf(trial, elbo({ particles: 4, closedFormKl: 'never' }));
  const [received, usual] = [landing.found(noise).gradients, plain.found(noise).gradients];
  const scale = Math.max(1, ...names.flatMap((n) => (usual[n] ?? []).map(Math.abs)));
  for (const name of names) {
    const worst = Math.max(0, ...(received[name] ?? []).map(Math.abs));
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

/**
 * Checks that a guide is the posterior: log p(data, z) − log q(z) is the same at every draw, for each
 * datum that has a weight of its own, and is `logEvidence` where that is given; and that the gradient
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
 * ```
 */
export const checkExactGuide = (inference: Inference & { readonly logEvidence?: number }): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    checkConstant(trial, inference.logEvidence);
    checkLanding(trial);
  });
