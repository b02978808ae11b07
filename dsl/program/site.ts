/**
 * The row of sites that a program visits, as types. They exist for the compiler only: no value of
 * them is ever made.
 */
import type { Gradient } from '../law/distribution.js';
import type { Support } from '../supports/support.js';
import type { Tensor } from '../tensors/tensor.js';

/** The place of a site that lies in no plate. */
export interface NoPlate {
  readonly plates: 'none';
}

/** A site whose value is unknown: its name, support, gradient and the plates it lies in. */
export interface Latent<
  N extends string = string,
  S extends Support = Support,
  G extends Gradient = Gradient,
  P = NoPlate,
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
  P = NoPlate,
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

/** Whether a name is computed (`string`, or a template with a hole) rather than a literal. */
export type IsComputed<N extends string> = Record<never, never> extends Record<N, 1> ? true : false;

/** The row with every latent site of it put inside the plate `P`. */
export type InPlate<E, P extends string> =
  E extends Partly<infer N, infer S, infer G, infer Q>
    ? Partly<N, S, G, P | Exclude<Q, NoPlate>>
    : E extends Latent<infer N, infer S, infer G, infer Q>
      ? Latent<N, S, G, P | Exclude<Q, NoPlate>>
      : E;

/** Names under a scope; what is none stays as it is. */
type Under<S extends string, N> = N extends string ? `${S}/${N}` : N;

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
export type Literals<K> = K extends string ? (IsComputed<K> extends true ? never : K) : never;

/**
 * `R` where a literal of `K` names the site. One that a computed name of `K` may turn out to be
 * loses its name, for the compiler cannot know whether it is still latent.
 */
type Replaced<N extends string, S extends Support, G extends Gradient, P, K, R> =
  N extends Literals<K> ? R : Latent<N extends K ? string : N, S, G, P>;

/** A site given `V`: observed, or partly so where that has a `where`, which a tensor has as a method. */
type Given<V, N extends string, S extends Support, G extends Gradient, P> = V extends Tensor
  ? Observed<N>
  : V extends { readonly where: unknown }
    ? Partly<N, S, G, P>
    : Observed<N>;

/** The row with the latent sites named in the data `D` observed, or partly so. */
export type Conditioned<E, D> = E extends { readonly known: 'partly' }
  ? E
  : E extends Latent<infer N, infer S, infer G, infer P>
    ? Replaced<N, S, G, P, keyof D, N extends keyof D ? Given<D[N], N, S, G, P> : Observed<N>>
    : E;

/** The row with the sites named in `K` turned into given values that carry no probability. */
export type Intervened<E, K> = E extends { readonly known: 'partly' }
  ? E
  : E extends Latent<infer N, infer S, infer G, infer P>
    ? Replaced<N, S, G, P, K, Deterministic<N>>
    : E;

/** The row without the latent and observed sites named in `K`. */
export type Blocked<E, K> = E extends { readonly known: 'partly'; readonly name: infer N }
  ? N extends Literals<K>
    ? never
    : E
  : E extends Latent<infer N, infer S, infer G, infer P>
    ? Replaced<N, S, G, P, K, never>
    : E extends Observed<infer N>
      ? N extends K
        ? never
        : E
      : E;

/** The names of the sites of some kinds. */
export type NamesOf<E, Kind> = E extends {
  readonly kind: Kind;
  readonly name: infer N extends string;
}
  ? N
  : never;

/** The same as what comes of a run is listed by: any name where the row is not known. */
export type Names<E, Kind = string> = unknown extends E ? string : NamesOf<E, Kind>;
