/**
 * A fast-check arbitrary of linear-Gaussian models with everything known about them: the exact log
 * evidence and posterior, a guide that is the posterior, and a wrong guide at a known distance.
 */
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Tensor } from '../../../../dsl/index.js';
import type { BoundCase, CaseRows } from '../bound-case.js';
import { noSketch } from '../decode-sketch.js';
import { diceOf } from './sketch/dice.js';
import { exactElbo, exactPosterior, guideLaw } from './exact/exact-inference.js';
import { featuresOf } from './features.js';
import { type Gaussian, divergenceFrom, largestCorrelation } from './exact/gaussian.js';
import { guideOfSketch, guideOrder } from './sketch/guide-of-sketch.js';
import type { Coordinate, LinearNetwork, NetworkPlate } from './network/linear-network.js';
import { showNetwork } from './network/network-label.js';
import { networkOfSketch } from './sketch/network-of-sketch.js';
import { type NetworkProgram, networkProgram } from './network/network-program.js';
import { type LinearGaussianOptions, askedOf } from './sketch/options.js';
import { posteriorNetwork } from './exact/posterior-network.js';
import { numberCount } from './sketch/sites.js';
import { GENERATOR, LIMITS, type Sketch, sketchFrom } from './sketch/sketch.js';
import { sketches } from './sketch/sketch-arbitrary.js';

/** A model with its exact answers, in nats, and the networks that its programs are made of. */
export interface LinearGaussian extends BoundCase {
  readonly network: LinearNetwork;
  readonly model: NetworkProgram;
  /** A guide that is the posterior: one site given another, in an order of its own. */
  readonly posterior: NetworkProgram;
  readonly posteriorNetwork: LinearNetwork;
  /** The posterior as one law of all latent numbers, which are these. */
  readonly posteriorLaw: Gaussian;
  readonly latents: readonly Coordinate[];
  /** A guide that is not, with E_q[log p(x, z) − log q(z)]. */
  readonly guide: NetworkProgram;
  readonly guideNetwork: LinearNetwork;
  readonly guideElbo: number;
  readonly gap: number;
  readonly correlation: number;
}

/** The programs of some networks by the rows of a plate. */
const rowsOf = (
  { name, size }: NetworkPlate,
  model: LinearNetwork,
  guide: LinearNetwork,
  posterior: LinearNetwork,
): CaseRows => {
  const at = (network: LinearNetwork, of: string) => (indices: Tensor) =>
    networkProgram(network, { of, rows: { plate: name, indices } });
  return {
    plate: name,
    size,
    model: at(model, 'model'),
    guide: at(guide, 'guide'),
    posterior: at(posterior, 'posterior'),
  };
};

const complete = (sketch: Sketch): LinearGaussian => {
  const { network, isRagged } = networkOfSketch(sketch);
  const exact = exactPosterior(network);
  const guide = guideOfSketch(sketch, network, exact);
  const order = guideOrder(network, diceOf(sketch.seed, 1), 'posterior');
  const plain = posteriorNetwork(network, order, exact);
  const posterior: LinearNetwork = sketch.guide.learned
    ? {
        ...plain,
        nodes: plain.nodes.map((n) => ({ ...n, learned: ['offset', 'weights', 'scale'] })),
      }
    : plain;
  const gap = divergenceFrom(exact.posterior)(guideLaw(guide, exact.latents));
  const correlation = largestCorrelation(exact.posterior.covariance);
  const long = network.plates.filter((p) => p.size > 1);
  const plate = long[sketch.rows % Math.max(1, long.length)];
  return {
    label: `${showNetwork(network)}; gap ${Number(gap.toPrecision(3))}`,
    network,
    model: networkProgram(network, { of: 'model' }),
    data: Object.fromEntries(
      network.nodes.flatMap(({ name, role }) =>
        role.kind === 'observed' ? [[name, role.values.flat()] as const] : [],
      ),
    ),
    posterior: networkProgram(posterior, { of: 'posterior' }),
    posteriorNetwork: posterior,
    posteriorLaw: exact.posterior,
    latents: exact.latents,
    logEvidence: exact.logEvidence,
    guideNetwork: guide,
    guide: networkProgram(guide, { of: 'guide' }),
    guideElbo: exactElbo(network, guide),
    gap,
    correlation,
    ...(plate !== undefined && { rows: rowsOf(plate, network, guide, posterior) }),
    features: featuresOf(network, guide, {
      correlation,
      gap,
      hasRows: plate !== undefined,
      isRagged,
    }),
    recipe: { generator: GENERATOR, sketch },
  };
};

/**
 * The case of a recipe's sketch, which may come from a file; the left says in one sentence what is wrong
 * with it.
 *
 * @example
 * ```ts
 * const [made] = fc.sample(linearGaussian(), { numRuns: 1, seed: 1 });
 * const again = linearGaussianFrom(JSON.parse(JSON.stringify(made?.recipe.sketch)));
 * E.isRight(again) && again.right.label === made?.label; // true
 * E.isRight(again) && again.right.logEvidence === made?.logEvidence; // true
 * E.isLeft(linearGaussianFrom({ plates: 2 })); // true
 * ```
 */
export const linearGaussianFrom = (sketch: unknown): E.Either<string, LinearGaussian> =>
  pipe(
    sketchFrom(sketch),
    E.filterOrElse(
      (s) => numberCount(s) <= LIMITS.numbers,
      (s) => noSketch(GENERATOR, `it has ${numberCount(s)} numbers where ${LIMITS.numbers} can be`),
    ),
    E.map(complete),
  );

/**
 * Linear-Gaussian models with their exact log evidence, posterior and bounds, in double precision.
 *
 * Sites are numbers and vectors of normals, latent, observed, masked or factors of a quadratic form, outside
 * plates and in plates that are nested, ragged, crossed or apart. `rows` takes minibatches of one plate.
 * Model, guide and posterior may have parameters, whose initial values the answers are of.
 *
 * - `correlation` is reached by tying one latent number to another, `gap` by a line search over how far the
 *   guide lies from the posterior, to within float32's rounding of its numbers.
 * - Every number of model and guide is one that float32 holds exactly, and ties end where a number of the
 *   model lies 128 of its site's scales from 0, so that the exact answers are those of the programs.
 * - What shrinks: sites, plates, entries and features become fewer, numbers simpler.
 * - Errors: an option that is unknown, out of range or against another throws a `RangeError` that names it.
 *
 * @example
 * ```ts
 * fc.assert(
 *   fc.property(
 *     linearGaussian({ correlation: { min: 0.6, max: 0.9 }, gap: 2 }),
 *     ({ guideElbo, logEvidence, correlation }) =>
 *       Math.abs(logEvidence - guideElbo - 2) < 1e-4 && correlation > 0.5,
 *   ),
 *   { numRuns: 10 },
 * );
 * ```
 */
export const linearGaussian = (options: LinearGaussianOptions = {}): fc.Arbitrary<LinearGaussian> =>
  sketches(askedOf(options)).map(complete);
