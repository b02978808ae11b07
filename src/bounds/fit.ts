/**
 * Does a guide fit its model under an objective? Here for the compiler: `Fit` is `unknown` where it
 * does, and otherwise a type that no guide has, whose text names the site and the reason.
 *
 * Where a name is computed, or a bound is not a literal, nothing is said: `misfit.ts` asks the same
 * when the program is first run.
 */
import type { IsWithin } from '../../dsl/index.js';
import type { IsComputed, Latent, NamesOf } from '../../dsl/program/site.js';
import type { Gradient, Support } from '../../dsl/index.js';
import type { Objective, Requirements } from './objective.js';

/** What the compiler shows for a guide that does not fit. */
export interface GuideMisfit<Reason extends string> {
  readonly 'The guide does not fit the model': Reason;
}

type LatentNames<E> = NamesOf<E, 'latent'> & string;

/** Whether some latent name of the row is computed. */
type HasComputed<E> = true extends (
  LatentNames<E> extends infer N extends string ? (N extends N ? IsComputed<N> : never) : never
)
  ? true
  : false;

/** The names that are literals. */
type Literal<N extends string> = N extends N ? (IsComputed<N> extends true ? never : N) : never;

type At<E, N> =
  E extends Latent<infer M, Support, Gradient, string> ? (M extends N ? E : never) : never;

type SupportOf<E> = E extends { readonly kind: 'latent'; readonly support: infer S } ? S : never;
type GradientOf<E> = E extends { readonly kind: 'latent'; readonly gradient: infer G } ? G : never;
type PlatesOf<E> = E extends { readonly kind: 'latent'; readonly plates: infer P } ? P : never;

type Missing<EM, EG> =
  HasComputed<EG> extends true ? never : Exclude<Literal<LatentNames<EM>>, LatentNames<EG>>;

type Extra<EM, EG> =
  HasComputed<EM> extends true
    ? never
    : Exclude<Literal<LatentNames<EG>>, LatentNames<EM> | (NamesOf<EM, 'observed'> & string)>;

type ObservedInModel<EM, EG> =
  Literal<LatentNames<EG>> extends infer N extends string
    ? N extends Literal<NamesOf<EM, 'observed'> & string>
      ? N extends LatentNames<EM>
        ? never
        : N
      : never
    : never;

type Shared<EM, EG> = Literal<LatentNames<EM>> & Literal<LatentNames<EG>>;

type NotContained<EM, EG, R extends Requirements> =
  Shared<EM, EG> extends infer N extends string
    ? N extends N
      ? (
          R['support'] extends 'within'
            ? IsWithin<SupportOf<At<EG, N>>, SupportOf<At<EM, N>>>
            : IsWithin<SupportOf<At<EM, N>>, SupportOf<At<EG, N>>>
        ) extends false
        ? N
        : never
      : never
    : never;

type NotDifferentiable<EG, R extends Requirements> = R['gradient'] extends 'pathwise'
  ? Literal<LatentNames<EG>> extends infer N extends string
    ? N extends N
      ? GradientOf<At<EG, N>> extends 'pathwise' | 'implicit'
        ? never
        : N
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

type PlateNames<P> = [P] extends [never] ? 'no plate' : `plate '${P & string}'`;

type PlateReason<EM, EG, N> =
  `it lies in ${PlateNames<PlatesOf<At<EM, N>>>} in the model but in ${PlateNames<PlatesOf<At<EG, N>>>} in the guide`;

type ReasonFor<EM, EG, R extends Requirements> =
  | (Missing<EM, EG> extends infer N extends string
      ? N extends N
        ? `site '${N}': sampled by the model but missing from the guide`
        : never
      : never)
  | (Extra<EM, EG> extends infer N extends string
      ? N extends N
        ? `site '${N}': sampled by the guide but no latent site of the model`
        : never
      : never)
  | (ObservedInModel<EM, EG> extends infer N extends string
      ? N extends N
        ? `site '${N}': sampled by the guide but observed in the model`
        : never
      : never)
  | (NamesOf<EG, 'observed'> extends infer N extends string
      ? N extends N
        ? `site '${N}': observed in the guide; observe it in the model`
        : never
      : never)
  | (NamesOf<EG, 'factor'> extends infer N extends string
      ? N extends N
        ? `site '${N}': a factor in the guide; move it to the model`
        : never
      : never)
  | (NotContained<EM, EG, R> extends infer N extends string
      ? N extends N
        ? R['support'] extends 'within'
          ? `site '${N}': ${SupportReason<EM, EG, N>}`
          : `site '${N}': ${CoverReason<EM, EG, N>}`
        : never
      : never)
  | (NotDifferentiable<EG, R> extends infer N extends string
      ? N extends N
        ? `site '${N}': not differentiable in the guide, as this objective needs`
        : never
      : never)
  | (OtherPlates<EM, EG> extends infer N extends string
      ? N extends N
        ? `site '${N}': ${PlateReason<EM, EG, N>}`
        : never
      : never);

/** `unknown` where the guide fits, and otherwise a `GuideMisfit` that no guide is. */
export type Fit<EM, EG, O extends Objective> = [ReasonFor<EM, EG, O['requires']>] extends [never]
  ? unknown
  : GuideMisfit<ReasonFor<EM, EG, O['requires']>>;
