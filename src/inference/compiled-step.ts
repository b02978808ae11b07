/**
 * A training step as one graph: gradients and update traced together, noise and batch as inputs.
 */
import type { Noise, Shape, Tensor } from '../../dsl/index.js';
import { leavesOf, specOf, withLeaves } from '../compile/container.js';
import type { Constant, Graph } from '../compile/graph.js';
import { exactJson } from '../compile/exact.js';
import { simplify } from '../compile/simplify.js';
import { TraceError, trace } from '../compile/tracer.js';
import type { NoiseSource } from '../noise-source.js';
import { namedState, partsOfState } from './named-state.js';
import type { Svi, SviState } from './svi.js';

/** A block of noise that a step needs. */
export interface NoiseInput {
  readonly input: string;
  readonly site: string;
  readonly block: number;
  readonly noise: Noise;
  readonly batch: Shape;
}

/** A step's graph, with the noise that has to be drawn for it. */
export interface StepGraph {
  readonly graph: Graph;
  readonly noises: readonly NoiseInput[];
}

const traceOnce = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraph => {
  const noises: NoiseInput[] = [];
  const inputs = Object.fromEntries(
    [...Object.entries(namedState(state)), ...leavesOf(batch)].map(([name, x]) => [
      name,
      specOf(x),
    ]),
  );
  // Model and guide may ask for the same noise, as for the subsample of a plate in both.
  const declared = new Map<string, Tensor>();
  const graph = trace(inputs, (tensors, declare) => {
    const source: NoiseSource = (site, block, noise, shape) => {
      const input = `noise/${site}/${block}`;
      const before = declared.get(input);
      if (before !== undefined) return before;
      noises.push({ input, site, block, noise, batch: shape });
      const made = declare(input, { shape: [...shape, ...noise.shape], dtype: 'float32' });
      declared.set(input, made);
      return made;
    };
    const next = svi.advance(
      { ...state, ...partsOfState(tensors) },
      source,
      withLeaves(batch, tensors),
    );
    return {
      ...namedState(next),
      loss: next.metrics.loss,
    };
  });
  return { graph, noises };
};

const sameConstant = (a: Constant | undefined, b: Constant | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  if (a.tag === 'uniform' || b.tag === 'uniform') {
    return a.tag === 'uniform' && b.tag === 'uniform' && Object.is(a.value, b.value);
  }
  const [x, y] = [Array.from(a.values), Array.from(b.values)];
  return x.length === y.length && x.every((v, i) => Object.is(v, y[i]));
};

const sameGraphs = (a: Graph, b: Graph): boolean =>
  exactJson(a.nodes) === exactJson(b.nodes) &&
  a.constants.size === b.constants.size &&
  [...a.constants].every(([id, c]) => sameConstant(c, b.constants.get(id)));

/**
 * Traces a step, twice: a constant that differs was drawn by the program itself and would be frozen
 * in. Throws a `TraceError` where the step cannot be compiled.
 */
export const traceStep = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraph => {
  const first = traceOnce(svi, state, batch);
  const second = traceOnce(svi, state, batch);
  if (!sameGraphs(first.graph, second.graph)) {
    throw new TraceError(
      'the program draws random numbers of its own, which compiling would freeze; ' +
        'draw them at a sample site, or in the data set with its key.',
    );
  }
  return { ...first, graph: simplify(first.graph) };
};
