/** Losses: what is minimised and is no bound, the expectation of what a program returns among it. */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor } from '../../../dsl/index.js';
import { described } from '../../../dsl/tensors/described.js';
import { checkOptions, demand, flag, oneOf, whole } from '../../../dsl/refusals/options.js';
import { promised } from '../../../dsl/records/dictionary.js';
import { isProgram, perform } from '../../../dsl/program/program.js';
import type { Factor } from '../../../dsl/program/site.js';
import type { TermDerivation } from '../derivation.js';
import { estimateTerms, estimatorCarry } from '../estimate.js';
import { scoreOfEverySite } from '../estimators/score-function.js';
import type { Joint } from '../joint.js';
import type { Estimate, Objective, Preferences } from '../objective.js';
import { type Unscored, unscored } from '../fit/unscored.js';
import { type GradientNeeded, gradientNeeded, preferenceRules } from './options.js';

/** A scalar loss, or several by name, which are added. */
export type Losses = Tensor | Readonly<Record<string, Tensor>>;

/** How the gradient of a loss is estimated. */
export type LossGradient = 'any' | 'pathwise' | 'score';

/** How the expectation over a program's own draws is estimated; where it draws nothing there is none. */
export interface MinimizeOptions<
  G extends LossGradient = LossGradient,
  S extends string = string,
> extends Partial<Pick<Preferences<S>, 'discrete' | 'baseline' | 'estimators'>> {
  /** Independent draws, averaged; 1 where it is left out. */
  readonly particles?: number;
  /** `pathwise` refuses a site that is not reparameterised; `score` looks at values of the loss alone. */
  readonly gradient?: G;
  /** Draws in pairs, of noise ε and −ε: for an even number of particles, and sites of normal noise. */
  readonly antithetic?: boolean;
}

type LossNeeds<G extends LossGradient> = {
  readonly support: 'any';
  readonly gradient: GradientNeeded<G>;
};

/** The terms of a loss that a program returns as `L`, with what it observes and its factors. */
type TermsOf<L extends Losses> = (L extends Tensor ? 'loss' : keyof L & string) | `-${string}`;

/** A loss as `svi` takes it, but for the optimiser. */
export interface Minimized<B, E, O = Objective<LossNeeds<'any'>>> {
  readonly model: (batch: B) => Program<E | Factor, unknown>;
  readonly guide: (batch: B) => Program<Unscored<E>, unknown>;
  readonly objective: O;
}

/** What a program returned, by name. */
const named = (name: string, losses: Losses): readonly (readonly [string, Tensor])[] => {
  const given: unknown = losses;
  if (given instanceof tf.Tensor) return [[name, given]];
  const found: readonly (readonly [string, unknown])[] =
    typeof given === 'object' && given !== null && !isProgram(given) ? Object.entries(given) : [];
  const other = found.find(([, x]) => !(x instanceof tf.Tensor));
  if (found.length > 0 && other === undefined && !(losses instanceof tf.Tensor)) {
    return Object.entries(losses);
  }
  throw new SiteError({
    site: other === undefined ? name : `${name} '${other[0]}'`,
    expected: 'a scalar tensor, or several by name',
    received: described(other === undefined ? given : other[1]).words,
    cure: 'Return what is minimised at the end of the program: `return tf.mean(…)`.',
  });
};

/** The program with what it returns as a term. */
const withLosses = <E>(name: string, body: Program<E, Losses>): Program<E | Factor, unknown> => ({
  *[Symbol.iterator]() {
    const losses = yield* body;
    for (const [own, loss] of named(name, losses)) {
      yield* perform<Factor>({
        op: 'factor',
        name: own,
        logFactor: tf.neg(loss),
        plates: [],
        loss: true,
      });
    }
    return losses;
  },
});

const termName = ({ kind, site, loss }: TermDerivation): string =>
  loss ? site : `-${kind} ${site}`;

/** Terms as parts of the loss. */
const asLosses = <T extends string>(joint: Joint, { terms, ...rest }: Estimate): Estimate<T> => ({
  ...rest,
  terms: promised(
    Object.fromEntries(
      joint.derivation.terms.flatMap((term) => {
        const value = terms[`${term.kind} ${term.site}`];
        return value === undefined ? [] : [[termName(term), tf.neg(value)]];
      }),
    ),
  ),
});

const lossObjective = <G extends LossGradient, S extends string, T extends string>(
  who: string,
  symbol: string,
  options: MinimizeOptions<G, S>,
): Objective<LossNeeds<G>, S, T> => {
  checkOptions<MinimizeOptions>(who, options, {
    particles: whole(),
    gradient: oneOf('any', 'pathwise', 'score'),
    antithetic: flag,
    discrete: preferenceRules.discrete,
    baseline: preferenceRules.baseline,
    estimators: preferenceRules.estimators,
  });
  const { particles = 1, gradient, antithetic = false, estimators } = options;
  const { discrete = 'enumerate', baseline = 'leaveOneOut' } = options;
  demand(
    !antithetic || particles % 2 === 0,
    who,
    'an even number of particles, for they come in antithetic pairs',
    particles,
    `pass particles: ${particles + 1}, say`,
  );
  demand(
    gradient !== 'score' || estimators === undefined,
    who,
    "gradient: 'score', which is that of all sites, or estimators of some",
    'both',
    'leave one of them out',
  );
  return {
    name: who,
    particles,
    meaning: {
      requires: { support: 'any', gradient: gradientNeeded(gradient) },
      bound: 'none',
      loss: true,
    },
    notation: { symbol, divergence: '0' },
    preferences: {
      closedFormKl: 'never',
      discrete,
      baseline,
      ...(estimators && { estimators }),
      ...(gradient === 'score' && { everySite: scoreOfEverySite({ baseline }) }),
      ...(antithetic && { antithetic }),
    },
    carry: estimatorCarry,
    estimate: (joint) =>
      asLosses(
        joint,
        estimateTerms(joint, ({ kind }) => (kind === 'logLikelihood' || kind === 'factor' ? 1 : 0)),
      ),
  };
};

/**
 * The loss that a program returns, minimised: a scalar, or several by name, which are added. It is what
 * `svi` takes beside an optimiser, for autoencoders, discriminators, penalised regression.
 *
 * - The program is all there is. What it draws, a corruption or a stochastic code, is averaged over: the
 *   loss is E[loss], its gradient unbiased, by the draw where that carries one and by scores elsewhere.
 *   What it observes and its factors count as −log p.
 * - With `particles`, and for sites that are summed over, what depends on draws or noise has their axis on
 *   the left, as all values do; reduce the others alone, and keep the axes of plates: `tf.mean(x, -1, true)`.
 * - A loss is minimised as it is. A mean over the rows of a batch or of a subsampled plate estimates that
 *   over all; a sum over them is not scaled up, unlike observations and factors in a plate: multiply it by
 *   size / count yourself where both are added.
 * - It is no bound: its derivation claims none, and `evidence` of it is refused. `metrics.terms` has its
 *   parts by name, as they are.
 * - Errors: a program that returns anything else throws a `SiteError`, and so does a loss with an axis
 *   too many or too few; options that do not go together throw a `RangeError`.
 * - Source: Schulman et al. 2015, Gradient Estimation Using Stochastic Computation Graphs,
 *   arXiv:1506.05254.
 *
 * @example
 * ```ts
 * const ridge = svi({
 *   ...minimize(() => program(function* () {
 *     const slope = yield* param('slope', 3);
 *     return { misfit: tf.square(tf.sub(slope, 1)), weight: tf.mul(0.5, tf.square(slope)) };
 *   })),
 *   optimizer: sgd(0.1),
 * });
 * const [state, { loss }] = ridge.step(ridge.init(key(0)));
 * loss.dataSync()[0]; // 8.5
 * // 3 − 0.1 (2 (3 − 1) + 3).
 * item(paramValues(state).slope); // 2.3
 * showDerivation(state.derivation).split('\n').slice(0, 3);
 * // ['loss =', '  + misfit', '  + weight']
 * ```
 */
export const minimize = <
  L extends Losses,
  B = void,
  E = never,
  const G extends LossGradient = 'any',
  const S extends string = never,
>(
  body: (batch: B) => Program<E, L>,
  options: MinimizeOptions<G, S> = {},
): Minimized<B, E, Objective<LossNeeds<G>, S, TermsOf<L>>> => ({
  model: (batch) => withLosses('loss', body(batch)),
  guide: (batch) => unscored(body(batch)),
  objective: lossObjective('minimize', 'loss', options),
});

/**
 * The expectation E[f(x)] over what a search distribution draws, minimised over its parameters: variational
 * optimisation, and evolution strategies where it is a normal. f itself is optimised, for min f ≤ E[f].
 *
 * - `search` is a program; f sees what it returns. There is no prior and no divergence.
 * - Gradient: by the draw where it carries one and f is made of tensors; by scores, which look at values of
 *   f alone, where f is host code (`blackBox`) or `gradient: 'score'` asks for them, as a step function
 *   needs, whose own slope is 0; `antithetic` draws in pairs. All are unbiased.
 * - Errors: as `minimize`.
 * - Source: Staines and Barber 2012, Variational Optimization, arXiv:1212.4507; Wierstra et al. 2014,
 *   Natural Evolution Strategies, arXiv:1106.4487; Salimans et al. 2017, arXiv:1703.03864.
 *
 * @example
 * ```ts
 * const search = program(function* () {
 *   return yield* sample('x', normal(yield* param('loc', 3), 1));
 * });
 * const inference = svi({
 *   ...expectation(search, (x) => tf.square(x), { particles: 2, antithetic: true }),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * // Of a pair 3 ± ε the mean slope is 2 · 3, whatever ε is.
 * inference.gradients(state, undefined)['loc']?.dataSync()[0]; // 6
 * showDerivation(state.derivation).split('\n').slice(0, 3);
 * // ['expectation =', '  + E[f]', 'estimated with 2 particles, in antithetic pairs:']
 * ```
 */
export const expectation = <
  E,
  A,
  const G extends LossGradient = 'any',
  const S extends string = never,
>(
  search: Program<E, A>,
  f: (x: A) => Tensor,
  options: MinimizeOptions<G, S> = {},
): Minimized<void, E, Objective<LossNeeds<G>, S, 'f' | `-${string}`>> => {
  const body: Program<E, Losses> = {
    *[Symbol.iterator]() {
      return f(yield* search);
    },
  };
  return {
    model: () => withLosses('f', body),
    guide: () => unscored(search),
    objective: lossObjective('expectation', 'expectation', options),
  };
};
