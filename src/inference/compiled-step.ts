/**
 * A training step as two graphs: gradients, with batch and noise as inputs, and the update, which
 * needs neither.
 */
import type { Noise, Shape, Tensor } from '../../dsl/index.js';
import { leavesOf, specOf, withLeaves } from '../compile/container.js';
import type { Constant, Graph } from '../compile/graph.js';
import { exactJson } from '../compile/exact.js';
import { rewrite } from '../compile/rewrite.js';
import { simplify } from '../compile/simplify.js';
import { type InputSpec, TraceError, type Tensors, trace } from '../compile/tracer.js';
import type { NoiseSource } from '../noise-source.js';
import { putUnder, takeUnder } from '../prefixed.js';
import { namedState, partsOfState } from './named-state.js';
import type { Svi, SviState } from './svi.js';

/** A block of noise that a graph needs. */
export interface NoiseInput {
  readonly input: string;
  readonly site: string;
  readonly block: number;
  readonly noise: Noise;
  readonly batch: Shape;
}

/** A graph, with the noise that has to be drawn for it. */
export interface NoisyGraph {
  readonly graph: Graph;
  readonly noises: readonly NoiseInput[];
}

/** A step: `gradients` gives the loss and gradients by name, `update` the next state from them. */
export interface StepGraphs {
  readonly gradients: Graph;
  readonly noises: readonly NoiseInput[];
  readonly update: Graph;
}

const specsOf = (
  tensors: readonly (readonly [string, Tensor])[],
): Readonly<Record<string, InputSpec>> =>
  Object.fromEntries(tensors.map(([name, x]) => [name, specOf(x)]));

/** Traces a function whose noise becomes inputs, named after the sites. */
const traceNoisy = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (tensors: Tensors, noise: NoiseSource) => Tensors,
): NoisyGraph => {
  const noises: NoiseInput[] = [];
  // Model and guide may ask for the same noise, as for the subsample of a plate in both.
  const declared = new Map<string, Tensor>();
  const graph = trace(inputs, (tensors, declare) =>
    f(tensors, (site, block, noise, shape) => {
      const input = `noise/${site}/${block}`;
      const before = declared.get(input);
      if (before !== undefined) return before;
      noises.push({ input, site, block, noise, batch: shape });
      const made = declare(input, { shape: [...shape, ...noise.shape], dtype: 'float32' });
      declared.set(input, made);
      return made;
    }),
  );
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

/** Traces twice: a constant that differs was drawn by the program itself and would be frozen in. */
const traceTwice = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (tensors: Tensors, noise: NoiseSource) => Tensors,
): NoisyGraph => {
  const first = traceNoisy(inputs, f);
  if (!sameGraphs(first.graph, traceNoisy(inputs, f).graph)) {
    throw new TraceError(
      'the program draws random numbers of its own, which compiling would freeze; ' +
        'draw them at a sample site, or in the data set with its key.',
    );
  }
  return { ...first, graph: simplify(rewrite(simplify(first.graph))) };
};

/** Traces a step. Throws a `TraceError` where it cannot be compiled. */
export const traceStep = <B>(svi: Svi<B>, state: SviState, batch: B): StepGraphs => {
  const params = Object.entries(putUnder('params', state.params));
  const { graph: gradients, noises } = traceTwice(
    specsOf([...params, ...leavesOf(batch)]),
    (tensors, noise) => {
      const { metrics, gradients: found } = svi.differentiate(
        { params: takeUnder('params', tensors), derivation: state.derivation },
        noise,
        withLeaves(batch, tensors),
      );
      return { ...putUnder('gradients', found), loss: metrics.loss };
    },
  );
  const given = Object.entries(putUnder('gradients', state.params));
  const { graph: update } = traceTwice(
    specsOf([...Object.entries(namedState(state)), ...given]),
    (tensors) => namedState(svi.update(takeUnder('gradients', tensors), partsOfState(tensors))),
  );
  return { gradients, noises, update };
};

/** Traces the evaluation of the bound: its loss and its terms by name. */
export const traceEvaluation = <B>(svi: Svi<B>, state: SviState, batch: B): NoisyGraph =>
  traceTwice(
    specsOf([...Object.entries(putUnder('params', state.params)), ...leavesOf(batch)]),
    (tensors, noise) => {
      const { loss, terms } = svi.bound(
        { params: takeUnder('params', tensors), derivation: state.derivation },
        noise,
        withLeaves(batch, tensors),
      );
      return { ...putUnder('terms', terms), loss };
    },
  );
