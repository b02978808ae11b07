/** Exact inference in discrete networks: sums over joint values in double precision. */
import {
  type Chances,
  type DiscreteNetwork,
  type Level,
  elementsAt,
  jointValues,
  networkChances,
  siteChances,
  sitesBefore,
} from './discrete-network.js';
import { sum } from '../../statistics/numbers.js';

const range = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

/** The elements of the next level that lie in an element of this one. */
const children = (network: DiscreteNetwork, level: number, element: number): readonly number[] => {
  const size = network[level + 1]?.plate?.size ?? 0;
  return range(size).map((i) => element * size + i);
};

/** Σ over joint values of `sites` that begin with `row`, of their chances times `then`. */
const sumOut = (
  sites: readonly Chances[],
  element: number,
  row: number,
  then: (row: number) => number,
): number => {
  const [first, ...rest] = sites;
  if (first === undefined) return then(row);
  return sum(
    first
      .at(element, row)
      .map((p, value) => p * sumOut(rest, element, row * first.classes + value, then)),
  );
};

/** exp of what a level adds by itself to the log joint, at a joint value of all sites on the way. */
const ownOf = ({ observation, factor }: Level): ((element: number, row: number) => number) => {
  const chances = observation && siteChances(observation);
  return (element, row) => {
    const seen =
      observation === undefined || observation.kept?.[element] === false
        ? 1
        : chances?.at(element, row)[observation.values[element] ?? 0];
    return (seen ?? Number.NaN) * Math.exp(factor?.table[row] ?? 0);
  };
};

/** What is known of a network given its observations. */
export interface DiscretePosterior {
  /** log p(observed), nats. */
  readonly logEvidence: number;
  /** The latent sites alone, in the same order and plates, with a table for each element. */
  readonly posterior: DiscreteNetwork;
}

/**
 * Posterior and log evidence: from the innermost level out, p(all inside an element | what is on the way
 * there); then each site given those before it, in proportion to what it leads to.
 */
export const discretePosterior = (network: DiscreteNetwork): DiscretePosterior => {
  const chances = networkChances(network);
  // What an element of a level leads to, at each joint value of the sites on the way.
  const inward = network.reduceRight<readonly (readonly (readonly number[])[])[]>(
    (inner, level, l) => {
      const [below] = inner;
      const own = ownOf(level);
      const rows = range(jointValues(sitesBefore(network, l + 1)));
      const here = range(elementsAt(network, l)).map((element) =>
        rows.map((row) => {
          const inside = children(network, l, element).map((child) =>
            sumOut(chances[l + 1] ?? [], child, row, (r) => below?.[child]?.[r] ?? Number.NaN),
          );
          return own(element, row) * product(inside);
        }),
      );
      return [here, ...inner];
    },
    [],
  );
  const posterior = network.map((level, l): Level => {
    const before = jointValues(sitesBefore(network, l));
    const own = chances[l] ?? [];
    const tables = own.map(({ classes, at }, i) => {
      const rows = range(before * jointValues(level.sites.slice(0, i)));
      return range(elementsAt(network, l)).map((element) =>
        rows.map((row) => {
          const leadsTo = (r: number): number => inward[l]?.[element]?.[r] ?? Number.NaN;
          const weights = at(element, row).map(
            (p, value) => p * sumOut(own.slice(i + 1), element, row * classes + value, leadsTo),
          );
          return weights.map((w) => Math.log(w / sum(weights)));
        }),
      );
    });
    return {
      ...(level.plate && { plate: level.plate }),
      sites: level.sites.map(({ name, classes }, i) => ({
        name,
        classes,
        tables: tables[i] ?? [],
      })),
    };
  });
  const evidence = sumOut(chances[0] ?? [], 0, 0, (r) => inward[0]?.[0]?.[r] ?? Number.NaN);
  return { logEvidence: Math.log(evidence), posterior };
};

/** KL(q ‖ p), nats, of two networks of latent sites in the same order and plates. */
export const discreteKl = (q: DiscreteNetwork, p: DiscreteNetwork): number => {
  const [mine, others] = [networkChances(q), networkChances(p)];
  const below = (l: number, element: number, row: number): number =>
    sum(children(q, l, element).map((child) => over(l + 1, child, 0, row)));
  const over = (l: number, element: number, i: number, row: number): number => {
    const [here, there] = [mine[l]?.[i], others[l]?.[i]];
    if (here === undefined || there === undefined) return below(l, element, row);
    const chances = there.at(element, row);
    return sum(
      here.at(element, row).map((chance, value) => {
        if (chance === 0) return 0;
        const ratio = Math.log(chance / (chances[value] ?? Number.NaN));
        return chance * (ratio + over(l, element, i + 1, row * here.classes + value));
      }),
    );
  };
  return over(0, 0, 0, 0);
};
