/**
 * Does a guide fit its model under an objective? Here for the compiler: `Fit` is `unknown` where it
 * does, and otherwise a type that no guide has, whose text names the site and the reason.
 *
 * Where a name is computed, or a bound is not a literal, nothing is said: `misfit.ts` asks the same
 * when the program is first run.
 */
import type { IsWithin } from '../../../dsl/index.js';
import type { IsComputed, Latent, NamesOf } from '../../../dsl/program/site.js';
import type { Gradient, Support } from '../../../dsl/index.js';
import type { Requirements } from '../meaning.js';
import type { Objective } from '../objective.js';

/** What the compiler shows for a guide that does not fit. */
export interface GuideMisfit<Reason extends string> {
  readonly 'The guide does not fit the model': Reason;
}

type LatentNames<E> = NamesOf<E, 'latent'> & string;

/** The names that are literals. */
type Literal<N extends string> = N extends N ? (IsComputed<N> extends true ? never : N) : never;

type At<E, N> =
  E extends Latent<infer M, Support, Gradient, string> ? (M extends N ? E : never) : never;

type SupportOf<E> = E extends { readonly kind: 'latent'; readonly support: infer S } ? S : never;
type GradientOf<E> = E extends { readonly kind: 'latent'; readonly gradient: infer G } ? G : never;
type PlatesOf<E> = E extends { readonly kind: 'latent'; readonly plates: infer P } ? P : never;

/** A site that is latent in one branch of a program may have a given value in another. */
type Given<E> = Literal<NamesOf<E, 'observed' | 'deterministic'> & string>;

/** A literal that a computed name of the guide may turn out to be is excluded, so nothing is said. */
type Missing<EM, EG> = unknown extends EG
  ? never
  : Exclude<Literal<LatentNames<EM>>, LatentNames<EG> | Given<EM>>;

type Extra<EM, EG> = unknown extends EM
  ? never
  : Exclude<Literal<LatentNames<EG>>, LatentNames<EM> | NamesOf<EM, 'observed'>>;

type ObservedInModel<EM, EG> =
  Literal<LatentNames<EG>> extends infer N extends string
    ? N extends Literal<NamesOf<EM, 'observed'> & string>
      ? N extends LatentNames<EM>
        ? never
        : N
      : never
    : never;

type Shared<EM, EG> = Literal<LatentNames<EM>> & Literal<LatentNames<EG>>;

/** Whether the guide's support obeys the objective; `boolean` where its rule is not one literal. */
type Obeys<Guide, Model, Rule> = [Rule] extends ['within']
  ? IsWithin<Guide, Model>
  : [Rule] extends ['covers']
    ? IsWithin<Model, Guide>
    : boolean;

type NotContained<EM, EG, R extends Requirements> =
  Shared<EM, EG> extends infer N extends string
    ? N extends N
      ? Obeys<SupportOf<At<EG, N>>, SupportOf<At<EM, N>>, R['support']> extends false
        ? N
        : never
      : never
    : never;

type NotDifferentiable<EG, R extends Requirements> = R['gradient'] extends 'pathwise'
  ? Literal<LatentNames<EG>> extends infer N extends string
    ? N extends N
      ? [Extract<GradientOf<At<EG, N>>, 'pathwise' | 'implicit'>] extends [never]
        ? N
        : never
      : never
    : never
  : never;

type ComputedPlates<P> = [P] extends [never] ? false : P extends string ? IsComputed<P> : false;

type OtherPlates<EM, EG> =
  Shared<EM, EG> extends infer N extends string
    ? N extends N
      ? true extends ComputedPlates<PlatesOf<At<EM, N>>> | ComputedPlates<PlatesOf<At<EG, N>>>
        ? never
        : [PlatesOf<At<EM, N>>] extends [PlatesOf<At<EG, N>>]
          ? [PlatesOf<At<EG, N>>] extends [PlatesOf<At<EM, N>>]
            ? never
            : N
          : N
      : never
    : never;

type Kinds<S> = S extends {
  readonly kind: 'arrayOf';
  readonly base: { readonly kind: infer K extends string };
}
  ? `array over ${K}`
  : S extends { readonly kind: infer K extends string }
    ? K
    : 'unknown';

type SupportReason<EM, EG, N> =
  `its support in the guide, ${Kinds<SupportOf<At<EG, N>>>}, is not contained in the model's, ${Kinds<SupportOf<At<EM, N>>>}`;

type CoverReason<EM, EG, N> =
  `its support in the guide, ${Kinds<SupportOf<At<EG, N>>>}, does not cover the model's, ${Kinds<SupportOf<At<EM, N>>>}, as this objective needs`;

/** The plates of one side that the other has not, or that it has none. */
type Where<Own, Other> = [Own] extends [never]
  ? 'in no plate'
  : [Exclude<Own, Other>] extends [never]
    ? 'not'
    : `in plate '${Exclude<Own, Other> & string}'`;

/** Said of the side that has more plates first, so that it reads as one sentence. */
type PlatesDiffer<PM, PG> = [Exclude<PM, PG>] extends [never]
  ? `it lies ${Where<PG, PM>} in the guide but ${Where<PM, PG>} in the model`
  : `it lies ${Where<PM, PG>} in the model but ${Where<PG, PM>} in the guide`;

type PlateReason<EM, EG, N> = PlatesDiffer<PlatesOf<At<EM, N>>, PlatesOf<At<EG, N>>>;

/** Every reason, without the word in front of the site. */
type ReasonFor<EM, EG, R extends Requirements> =
  | (Missing<EM, EG> extends infer N extends string
      ? N extends N
        ? `'${N}': sampled by the model but missing from the guide`
        : never
      : never)
  | (Extra<EM, EG> extends infer N extends string
      ? N extends N
        ? `'${N}': sampled by the guide but no latent site of the model`
        : never
      : never)
  | (ObservedInModel<EM, EG> extends infer N extends string
      ? N extends N
        ? `'${N}': sampled by the guide but observed in the model`
        : never
      : never)
  | (
      | NamesOf<EG, 'observed'>
      | NamesOf<Extract<EG, { readonly known: 'partly' }>, 'latent'> extends infer N extends string
      ? N extends N
        ? `'${N}': observed in the guide; observe it in the model`
        : never
      : never)
  | (NamesOf<EG, 'factor'> extends infer N extends string
      ? N extends N
        ? `'${N}': a factor in the guide; move it to the model`
        : never
      : never)
  | (NotContained<EM, EG, R> extends infer N extends string
      ? N extends N
        ? R['support'] extends 'within'
          ? `'${N}': ${SupportReason<EM, EG, N>}`
          : `'${N}': ${CoverReason<EM, EG, N>}`
        : never
      : never)
  | (NotDifferentiable<EG, R> extends infer N extends string
      ? N extends N
        ? `'${N}': not differentiable in the guide, as this objective needs`
        : never
      : never)
  | (OtherPlates<EM, EG> extends infer N extends string
      ? N extends N
        ? `'${N}': ${PlateReason<EM, EG, N>}`
        : never
      : never);

/**
 * `unknown` where the guide fits, and otherwise a `GuideMisfit` that no guide is. Putting the word
 * in front here makes a union without an alias: the compiler would print the alias instead.
 */
export type Fit<EM, EG, O extends Objective> =
  ReasonFor<EM, EG, O['meaning']['requires']> extends infer R extends string
    ? [R] extends [never]
      ? unknown
      : GuideMisfit<`site ${R}`>
    : never;
