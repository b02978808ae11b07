/** The cost of a graph: its work, multiplied by the constants of what runs it. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type Graph, type GraphNode, type Port, valueAt } from '../../graph/graph.js';
import type { SegmentPlan } from '../segments/plan.js';
import type { FusedPlan } from '../webassembly/fuse.js';
import type { Kernel, WindowLoops } from '../webassembly/kernel.js';
import type { Costs, RunCosts, ThreadCosts } from './costs.js';
import { type Work, workOf } from './work.js';

/** Elements of a product's operand beyond which it is read from far away: 256 KiB of float32. */
const NEAR = 65_536;

/** Nanoseconds of a multiply-add in double precision, which is host code for every executor. */
const OF_FACTOR = 1;

/** How work differs between what runs whole kernels and what is generated element by element. */
export type Style = 'kernels' | 'generated';

const nsOf = (work: Work, costs: RunCosts, style: Style): number => {
  switch (work._tag) {
    case 'nothing':
      return 0;
    case 'elements':
      return work.count * costs.elements[work.kind];
    case 'fold':
      return work.read * costs.fold;
    case 'product': {
      const { count, m, k, n } = work;
      const each = style === 'generated' && k * n > NEAR ? costs.far : costs.multiply;
      return count * (m * k * n * each + (m * k + k * n + m * n) * costs.operand);
    }
    case 'lines':
      return 2 * work.count * (costs.elements[work.kind] + costs.fold);
    case 'move':
      return work.count * costs.move;
    case 'gather':
      return work.count * costs.gather;
    case 'scatter':
      return work.count * costs.scatter + work.table * costs.table;
    case 'factor':
      return work.count * OF_FACTOR;
    case 'windows':
      return work.count * costs.window;
  }
};

/** Several threads that a run may use. */
interface Threads {
  readonly count: number;
  readonly costs: ThreadCosts;
}

/** A node's work on several threads, where that is worth waking them for. */
const shared = (ns: number, threads: number, { gain, wake }: ThreadCosts): number =>
  threads === 1 ? ns : Math.min(ns, ns / (1 + gain * (threads - 1)) + wake);

const sizeAt =
  (graph: Graph) =>
  ({ id }: Port): number =>
    sizeOf(valueAt(graph, id).shape);

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Nanoseconds of a run of a graph; some nodes may take so much longer than others of their kind. */
export const graphCost = (
  graph: Graph,
  costs: RunCosts,
  style: Style,
  threads: Threads = { count: 1, costs: { gain: 0, wake: 0 } },
  longer: (node: GraphNode) => number = () => 1,
): number => {
  const nodeCost = (node: GraphNode): number => {
    const work = workOf(graph, node);
    if (work._tag === 'nothing' && style === 'generated') return 0;
    const ns = nsOf(work, costs, style) * longer(node);
    return costs.node + shared(ns, threads.count, threads.costs);
  };
  return (
    costs.call +
    costs.port * (graph.inputs.length + graph.outputs.length) +
    costs.out * sum(graph.outputs.map(sizeAt(graph))) +
    sum(graph.nodes.map(nodeCost))
  );
};

/** Nanoseconds of a nest of loops. Constants are known before it begins. */
export const nestCost = (
  { axes, entries }: Kernel,
  { call, instruction }: Pick<Costs['fused'], 'call' | 'instruction'>,
): number =>
  call +
  instruction *
    sizeOf(axes) *
    entries.filter(({ _tag }) => _tag === 'load' || _tag === 'instruction').length;

/** Nanoseconds of a run of fused loops. */
export const fusedCost = (
  plan: FusedPlan,
  { call, element }: Pick<Costs['fused'], 'call' | 'element'>,
): number =>
  call * plan.stages.length +
  element * sum(plan.classes.flat().map(({ size, values }) => size * values));

/** Instructions that put a number of a window into a row, or add it from there. */
const OF_WINDOWS = 4;

const windowsCost = (
  { axes, images, channels }: WindowLoops,
  { call, instruction }: Pick<Costs['fused'], 'call' | 'instruction'>,
): number =>
  call +
  OF_WINDOWS *
    instruction *
    axes.reduce((n, { out, window }) => n * out * window, images * channels);

/** Nanoseconds of a run in segments: the runtime's graphs, and the instructions of all loops. */
export const segmentsCost = (
  { graph, segments }: SegmentPlan,
  costs: Pick<Costs, 'onnx' | 'fused'>,
  threads: Threads,
): number =>
  sum(
    segments.map((segment) => {
      switch (segment._tag) {
        case 'runtime':
          return graphCost(segment.graph, costs.onnx, 'kernels', threads);
        case 'host':
          return costs.fused.call + nsOf(workOf(graph, segment.node), costs.onnx, 'kernels');
        case 'loops':
          return nestCost(segment, costs.fused);
        case 'windows':
          return windowsCost(segment, costs.fused);
      }
    }),
  );
