/** That every executor, and every backend of TensorFlow.js, gives the same numbers. */
import type { Graph } from '../../../src/graph/graph.js';
import { optimise } from '../../../src/compile/passes/optimise.js';
import { allDraws } from './batching-law.js';
import { expectClose } from './compare.js';
import { drawOf } from './derivative-law.js';
import {
  type Numbers,
  byBackend,
  byExecutor,
  executorNames,
  hasKernels,
  inDouble,
} from './evaluate.js';
import { batched, withGradients } from './graphs.js';
import type { Use } from './use.js';

/** What runs a graph. */
export const ways = [...executorNames, 'cpu', 'wasm'] as const;

export type Way = (typeof ways)[number];

const runBy = async (way: Way, graph: Graph, inputs: Numbers): Promise<Numbers | undefined> => {
  if (way !== 'cpu' && way !== 'wasm') return byExecutor(way, graph, inputs);
  return hasKernels(way, graph) ? byBackend(way, graph)(inputs) : undefined;
};

/** A graph by these; gives those that ran it. */
export const checkGraph = async (
  graph: Graph,
  inputs: Numbers,
  by: readonly Way[],
  tolerance: number,
  what: string,
): Promise<ReadonlySet<Way>> => {
  const ran = new Set<Way>();
  const expected = (inDouble(graph) ?? byBackend('cpu', graph))(inputs);
  // As it is used: kernels are merged, folded and rewritten.
  const optimised = optimise(graph);
  for (const way of by) {
    const found = await runBy(way, optimised, inputs);
    if (found === undefined) continue;
    ran.add(way);
    expectClose(found, expected, tolerance, `by ${way}, ${what}`);
  }
  return ran;
};

/** A use and its gradients, alone and batched, by these; gives those that ran both. */
export const checkExecutors = async (
  use: Use,
  by: readonly Way[],
  tolerance: number,
): Promise<ReadonlySet<Way>> => {
  const all = new Set(Object.keys(use.inputs));
  const alone = await checkGraph(withGradients(use), drawOf(use, 0), by, tolerance, 'alone');
  const many = await checkGraph(batched(use, all), allDraws(use, all), by, tolerance, 'batched');
  return new Set([...alone].filter((way) => many.has(way)));
};
