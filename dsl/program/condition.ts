/** Programs made from programs: fixing sites, cutting them, hiding them. */
import { SiteError, siteLabel } from '../refusals/error.js';
import { anything, checkOptions, required } from '../refusals/options.js';
import { refuseUnknown } from '../refusals/unknown-names.js';
import type { Tensor, TensorLike } from '../tensors/tensor.js';
import { checkPresent, givenValue } from './given.js';
import type { Instruction, SampleInstruction } from './instruction.js';
import { type Program, rewrite } from './program.js';
import type { Entries, Named } from './named.js';
import type { Blocked, Conditioned, Intervened, Names } from './site.js';

/** Values by site name. */
export type Data = Readonly<Record<string, TensorLike>>;

/** What is known of a site: its value at the plate elements where `where` is 1; elsewhere it may be anything. */
export interface PartlyKnown {
  readonly value: TensorLike;
  readonly where: TensorLike;
}

/** What sites are given, by name: values, or values that are known at some elements. */
export type Given = Readonly<Record<string, TensorLike | PartlyKnown>>;

/** A name that may be that of a latent site. */
export type LatentName<E, N> = Named<N, Names<E, 'latent'>, 'latent site'>;

/** Values by names that may be those of latent sites. */
export type ForLatents<E, D> = Entries<D, Names<E, 'latent'>, 'latent site'>;

/** The same where a site that is partly known has its value already. */
type ForOpen<E, D> = ForLatents<Exclude<E, { readonly known: 'partly' }>, D>;

const visitNamed = <F, E, A>(
  inner: Program<E, A>,
  how: string,
  names: readonly string[],
  replace: (i: SampleInstruction) => Instruction,
): Program<F, A> =>
  rewrite(inner, () => {
    const visited = new Set<string>();
    return {
      each: (i) => {
        if (i.op !== 'sample' || i.hidden) return i;
        visited.add(i.name);
        if (!names.includes(i.name)) return i;
        if (i.observed !== undefined || i.known !== undefined) {
          throw new SiteError({
            site: siteLabel(i.name),
            expected: `a latent site for ${how}`,
            received: i.known
              ? 'a site that is partly observed'
              : 'a site that is observed already',
            cure: 'Give its value in one place only.',
          });
        }
        return replace(i);
      },
      finish: () => refuseUnknown(names, [...visited], `a sample site for ${how}`),
    };
  });

/** The names in `data`, each of which must have a value. */
const namesIn = (data: Given): readonly string[] => {
  for (const [name, value] of Object.entries<unknown>(data)) checkPresent(name, value);
  return Object.keys(data);
};

/** The value of `data` at a name that is known to be in it. */
const valueAt = (data: Data, name: string): Tensor => givenValue(name, data[name]);

/** Whether a value is one that is known in part; a tensor has a method of this name. */
const isPartly = (given: TensorLike | PartlyKnown): given is PartlyKnown =>
  typeof given === 'object' && 'where' in given && typeof given.where !== 'function';

/** A site that is given a value, or one that is known at some elements. */
const observedBy = (
  i: SampleInstruction,
  given: TensorLike | PartlyKnown | undefined,
): SampleInstruction => {
  if (given === undefined || !isPartly(given)) return { ...i, observed: givenValue(i.name, given) };
  checkOptions(`condition: ${siteLabel(i.name)}`, given, {
    value: required(anything),
    where: required(anything),
  });
  return {
    ...i,
    known: { value: givenValue(i.name, given.value), where: givenValue(i.name, given.where) },
  };
};

/**
 * The program given that some of its latent sites have these values: they become observed, in the
 * type as well, and add their log probability.
 *
 * `{ value, where }` observes a site at the elements of its plates where `where` is 1. It stays latent where that
 * is 0: a guide draws it there, or sums over it, and what stands in `value` may be anything, NaN as well. Where it
 * is known the value takes the place of each draw, in the model and in the guide; log q has no term there, and
 * log p(value) counts as a likelihood.
 *
 * - Shapes: `where` broadcasts to the plates, `[...plates]`; an event is known whole or not at all.
 * - Errors: a name that is no latent site, or that has no value, throws a `SiteError`; so do, wherever values can
 *   be read, a `where` of other numbers than 0 and 1, and a known value that no draw could be.
 *
 * @example
 * ```ts
 * const posterior = condition(sample('x', normal(0, 1)), { x: 2 });
 * logDensity(posterior, {}).dataSync()[0]; // -2.9189386
 * const labels = plate('rows', 3, sample('y', bernoulli({ probs: 0.25 })));
 * const some = condition(labels, { y: { value: [1, 0, 0], where: [1, 1, 0] } });
 * enumerate(some).marginals.y.arraySync(); // [[0, 1, 0.75], [1, 0, 0.25]]
 * ```
 */
export function condition<E, A, const D extends Given>(
  body: Program<E, A>,
  data: ForOpen<E, D>,
): Program<Conditioned<E, D>, A>;
export function condition<A>(body: Program<unknown, A>, data: Given): Program<unknown, A> {
  return visitNamed(body, 'condition', namesIn(data), (i) => observedBy(i, data[i.name]));
}

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
 * logDensity(intervene(model, { z: 2 }), { values: { x: 2 } }).dataSync()[0]; // -0.9189385
 * ```
 */
export function intervene<E, A, const D extends Data>(
  body: Program<E, A>,
  data: ForOpen<E, D>,
): Program<Intervened<E, keyof D>, A>;
export function intervene<A>(body: Program<unknown, A>, data: Data): Program<unknown, A> {
  return visitNamed(body, 'intervene', namesIn(data), (i) => ({
    op: 'deterministic',
    name: i.name,
    value: valueAt(data, i.name),
    plates: i.plates,
  }));
}

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
  names: readonly Named<N, Names<E, 'latent' | 'observed'>, 'sample site'>[],
): Program<Blocked<E, N>, A> =>
  rewrite(body, () => {
    const visited = new Set<string>();
    return {
      each: (i) => {
        if (i.op !== 'sample') return i;
        visited.add(i.name);
        return names.some((n) => n === i.name) ? { ...i, hidden: true } : i;
      },
      finish: () => refuseUnknown(names, [...visited], 'a sample site for block'),
    };
  });
