/**
 * Does a guide fit its model under an objective? Here for the compiler: what does not fit is a sentence in place of
 * the guide's type, which names the site and the reason.
 *
 * Where a name is computed, or a bound is not a literal, nothing is said: `misfit.ts` asks the same
 * when the program is first run.
 */
import type { Gradient, IsWithin, NoPlate, Support } from '../../../dsl/index.js';
import type { Literals, Names, NamesOf } from '../../../dsl/program/site.js';
import type { Requirements } from '../meaning.js';
import type { Objective } from '../objective.js';

/** What is asked of a latent site, as it stands in a row. */
interface Law {
  readonly kind: 'latent';
  readonly name: string;
  readonly support: Support;
  readonly gradient: Gradient;
  readonly plates: unknown;
}

/** The latent sites of a row by name. */
type Laws<E> = { readonly [S in Extract<E, Law> as S['name']]: S };

/** A site that is latent in one branch of a program may have a given value in another. */
type GivenIn<E> = NamesOf<E, 'observed' | 'deterministic'>;

/** A literal that a computed name of the guide may turn out to be is excluded, so nothing is said. */
type Missing<EM, EG> = unknown extends EG
  ? never
  : Exclude<Literals<NamesOf<EM, 'latent'>>, NamesOf<EG, 'latent'> | Literals<GivenIn<EM>>>;

type Extra<EM, EG> = unknown extends EM
  ? never
  : Exclude<Literals<NamesOf<EG, 'latent'>>, NamesOf<EM, 'latent' | 'observed'>>;

type ObservedInModel<EM, EG> = Exclude<
  Literals<NamesOf<EG, 'latent'>> & Literals<NamesOf<EM, 'observed'>>,
  NamesOf<EM, 'latent'>
>;

/** Whether the guide's support obeys the objective; `boolean` where its rule is not one literal. */
type Obeys<Guide, Model, Rule> = [Rule] extends ['within']
  ? IsWithin<Guide, Model>
  : [Rule] extends ['covers']
    ? IsWithin<Model, Guide>
    : boolean;

type Kinds<S> = S extends {
  readonly kind: 'arrayOf';
  readonly base: { readonly kind: infer K extends string };
}
  ? `array over ${K}`
  : S extends { readonly kind: infer K extends string }
    ? K
    : 'unknown';

type SupportReason<N extends string, P, Q, Rule> = Rule extends 'within'
  ? `'${N}' has the support ${Kinds<Q>} in the guide, which is not contained in the model's, ${Kinds<P>}.`
  : `'${N}' has the support ${Kinds<Q>} in the guide, which does not cover the model's, ${Kinds<P>}, as this objective needs.`;

/** The plates of one side that the other has not, or that it has none. */
type Where<Own, Other> = [Own] extends [NoPlate]
  ? 'in no plate'
  : [Exclude<Own, Other>] extends [never]
    ? 'not'
    : `in plate '${Exclude<Own, Other> & string}'`;

/** Said of the side that has more plates first, so that it reads as one sentence. */
type PlatesReason<N extends string, P, Q> = [Exclude<P, Q>] extends [NoPlate]
  ? `'${N}' lies ${Where<Q, P>} in the guide but ${Where<P, Q>} in the model.`
  : `'${N}' lies ${Where<P, Q>} in the model but ${Where<Q, P>} in the guide.`;

type SamePlates<P, Q> = [Extract<P | Q, string>] extends [Literals<P | Q>]
  ? [P, Q] extends [Q, P]
    ? true
    : false
  : true;

/** What is wrong at a site of both, the model's `P` and the guide's `Q`. */
type ReasonAt<N extends string, P extends Law, Q extends Law, R extends Requirements> =
  | (Obeys<Q['support'], P['support'], R['support']> extends false
      ? SupportReason<N, P['support'], Q['support'], R['support']>
      : never)
  | (SamePlates<P['plates'], Q['plates']> extends true
      ? never
      : PlatesReason<N, P['plates'], Q['plates']>);

type Reasons<
  N,
  PM extends Readonly<Record<string, Law>>,
  QG extends Readonly<Record<string, Law>>,
  R extends Requirements,
> = N extends string ? ReasonAt<N, PM[N], QG[N], R> : never;

type NotDifferentiable<N, QG extends Readonly<Record<string, Law>>> = N extends string
  ? [Extract<QG[N]['gradient'], 'pathwise' | 'implicit'>] extends [never]
    ? `'${N}' is not differentiable in the guide, as this objective needs.`
    : never
  : never;

/** Why a guide of the sites `EG` does not fit a model of `EM`, a sentence each without its first word. */
type Misfits<EM, EG, R extends Requirements> =
  | `'${Missing<EM, EG>}' is sampled by the model but missing from the guide.`
  | `'${Extra<EM, EG>}' is sampled by the guide but is no latent site of the model.`
  | `'${ObservedInModel<EM, EG>}' is sampled by the guide but observed in the model.`
  | `'${NamesOf<EG, 'observed'> | NamesOf<Extract<EG, { readonly known: 'partly' }>, 'latent'>}' is observed in the guide: observe it in the model.`
  | `'${NamesOf<EG, 'factor'>}' is a factor in the guide: move it to the model.`
  | Reasons<
      Literals<NamesOf<EM, 'latent'>> & Literals<NamesOf<EG, 'latent'>>,
      Laws<EM>,
      Laws<EG>,
      R
    >
  | (R['gradient'] extends 'pathwise'
      ? NotDifferentiable<Literals<NamesOf<EG, 'latent'>>, Laws<EG>>
      : never);

/**
 * `T` where nothing is wrong, and otherwise what is, in sentences. The words in front make a union without an
 * alias: the compiler would print the alias instead.
 */
type Judged<Before extends string, Wrong extends string, T> = [Wrong] extends [never]
  ? T
  : `${Before} ${Wrong}`;

/** `T` where the guide fits, and otherwise the reasons, none of which is a guide. */
export type GuideFit<EM, EG, O extends Objective, T> = Judged<
  'Site',
  Misfits<EM, EG, O['meaning']['requires']>,
  T
>;

/** The objective `O` where the sites that it names are latent ones of the model, and otherwise a sentence. */
export type Naming<EM, O extends Objective> = Judged<
  'The objective names site',
  `'${Exclude<Literals<NonNullable<O['sites']>[number]>, Names<EM, 'latent'>>}', which is no latent site of the model.`,
  O
>;
