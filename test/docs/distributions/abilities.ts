/** What laws can do, read off laws: closed forms, gradients, divergences, and what they are made from. */
import type { Distribution } from 'marginalia';
import { klDivergence } from 'marginalia/distributions';
import type { Exhibit } from './exhibits.js';

/** Whether all laws of a family can do something, or some. */
export type Share = 'all' | 'some' | 'none';

/** Each column of the table, and whether a law has it. */
export const abilities = {
  mean: ({ mean }) => mean !== undefined,
  variance: ({ variance }) => variance !== undefined,
  entropy: ({ entropy }) => entropy !== undefined,
  cdf: ({ cdf }) => cdf !== undefined,
  icdf: ({ icdf }) => icdf !== undefined,
  tails: ({ logCdf, logSurvival }) => logCdf !== undefined && logSurvival !== undefined,
  listed: ({ sampler }) => sampler.enumeration !== undefined,
  relaxed: ({ sampler }) => sampler.relaxation !== undefined,
  'weak derivative': ({ sampler }) => sampler.weakDerivative !== undefined,
} as const satisfies Readonly<Record<string, (d: Distribution) => boolean>>;

/** How many of some laws have an ability. */
export const shareOf = (
  laws: readonly Distribution[],
  has: (d: Distribution) => boolean,
): Share => {
  const count = laws.filter(has).length;
  return count === 0 ? 'none' : count === laws.length ? 'all' : 'some';
};

const different = (words: readonly string[]): readonly string[] => [...new Set(words)];

/** How gradients pass from draws. */
export const gradientsOf = (laws: readonly Distribution[]): string =>
  different(laws.map(({ sampler }) => sampler.gradient)).join(' or ');

/** A support without its bounds, which differ from law to law. */
const withoutBounds = (name: string): string =>
  name.replace(/\(.*\)$/, '(…)').replaceAll(/\b\d+(?:\.\d+)?\b/g, '…');

/** Where values lie, by the names of the supports; where these differ in numbers alone, without them. */
export const supportOf = (laws: readonly Distribution[]): string => {
  const kinds = different(laws.map(({ support }) => support.kind));
  const names = kinds.map((kind) => {
    const own = different(
      laws.filter(({ support }) => support.kind === kind).map(({ support }) => support.name),
    );
    const [first = '', ...others] = own;
    const isOne = others.length === 0 && !first.includes('?');
    // The whole numbers 0 and 1 have a name of their own.
    const named = own.find((name) => name.includes('(')) ?? first;
    return isOne ? first : withoutBounds(named);
  });
  return different(names).join(' or ');
};

/** What laws are made from and must be, by name. */
export const argumentsIn = (laws: readonly Distribution[]): ReadonlyMap<string, string> => {
  const found = new Map<string, string>();
  for (const { name, domain } of laws.flatMap((d) => d.arguments ?? [])) {
    if (!found.has(name)) found.set(name, domain.words);
  }
  return found;
};

/** Whether two laws have a divergence in closed form. */
const haveDivergence = (q: Distribution, p: Distribution): boolean =>
  klDivergence(q, p) !== undefined;

/** So many laws of each family are asked for their divergences. */
const ASKED = 8;

const asked = ({ laws }: Exhibit): readonly Distribution[] => laws.slice(0, ASKED);

/** By the name of each family, the families that it has a divergence to in closed form, for some laws of both. */
export const divergences = (exhibits: readonly Exhibit[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    exhibits.map((q) => [
      q.name,
      exhibits
        .filter((p) => asked(q).some((one) => asked(p).some((other) => haveDivergence(one, other))))
        .map(({ name }) => name),
    ]),
  );
