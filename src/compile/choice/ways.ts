/** The ways to run a graph, and which of them are open. */
import type { Graph, GraphNode } from '../../graph/graph.js';
import { type SegmentPlan, segmentPlan } from '../segments/plan.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { constants } from './constants.js';
import { graphCost, segmentsCost } from './cost.js';
import type { Costs } from './costs.js';
import { TINY_PRODUCT, tinyProducts } from './tiny.js';

/** One way to run a graph that is compiled. */
export type CompiledWay =
  | { readonly _tag: 'straight' }
  | { readonly _tag: 'loops' }
  | { readonly _tag: 'onnxruntime'; readonly threads: number }
  /** By turns: products and the like in ONNX Runtime, what lies between in fused WebAssembly loops. */
  | { readonly _tag: 'segments'; readonly threads: number };

/** One way to run a graph. */
export type Way =
  | CompiledWay
  /** Interpreted kernel by kernel, on a backend of TensorFlow.js. */
  | { readonly _tag: 'eager'; readonly backend: string };

/** What runs a graph: `auto`, the default, is what the cost model finds cheapest. */
export type Executor = 'auto' | 'onnxruntime' | 'javascript';

/** What a choice depends on, beside the graph. */
export interface Given {
  readonly executor: Executor;
  /** Asked for; the model decides where it is left out. */
  readonly threads?: number;
  /** Cores that there are. */
  readonly cores: number;
  /** The backend that a graph can be interpreted on; nothing where that is not open. */
  readonly backend?: string;
}

/** A way with what it costs by the model. */
export interface Weighed {
  readonly way: Way;
  /** Nanoseconds. */
  readonly ns: number;
}

/** One thread, or the pool that all sessions of a process share, which has one for each core. */
export const threadCounts = (cores: number): readonly number[] => [...new Set([1, cores])];

const generated: readonly CompiledWay[] = [{ _tag: 'straight' }, { _tag: 'loops' }];

/** The ways that are open, compiled ones first. */
export const openWays = ({ executor, threads, cores, backend }: Given): readonly Way[] => {
  const counts = threads === undefined ? threadCounts(cores) : [threads];
  const native = counts.map((n): CompiledWay => ({ _tag: 'onnxruntime', threads: n }));
  switch (executor) {
    case 'javascript':
      return generated;
    case 'onnxruntime':
      return native;
    case 'auto':
      return [
        ...generated,
        ...counts.map((n): CompiledWay => ({ _tag: 'segments', threads: n })),
        ...native,
        ...(backend === undefined ? [] : [{ _tag: 'eager', backend } as const]),
      ];
  }
};

/**
 * What each doubling of the threads has to win: threads that wait for work spin, and on a machine
 * where others run two of them are slower than one.
 */
const CLEARLY = 1.2;

const rank = ({ way, ns }: Weighed): number =>
  way._tag === 'onnxruntime' || way._tag === 'segments'
    ? ns * CLEARLY ** Math.log2(way.threads)
    : ns;

/** The best first. Equal inputs are always in one order. */
export const ranked = <W extends Weighed>(weighed: readonly W[]): readonly W[] =>
  weighed.filter(({ ns }) => ns < Infinity).toSorted((a, b) => rank(a) - rank(b));

/** Straight code of more elements than this is too long, whatever it merges. */
const MOST_STRAIGHT = 10_000;

const elementsOf = (graph: Graph): number =>
  graph.nodes.reduce(
    (all, { outputs }) => outputs.reduce((n, id) => n + sizeOf(graph.values[id]?.shape ?? []), all),
    0,
  );

/**
 * What a run of a graph costs in any way, in nanoseconds: infinite where it cannot be run, or nothing is known
 * of it. An eager run does a graph as it was traced, before anything was simplified.
 */
export const wayCosts = (graph: Graph, costs: Costs = constants): ((way: Way) => number) => {
  // Segments are planned once, however many threads are weighed.
  let planned: SegmentPlan | undefined;
  let tiny: ReadonlySet<GraphNode> | undefined;
  const inSegments = (count: number): number => {
    planned ??= segmentPlan(graph);
    return planned.segments.some(({ _tag }) => _tag === 'loops')
      ? segmentsCost(planned, costs, { count, costs: costs.threads })
      : Infinity;
  };
  return (way) => {
    switch (way._tag) {
      case 'straight':
        return elementsOf(graph) > MOST_STRAIGHT
          ? Infinity
          : graphCost(graph, costs.straight, 'generated');
      case 'loops':
        return graphCost(graph, costs.loops, 'generated');
      case 'onnxruntime':
        tiny ??= tinyProducts(graph);
        return graphCost(
          graph,
          costs.onnx,
          'kernels',
          { count: way.threads, costs: costs.threads },
          (node) => (tiny?.has(node) === true ? TINY_PRODUCT : 1),
        );
      case 'segments':
        return inSegments(way.threads);
      case 'eager': {
        const known = costs.eager[way.backend];
        return known === undefined ? Infinity : graphCost(graph, known, 'kernels');
      }
    }
  };
};

const showThreads = (n: number): string => `${n} ${n === 1 ? 'thread' : 'threads'}`;

/** A way, for people. */
export const showWay = (way: Way): string => {
  switch (way._tag) {
    case 'straight':
      return 'straight JavaScript';
    case 'loops':
      return 'JavaScript loops';
    case 'onnxruntime':
      return `ONNX Runtime (${showThreads(way.threads)})`;
    case 'segments':
      return `ONNX Runtime and fused loops (${showThreads(way.threads)})`;
    case 'eager':
      return `eager on ${way.backend}`;
  }
};

/** A time for people: 3.1 µs, 12 µs, 4.2 ms. */
export const showTime = (ns: number): string => {
  const [value, unit] = ns < 1e6 ? [ns / 1e3, 'µs'] : [ns / 1e6, 'ms'];
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
};

/** What was weighed, for people, the best first. */
export const showWeighed = (weighed: readonly Weighed[]): string =>
  weighed.map(({ way, ns }) => `${showWay(way)} ${showTime(ns)}`).join(', ');
