/** That what is batched is what a loop over draws gives, whichever inputs differ between draws. */
import type { Graph } from '../../../src/graph/graph.js';
import { expectClose } from './compare.js';
import { drawOf } from './derivative-law.js';
import { type Evaluate, type Numbers, byBackend, inDouble } from './evaluate.js';
import { batched, withGradients } from './graphs.js';
import { DRAWS, type Use } from './use.js';

/** The subsets of some names but for the empty one. */
const subsets = (names: readonly string[]): readonly ReadonlySet<string>[] =>
  Array.from(
    { length: 2 ** names.length - 1 },
    (_, i) => new Set(names.filter((__, k) => ((i + 1) >> k) % 2 === 1)),
  );

/** The numbers of a batched graph's inputs: of all draws one after another, or of the first. */
export const allDraws = ({ inputs }: Use, chosen: ReadonlySet<string>): Numbers =>
  Object.fromEntries(
    Object.entries(inputs).map(([name, { draws }]) => [
      name,
      chosen.has(name) ? draws.flat() : (draws[0] ?? []),
    ]),
  );

/** A graph's numbers in double precision where they can be had, and how well they then agree with others. */
const evaluated = (graph: Graph): readonly [Evaluate, number] => {
  const doubles = inDouble(graph, 'loops');
  return doubles === undefined ? [byBackend('cpu', graph), 1e-5] : [doubles, 1e-9];
};

/** A use and its gradients, for every subset of its inputs. */
export const checkBatching = (use: Use): void => {
  const [one, closeness] = evaluated(withGradients(use));
  for (const chosen of subsets(Object.keys(use.inputs))) {
    const [all, close] = evaluated(batched(use, chosen));
    const first = drawOf(use, 0);
    const runs = Array.from({ length: DRAWS }, (_, k) => {
      const here = drawOf(use, k);
      return one({ ...first, ...Object.fromEntries([...chosen].map((n) => [n, here[n] ?? []])) });
    });
    const found = all(allDraws(use, chosen));
    const expected = Object.fromEntries(
      Object.keys(found).map((name) => [name, runs.flatMap((run) => run[name] ?? [])]),
    );
    expectClose(
      found,
      expected,
      Math.max(closeness, close),
      `batched over ${[...chosen].join(', ')}`,
    );
  }
};
