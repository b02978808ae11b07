/** Programs made from programs: fixing sites, cutting them, hiding them. */
import { SiteError, siteLabel } from '../error.js';
import { meantBy } from '../nearest.js';
import type { Tensor, TensorLike } from '../tensor.js';
import { checkPresent, givenValue } from './given.js';
import type { Instruction, SampleInstruction } from './instruction.js';
import { type Program, rewrite } from './program.js';
import type { Blocked, Conditioned, Intervened, IsComputed, NamesOf } from './site.js';

/** Values by site name. */
export type Data = Readonly<Record<string, TensorLike>>;

type LatentName<E> = NamesOf<E, 'latent'>;
type SampleName<E> = NamesOf<E, 'latent' | 'observed'>;

type LiteralOf<K> = K extends string ? (IsComputed<K> extends true ? never : K) : never;

/** The literal keys of `D` that name no latent site of `E`; none where a name of `E` is computed or hidden. */
type Unknown<E, D> = unknown extends E
  ? never
  : true extends (
        LatentName<E> extends infer N extends string ? (N extends N ? IsComputed<N> : never) : never
      )
    ? never
    : Exclude<LiteralOf<keyof D>, LatentName<E>>;

/** The names of `N` that are no sample site of `E`; none where a name of `E` is computed or hidden. */
type Unvisited<E, N extends string> = unknown extends E
  ? never
  : true extends (
        SampleName<E> extends infer M extends string ? (M extends M ? IsComputed<M> : never) : never
      )
    ? never
    : Exclude<LiteralOf<N>, SampleName<E>>;

/** Refuses names that are no sample site. */
export type Blockable<E, N extends string> = [Unvisited<E, N>] extends [never]
  ? unknown
  : UnknownSite<`there is no sample site '${Unvisited<E, N>}' in the program`>;

/** What the compiler shows for values at names that are no latent site. */
export interface UnknownSite<Reason extends string> {
  readonly 'The program has no such site': Reason;
}

/** Refuses values for names that are no latent site. */
export type KnownSites<E, D> = [Unknown<E, D>] extends [never]
  ? unknown
  : UnknownSite<`there is no latent site '${Unknown<E, D>}' in the program`>;

/** Throws where a name is that of no site; `others` are the sites that are not named. */
const refuseMissed = (
  how: string,
  names: readonly string[],
  seen: ReadonlySet<string>,
  others: ReadonlySet<string>,
): void => {
  const missed = names.filter((n) => !seen.has(n));
  const [first] = missed;
  if (first === undefined) return;
  throw new SiteError({
    site: missed.map(siteLabel).join(', '),
    expected: `a sample site for ${how}`,
    received: 'none of this name',
    cure: meantBy(first, [...others, ...seen]),
  });
};

const visitNamed = <F, E, A>(
  inner: Program<E, A>,
  how: string,
  names: readonly string[],
  replace: (i: SampleInstruction) => Instruction,
): Program<F, A> =>
  rewrite(inner, () => {
    const seen = new Set<string>();
    const others = new Set<string>();
    return {
      each: (i) => {
        if (i.op !== 'sample' || i.hidden) return i;
        if (!names.includes(i.name)) {
          others.add(i.name);
          return i;
        }
        if (i.observed !== undefined) {
          throw new SiteError({
            site: siteLabel(i.name),
            expected: `a latent site for ${how}`,
            received: 'a site that is observed already',
            cure: 'Give its value in one place only.',
          });
        }
        seen.add(i.name);
        return replace(i);
      },
      finish: () => {
        refuseMissed(how, names, seen, others);
      },
    };
  });

/** The names in `data`, each of which must have a value. */
const namesIn = (data: Data): readonly string[] => {
  for (const [name, value] of Object.entries<unknown>(data)) checkPresent(name, value);
  return Object.keys(data);
};

/** The value of `data` at a name that is known to be in it. */
const valueAt = (data: Data, name: string): Tensor => givenValue(name, data[name]);

/**
 * The program given that some of its latent sites have these values: they become observed, in the
 * type as well, and add their log probability.
 *
 * Errors: a name that is no latent site, or that has no value, throws a `SiteError`.
 *
 * @example
 * ```ts
 * const posterior = condition(sample('x', normal(0, 1)), { x: 2 });
 * score(posterior, {}).dataSync()[0]; // -2.9189386
 * ```
 */
export const condition = <E, A, const D extends Data>(
  body: Program<E, A>,
  data: D & KnownSites<E, D>,
): Program<Conditioned<E, keyof D>, A> =>
  visitNamed(body, 'condition', namesIn(data), (i) => ({
    ...i,
    observed: valueAt(data, i.name),
  }));

/**
 * The program with some latent sites forced to values, their own probability cut away (Pearl's
 * do-operator; Pearl, Causality, section 3.2).
 *
 * Errors: as `condition`.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   return yield* sample('x', normal(z, 1));
 * });
 * score(intervene(model, { z: 2 }), { values: { x: 2 } }).dataSync()[0]; // -0.9189385
 * ```
 */
export const intervene = <E, A, const D extends Data>(
  body: Program<E, A>,
  data: D & KnownSites<E, D>,
): Program<Intervened<E, keyof D>, A> =>
  visitNamed(body, 'intervene', namesIn(data), (i) => ({
    op: 'deterministic',
    name: i.name,
    value: valueAt(data, i.name),
    plates: i.plates,
  }));

/**
 * Hides sites from whoever runs the program: they are still drawn, from their prior, but neither
 * scored nor recorded, and no guide has to know them.
 *
 * Errors: a name that is no sample site does not compile, or throws a `SiteError` where the program runs.
 *
 * @example
 * ```ts
 * const model = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   return yield* sample('x', normal(z, 1));
 * });
 * Object.keys(trace(block(model, ['z']), { key: key(0) }).sites); // ['x']
 * ```
 */
export const block = <E, A, const N extends string>(
  body: Program<E, A>,
  names: readonly N[] & Blockable<E, N>,
): Program<Blocked<E, N>, A> =>
  rewrite(body, () => {
    const seen = new Set<string>();
    const others = new Set<string>();
    return {
      each: (i) => {
        if (i.op !== 'sample') return i;
        const named = names.some((n) => n === i.name);
        (named ? seen : others).add(i.name);
        return named ? { ...i, hidden: true } : i;
      },
      finish: () => refuseMissed('block', names, seen, others),
    };
  });
