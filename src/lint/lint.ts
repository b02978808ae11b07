/** The usual advice about a model with its guide, as checks of what can be measured. */
import type { Program, SitesOf } from '../../dsl/index.js';
import type { GuideFit, Naming } from '../bounds/fit/fit.js';
import type { Objective } from '../bounds/objective.js';
import type { Params } from '../interpreters/params.js';
import { type Key, key as keyOf } from '../random/index.js';
import { keyRule } from '../random/key-rule.js';
import { anything, checkOptions, flag, whole } from '../../dsl/refusals/options.js';
import { type Source, examine } from './examine.js';
import type { Finding } from './finding.js';
import { findingsOf, ruleNames } from './rules/index.js';

/** What a check is made with, beside the programs. */
export interface LintOptions {
  /** Where draws and initial values come from. */
  readonly key?: Key;
  /** Learned parameters, unconstrained; one that is missing starts at its initial value. */
  readonly params?: Params;
  /** The rows of the whole data set, of which a batch is a part. */
  readonly rows?: number;
  /** Whether batches are shuffled, as `fit` does where it is not told otherwise: the default. */
  readonly shuffle?: boolean;
}

/**
 * Checks a model with its guide under an objective, on the user's own programs: nothing is guessed
 * from names, every finding was measured on the structure of both, on a few draws and gradients.
 * `fit` makes the checks marked * before its first step: it throws what is an error, and tells
 * `onWarning` what is certain but may be meant.
 *
 * | rule | what is measured |
 * | --- | --- |
 * | `noObservations` * | a model without an observation or a factor, such as `observe` without `yield*` |
 * | `noParameters` * | nothing that the objective trains |
 * | `strayVariable` * | a trainable `tf.variable`, as `tf.layers` has, that the programs compute with |
 * | `unreadBatch` * | a guide that is computed from the batch, and no term of the model |
 * | `unscaledMinibatch` * | a plate as large as the batch, smaller than `rows`, with sites or penalties outside it |
 * | `unalignedPlate` * | parameters or constants of each element at drawn indices, or at the places of shuffled batches, beside data that do not follow them |
 * | `pooledPlate` | log densities of plate elements that change with the latent values of another |
 * | `repeatedFactor` * | a factor without an axis for its plate, which counts for each element |
 * | `unnamedRandomness` * | a program that is not the same twice at the same noise, as with `tf.randomNormal` |
 * | `blockedDraw` * | noise, or a site hidden by `block`, not reparameterised, computed from parameters |
 * | `invalidArgument` * | arguments of a distribution that are none its family takes, such as `probs` of 1.5 |
 * | `impossibleObservation` | observations whose log probability is not finite |
 * | `outsideSupport` | observations that are no values of their family, such as grey pixels as bits |
 * | `notFinite` | a term or a gradient at the start that is not finite |
 * | `untrainedParameter` * | a gradient that is 0 whatever the numbers are |
 * | `guideIgnoresData` | one law for all elements of a plate that data inform |
 * | `sampledEnumerable` | a score function where a sum over all values is possible |
 * | `noBaseline` | a score function without a baseline, or what else an estimator says of its variance |
 * | `closedFormUnused` | a sampled divergence that has a closed form |
 * | `oneParticle` * | self-normalised weights of one draw, whose gradient is 0 in expectation |
 * | `wideInitialScale` | a guide more than ten times wider than the model's curvature asks for |
 * | `lostDigits` | values that float32 rounds by more than 1 % of their standard deviation |
 * | `rawInputs` | data of root mean square above 10, multiplied by parameters |
 *
 * - `model` and `guide` are programs, or functions of a batch as `svi` takes them. With a batch,
 *   what the guide computes from data is seen as well.
 * - The curvature is taken in the noise ε of a site that is drawn from normal noise: 1 + 2/d
 *   (log w at ε = 0 less its mean at ε = ±1), exact where the model is quadratic.
 * - Errors: a guide that does not fit throws a `GuideMisfitError`, as under `derive`.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', bernoulli({ probs: 0.5 }));
 *   yield* observe('x', normal(z, 1), 2);
 * });
 * const guide = program(function* () {
 *   yield* sample('z', bernoulli({ logits: yield* param('logits', 0) }));
 * });
 * lint(model, guide, elbo({ discrete: 'score' })).map((f) => f.rule);
 * // ['sampledEnumerable', 'noBaseline']
 * lint(model, guide, elbo()).length; // 0
 * ```
 */
export function lint<
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
  B,
>(
  model: (batch: B) => M,
  guide: GuideFit<SitesOf<M>, SitesOf<G>, O, (batch: B) => G>,
  objective: Naming<SitesOf<M>, O>,
  options: LintOptions & { readonly batch: B },
): readonly Finding[];
export function lint<
  M extends Program<unknown, unknown>,
  G extends Program<unknown, unknown>,
  O extends Objective,
>(
  model: M,
  guide: GuideFit<SitesOf<M>, SitesOf<G>, O, G>,
  objective: Naming<SitesOf<M>, O>,
  options?: LintOptions,
): readonly Finding[];
export function lint(
  model: Source,
  guide: Source,
  objective: Objective,
  options: LintOptions & { readonly batch?: unknown } = {},
): readonly Finding[] {
  checkOptions<typeof options>('lint', options, {
    key: keyRule,
    params: anything,
    rows: whole(),
    shuffle: flag,
    batch: anything,
  });
  const { key = keyOf(0), params = {}, batch, ...rest } = options;
  return examine(model, guide, objective, { ...rest, batch, key, params }, (examination) =>
    findingsOf(examination, ruleNames),
  );
}
