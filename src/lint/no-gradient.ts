/**
 * Which gradients are 0 whatever the numbers are: read off the graph that computes them, with
 * parameters, data, noise and the step as its inputs. A zero that a draw, an activation or a schedule
 * makes at one place is none of them.
 */
import * as tf from '@tensorflow/tfjs';
import { leavesOf, withLeaves } from '../compile/container.js';
import type { Graph, GraphNode, ValueId } from '../graph/graph.js';
import { refusalOf } from '../compile/recording/recorder.js';
import { specsOf, recordNoisy } from '../inference/compiled/noisy-graph.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import type { Programs } from './programs.js';
import { type SlopeOptions, lossGradients } from './slopes.js';

/** Kernels whose result is 0 where any of these inputs is, by their names. */
const PRODUCTS: Readonly<Record<string, readonly string[]>> = {
  Multiply: ['a', 'b'],
  BatchMatMul: ['a', 'b'],
  _FusedMatMul: ['a', 'b'],
  RealDiv: ['a'],
  UnsortedSegmentSum: ['x'],
  Conv2DBackpropFilter: ['x', 'dy'],
  Conv2DBackpropInput: ['dy', 'filter'],
  MaxPoolGrad: ['dy'],
  AvgPoolGrad: ['dy'],
  ResizeBilinearGrad: ['dy'],
};

/** Kernels whose result is 0 where all their inputs are. */
const LINEAR: ReadonlySet<string> = new Set([
  'Add',
  'AddN',
  'Cast',
  'Concat',
  'Cumsum',
  'ExpandDims',
  'Identity',
  'Mean',
  'Neg',
  'Pack',
  'PadV2',
  'Reshape',
  'Reverse',
  'Slice',
  'SplitV',
  'Sub',
  'Sum',
  'Tile',
  'Transpose',
  'Unpack',
]);

const madeBy = ({ nodes }: Graph): ReadonlyMap<ValueId, GraphNode> =>
  new Map(nodes.flatMap((node) => node.outputs.map((out) => [out, node] as const)));

/** The outputs of a graph that are 0 by what they are made of. */
const zeroOutputs = (graph: Graph): readonly string[] => {
  const makers = madeBy(graph);
  const known = new Map<ValueId, boolean>();
  const found = (id: ValueId): boolean => {
    const constant = graph.constants.get(id);
    if (constant !== undefined) {
      return constant._tag === 'uniform' && constant.value === 0;
    }
    const node = makers.get(id);
    if (node === undefined) return false;
    const inputs = Object.entries(node.inputs);
    const isZero = (name: string): boolean =>
      inputs.some(([n, ids]) => n === name && [ids].flat().every(zero));
    const factors = PRODUCTS[node.kernel];
    if (factors !== undefined) return factors.some(isZero);
    if (node.kernel === 'Select') return isZero('t') && isZero('e');
    return LINEAR.has(node.kernel) && inputs.every(([name]) => isZero(name));
  };
  function zero(id: ValueId): boolean {
    const before = known.get(id);
    if (before !== undefined) return before;
    const value = found(id);
    known.set(id, value);
    return value;
  }
  return graph.outputs.filter(({ id }) => zero(id)).map(({ name }) => name);
};

/** The parameters whose gradient is 0 wherever it is taken; a text says why no graph can be made. */
export const withoutGradient = <B>(
  build: (batch: B) => Pick<Programs, 'model' | 'guide'>,
  batch: B,
  options: SlopeOptions,
): readonly string[] | string => {
  const step = tf.scalar(0);
  try {
    const { graph } = recordNoisy(
      specsOf([
        ...Object.entries(putUnder('params', options.params)),
        ...leavesOf(batch),
        ['step', step],
      ]),
      ({ step: at = step, ...tensors }, noise) =>
        lossGradients(build(withLeaves(batch, tensors)), {
          ...options,
          params: takeUnder('params', tensors),
          noise,
          step: at,
        }),
    );
    return zeroOutputs(graph);
  } catch (error) {
    return refusalOf(error);
  } finally {
    step.dispose();
  }
};
