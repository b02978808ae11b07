/**
 * The row of sites that a program visits, as types. They exist for the compiler only: no value of
 * them is ever made.
 */
import type { Gradient } from '../distribution.js';
import type { Support } from '../support.js';
import type { Tensor } from '../tensors/tensor.js';

/** A site whose value is unknown: its name, support, gradient and the plates it lies in. */
export interface Latent<
  N extends string = string,
  S extends Support = Support,
  G extends Gradient = Gradient,
  P extends string = never,
> {
  readonly kind: 'latent';
  readonly name: N;
  readonly support: S;
  readonly gradient: G;
  readonly plates: P;
}

/** A latent site whose value is given at some elements of its plates. */
export interface Partly<
  N extends string = string,
  S extends Support = Support,
  G extends Gradient = Gradient,
  P extends string = never,
> extends Latent<N, S, G, P> {
  readonly known: 'partly';
}

/** A site whose value is given. */
export interface Observed<N extends string = string> {
  readonly kind: 'observed';
  readonly name: N;
}

/** A learned parameter. */
export interface Param<N extends string = string> {
  readonly kind: 'param';
  readonly name: N;
}

/** A named value that is a function of other sites. */
export interface Deterministic<N extends string = string> {
  readonly kind: 'deterministic';
  readonly name: N;
}

/** A term added to the log joint. */
export interface Factor<N extends string = string> {
  readonly kind: 'factor';
  readonly name: N;
}

export type Site =
  Latent<string, Support, Gradient, string> | Observed | Param | Deterministic | Factor;

/** Whether a name is computed (`string`, or a template with a hole) rather than a literal. */
export type IsComputed<N extends string> = Record<never, never> extends Record<N, 1> ? true : false;

/** The row with every latent site of it put inside the plate `P`. */
export type InPlate<E, P extends string> =
  E extends Partly<infer N, infer S, infer G, infer Q>
    ? Partly<N, S, G, P | Q>
    : E extends Latent<infer N, infer S, infer G, infer Q>
      ? Latent<N, S, G, P | Q>
      : E;

/** The names under a scope: that of nothing is nothing. */
type Under<S extends string, N extends string> = N extends N ? `${S}/${N}` : never;

/** The row with its names, but for those of parameters, put under the scope `S`. */
export type Scoped<E, S extends string> =
  E extends Partly<infer N, infer U, infer G, infer P>
    ? Partly<Under<S, N>, U, G, Under<S, P>>
    : E extends Latent<infer N, infer U, infer G, infer P>
      ? Latent<Under<S, N>, U, G, Under<S, P>>
      : E extends Observed<infer N>
        ? Observed<Under<S, N>>
        : E extends Deterministic<infer N>
          ? Deterministic<Under<S, N>>
          : E extends Factor<infer N>
            ? Factor<Under<S, N>>
            : E;

/** The names of `K` that are literals. */
type LiteralsOf<K> = K extends string ? (IsComputed<K> extends true ? never : K) : never;

/**
 * `R` where a literal of `K` names the site. One that a computed name of `K` may turn out to be
 * loses its name, for the compiler cannot know whether it is still latent.
 */
type Replaced<N extends string, S extends Support, G extends Gradient, P extends string, K, R> =
  N extends LiteralsOf<K> ? R : Latent<N extends K ? string : N, S, G, P>;

/** A site given `V`: observed, or partly so where that has a `where`, which a tensor has as a method. */
type Given<
  V,
  N extends string,
  S extends Support,
  G extends Gradient,
  P extends string,
> = V extends Tensor
  ? Observed<N>
  : V extends { readonly where: unknown }
    ? Partly<N, S, G, P>
    : Observed<N>;

/** The row with the latent sites named in the data `D` observed, or partly so. */
export type Conditioned<E, D> =
  E extends Partly<string, Support, Gradient, string>
    ? E
    : E extends Latent<infer N, infer S, infer G, infer P>
      ? Replaced<N, S, G, P, keyof D, N extends keyof D ? Given<D[N], N, S, G, P> : Observed<N>>
      : E;

/** The row with the sites named in `K` turned into given values that carry no probability. */
export type Intervened<E, K> =
  E extends Partly<string, Support, Gradient, string>
    ? E
    : E extends Latent<infer N, infer S, infer G, infer P>
      ? Replaced<N, S, G, P, K, Deterministic<N>>
      : E;

/** The row without the latent and observed sites named in `K`. */
export type Blocked<E, K> =
  E extends Partly<infer N, Support, Gradient, string>
    ? N extends LiteralsOf<K>
      ? never
      : E
    : E extends Latent<infer N, infer S, infer G, infer P>
      ? Replaced<N, S, G, P, K, never>
      : E extends Observed<infer N>
        ? N extends K
          ? never
          : E
        : E;

/** The latent sites of a row. */
export type Latents<E> = Extract<E, { readonly kind: 'latent' }>;

/** The names of the sites of one kind. */
export type NamesOf<E, Kind> = E extends { readonly kind: Kind; readonly name: infer N }
  ? N
  : never;
