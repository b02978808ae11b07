/**
 * Traces functions of named tensors and noise. Noise becomes inputs, named after the sites, which the
 * host draws by the same keys as an eager run, so that both give the same numbers.
 */
import type { Noise, Shape, Tensor } from '../../../dsl/index.js';
import type { Arrays } from '../../compile/arena.js';
import { specOf } from '../../compile/container.js';
import { frozen, sameGraphs } from '../../compile/recording/frozen.js';
import { type Graph, operands } from '../../graph/graph.js';
import { optimise } from '../../compile/passes/optimise.js';
import { type InputSpec, type Tensors, recordGraph } from '../../compile/recording/recorder.js';
import type { NoiseSource } from '../../random/noise-source.js';
import type { Drawn } from '../../random/drawer.js';

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
  /** The graph as it was traced: what an eager run does. */
  readonly asked: Graph;
}

/** What is known of named tensors before they have values. */
export const specsOf = (
  tensors: readonly (readonly [string, Tensor])[],
): Readonly<Record<string, InputSpec>> =>
  Object.fromEntries(tensors.map(([name, x]) => [name, specOf(x)]));

const recordOnce = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (tensors: Tensors, noise: NoiseSource) => Tensors,
): NoisyGraph => {
  const noises: NoiseInput[] = [];
  // Model and guide may ask for the same noise, as for the subsample of a plate in both.
  const declared = new Map<string, Tensor>();
  const graph = recordGraph(inputs, (tensors, declare) =>
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
  return { graph, noises, asked: graph };
};

/** Without inputs that nothing uses, such as the noise of a subsample whose rows are given. */
const wanted = ({ graph, noises, asked }: NoisyGraph): NoisyGraph => {
  const used = new Set([...graph.nodes.flatMap(operands), ...graph.outputs.map((p) => p.id)]);
  const inputs = graph.inputs.filter(({ id }) => used.has(id));
  const names = new Set(inputs.map(({ name }) => name));
  return {
    graph: { ...graph, inputs },
    noises: noises.filter(({ input }) => names.has(input)),
    asked,
  };
};

/**
 * The simplified graph of a function, traced once: a random draw of the program's own is frozen in.
 */
export const recordFrozen = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (tensors: Tensors, noise: NoiseSource) => Tensors,
): NoisyGraph => {
  const made = recordOnce(inputs, f);
  return wanted({ ...made, graph: optimise(made.graph) });
};

/**
 * The simplified graph of a function. It is traced twice: a constant that differs was drawn by the
 * program itself and would be frozen in. Throws a `RecordingError` where it cannot be traced.
 */
export const recordNoisy = (
  inputs: Readonly<Record<string, InputSpec>>,
  f: (tensors: Tensors, noise: NoiseSource) => Tensors,
): NoisyGraph => {
  const first = recordOnce(inputs, f);
  const second = recordOnce(inputs, f);
  if (!sameGraphs(first.graph, second.graph))
    throw frozen("by noise('name', …) or at a sample site, or in the data set with its key");
  return wanted({ ...first, graph: optimise(first.graph) });
};

/** The noise inputs of a graph, to be drawn into its arrays. */
export const noiseBlocks = (noises: readonly NoiseInput[], arrays: Arrays): readonly Drawn[] =>
  noises.flatMap(({ input, site, block, noise }) => {
    const into = arrays[input];
    return into instanceof Float32Array ? [{ site, block, law: noise.law, into }] : [];
  });
