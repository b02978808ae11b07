/** The passes over a traced graph, in order. */
import type { Graph } from '../../graph/graph.js';
import { rewrite } from './rewrite.js';
import { simplify } from './simplify.js';
import { sumOfLogs } from './sum-of-logs.js';

/** The same function with less work. */
export const optimise = (graph: Graph): Graph =>
  simplify(sumOfLogs(simplify(rewrite(simplify(graph)))));
