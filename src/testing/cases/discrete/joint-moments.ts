/** Marginals and correlations of discrete networks, by sums over the joint values of two elements. */
import {
  type Chances,
  type DiscreteNetwork,
  elementsAt,
  networkChances,
} from './discrete-network.js';

/** The elements on the way to an element of the innermost level, from outside. */
type Way = readonly number[];

/** A latent number: a site of an element, which lies on some of the ways. */
interface LatentNumber {
  readonly level: number;
  readonly site: number;
  readonly element: number;
  readonly chances: Chances;
  readonly ways: readonly number[];
}

const wayTo = (network: DiscreteNetwork, leaf: number): Way =>
  network.map((_, l) => {
    const inside = network.slice(l + 1).reduce((n, { plate }) => n * (plate?.size ?? 1), 1);
    return Math.floor(leaf / inside);
  });

/** The latent numbers on some ways, those outside first; ways that share an element share its numbers. */
const numbersOn = (
  chances: readonly (readonly Chances[])[],
  ways: readonly Way[],
): readonly LatentNumber[] =>
  chances.flatMap((sites, level) => {
    const elements = [...new Set(ways.map((way) => way[level] ?? 0))];
    return elements.flatMap((element) =>
      sites.map((site, i) => ({
        level,
        site: i,
        element,
        chances: site,
        ways: ways.flatMap((way, w) => (way[level] === element ? [w] : [])),
      })),
    );
  });

/** Calls `visit` with every joint value of some latent numbers and its chance. */
const overOutcomes = (
  numbers: readonly LatentNumber[],
  ways: number,
  visit: (values: readonly number[], chance: number) => void,
): void => {
  const values = numbers.map(() => 0);
  const from = (k: number, rows: readonly number[], chance: number): void => {
    const number = numbers[k];
    if (number === undefined) return visit(values, chance);
    const { chances, element } = number;
    chances.at(element, rows[number.ways[0] ?? 0] ?? 0).forEach((p, value) => {
      values[k] = value;
      const next = rows.map((r, w) => (number.ways.includes(w) ? r * chances.classes + value : r));
      from(k + 1, next, chance * p);
    });
  };
  from(
    0,
    Array.from({ length: ways }, () => 0),
    1,
  );
};

/** The largest correlation between two of some numbers. */
const largestAmong = (numbers: readonly LatentNumber[], ways: number): number => {
  const means = numbers.map(() => 0);
  const products = numbers.map(() => numbers.map(() => 0));
  overOutcomes(numbers, ways, (values, chance) => {
    values.forEach((x, i) => {
      means[i] = (means[i] ?? 0) + chance * x;
      const row = products[i] ?? [];
      for (let j = 0; j <= i; j += 1) row[j] = (row[j] ?? 0) + chance * x * (values[j] ?? 0);
    });
  });
  const covariance = (i: number, j: number): number =>
    (products[i]?.[j] ?? 0) - (means[i] ?? 0) * (means[j] ?? 0);
  const variances = numbers.map((_, i) => covariance(i, i));
  return Math.max(
    0,
    ...numbers.flatMap((_, i) =>
      numbers.slice(0, i).map((__, j) => {
        const spread = Math.sqrt((variances[i] ?? 0) * (variances[j] ?? 0));
        // A number that is all but certain has no correlation that could be told from rounding.
        return spread > 1e-9 ? Math.abs(covariance(i, j)) / spread : 0;
      }),
    ),
  );
};

const leavesOf = (network: DiscreteNetwork): readonly number[] =>
  Array.from({ length: elementsAt(network, network.length - 1) }, (_, i) => i);

/** The largest correlation between two latent numbers, as class indices, in absolute value; 0 for one. */
export const largestCorrelation = (network: DiscreteNetwork): number => {
  const chances = networkChances(network);
  const leaves = leavesOf(network);
  const [first = 0] = leaves;
  const pairs = leaves.flatMap((a) => leaves.slice(a + 1).map((b) => [a, b]));
  return Math.max(
    ...(pairs.length === 0 ? [[first]] : pairs).map((pair) => {
      const ways = pair.map((leaf) => wayTo(network, leaf));
      return largestAmong(numbersOn(chances, ways), ways.length);
    }),
  );
};

/** Each latent site of each element by its own chances alone: the product of marginals. */
export const marginalNetwork = (network: DiscreteNetwork): DiscreteNetwork => {
  const chances = networkChances(network);
  const marginals = new Map<string, number[]>();
  const nameOf = (level: number, site: number, element: number): string =>
    `${level} ${site} ${element}`;
  for (const leaf of leavesOf(network)) {
    const numbers = numbersOn(chances, [wayTo(network, leaf)]);
    const found = numbers.map((n) => Array.from({ length: n.chances.classes }, () => 0));
    overOutcomes(numbers, 1, (values, chance) =>
      values.forEach((x, i) => {
        const own = found[i] ?? [];
        own[x] = (own[x] ?? 0) + chance;
      }),
    );
    numbers.forEach((n, i) => marginals.set(nameOf(n.level, n.site, n.element), found[i] ?? []));
  }
  return network.map((level, l) => ({
    ...level,
    sites: level.sites.map((site, i) => ({
      ...site,
      tables: Array.from({ length: elementsAt(network, l) }, (_, element) => [
        (marginals.get(nameOf(l, i, element)) ?? []).map((p) => Math.log(p)),
      ]),
    })),
  }));
};
