/** Discrete models with exact answers. */
export {
  type DiscreteGraph,
  type DiscreteGraphOptions,
  discreteGraphFromSketch,
  discreteGraphs,
} from './discrete-graphs.js';
