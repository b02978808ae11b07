/** Which elements of a tensor others were computed from, read off what was written down. */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../dsl/index.js';
import { sizeOf } from '../../dsl/tensors/shape.js';
import { type Block, isAtom, literal } from '../code/javascript/block.js';
import { type Index, flatten, unflatten } from '../code/javascript/indexing.js';
import { byCpu } from '../compile/by-cpu.js';
import { type Recording, idOf, topFrame, valueAt } from '../compile/recording/recording.js';
import { nodesOf, recordingNow } from '../compile/recording/recorder.js';
import { type Constant, type GraphNode, type ValueId, operands } from '../graph/graph.js';
import { aliasKernels, kernels } from '../kernels/index.js';
import type { Kernel } from '../kernels/kernel.js';
import {
  type Labelled,
  type Labels,
  NONE,
  type ReachRule,
  type ReachSite,
  both,
  eachElement,
  everything,
} from '../kernels/reach.js';

/** Of more reads than these a node is taken to read everything. */
const MOST_READS = 4_000_000;

/** Larger constants are no indices. */
const MOST_KNOWN = 1_000_000;

/** What other runs may have otherwise, so that its numbers say nothing of where they read. */
export interface Moving {
  readonly tensors: readonly Tensor[];
  /** Whether all that was made before the recording is, as a batch. */
  readonly outside: boolean;
}

const STILL: Moving = { tensors: [], outside: false };

const numbersOf = (constant: Constant | undefined, size: number): ArrayLike<number> | undefined =>
  constant?._tag === 'uniform' ? new Float64Array(size).fill(constant.value) : constant?.values;

/** The numbers of what was computed from constants alone. */
const numbersIn = (r: Recording, nodes: readonly GraphNode[], moving: Moving) => {
  const found = new Map<ValueId, ArrayLike<number> | undefined>(
    moving.tensors.map((x) => [idOf(r, x), undefined]),
  );
  const makers = new Map(nodes.flatMap((node) => node.outputs.map((id) => [id, node] as const)));
  const given = (id: ValueId): ArrayLike<number> | undefined => {
    const outside = r.outside.get(id);
    if (outside === undefined) return numbersOf(r.constants.get(id), sizeOf(valueAt(r, id).shape));
    return moving.outside ? undefined : Array.from(tf.engine().readSync(outside.dataId), Number);
  };
  const run = ({ kernel, inputs, attributes, outputs }: GraphNode): void => {
    const known = Object.entries(inputs).flatMap(([name, id]) => {
      const numbers = typeof id === 'number' ? at(id) : undefined;
      return numbers && typeof id === 'number'
        ? [[name, { ...valueAt(r, id), numbers }] as const]
        : [];
    });
    const made =
      known.length === Object.keys(inputs).length
        ? byCpu(kernel, Object.fromEntries(known), attributes)
        : undefined;
    outputs.forEach((id, i) => found.set(id, made?.[i]));
  };
  const at = (id: ValueId): ArrayLike<number> | undefined => {
    if (sizeOf(valueAt(r, id).shape) > MOST_KNOWN) return undefined;
    const maker = makers.get(id);
    if (!found.has(id) && maker !== undefined) run(maker);
    if (!found.has(id)) found.set(id, given(id));
    return found.get(id);
  };
  return at;
};

/** What is not known before code runs. */
const SOME = 'x';

class TooManyReads extends Error {}

/** The places of a flat array that an index may stand for: along an axis where nobody knows it, all. */
const placesAt = (index: readonly Index[], shape: Shape): readonly number[] =>
  shape.reduce<readonly number[]>(
    (places, n, axis) => {
      const at = index[axis] ?? 0;
      const along = typeof at === 'number' ? [at] : Array.from({ length: n }, (_, i) => i);
      return places.flatMap((place) => along.map((i) => place * n + i));
    },
    [0],
  );

/** The elements that a kernel's own rule for one element reads. */
const asWritten = (
  kernel: Kernel,
  site: ReachSite,
  node: GraphNode,
  known: (input: string) => ArrayLike<number> | undefined,
  valueOf: (input: string) => ReturnType<typeof valueAt>,
  outs: readonly ReturnType<typeof valueAt>[],
): readonly Labels[] => {
  const rule = kernel.element;
  if (rule === undefined) return everything(site);
  const reached = new Set(
    site.inputs.filter((input) => site.at(input).labels.some((own) => own !== NONE)),
  );
  let reads = 0;
  let label = NONE;
  const block: Block = {
    name: (expression) => (isAtom(expression) ? expression : SOME),
    fold: (_, extents, body) => {
      const count = sizeOf(extents);
      for (let k = 0; k < count; k += 1) body(unflatten(k, extents), block);
      return SOME;
    },
    below: (index, limit, then, otherwise) => {
      if (typeof index === 'number') return index < limit ? then(block) : otherwise(block);
      then(block);
      otherwise(block);
      return SOME;
    },
  };
  const read = (_: Block, input: string, index: readonly Index[]): string => {
    const { labels, shape } = site.at(input);
    const place = flatten(index, shape);
    const places =
      typeof place === 'number' ? [place] : reached.has(input) ? placesAt(index, shape) : [];
    reads += 1 + places.length;
    if (reads > MOST_READS) throw new TooManyReads();
    label = places.reduce((so, at) => both(so, labels[at] ?? NONE), label);
    if (typeof place === 'string') return SOME;
    const numbers = labels[place] === NONE ? known(input) : undefined;
    return numbers === undefined ? SOME : literal(numbers[place] ?? Number.NaN);
  };
  try {
    return outs.map((out, part) =>
      Int32Array.from({ length: sizeOf(out.shape) }, (_, flat) => {
        label = NONE;
        const told = { read, value: valueOf, inputs: site.inputs, attributes: node.attributes };
        rule({ ...told, outs, part }, block, unflatten(flat, out.shape));
        return label;
      }),
    );
  } catch (error) {
    if (error instanceof TooManyReads) return everything(site);
    throw error;
  }
};

/** The rule of a kernel that has one for all its elements. */
const ruleOf = (kernel: Kernel | undefined): ReachRule | undefined => {
  if (kernel === undefined) return everything;
  if (kernel.reach !== undefined) return kernel.reach;
  if (aliasKernels.has(kernel.name))
    return ({ at, inputs }) => inputs.slice(0, 1).map((x) => at(x).labels);
  return kernel.scalar !== undefined || kernel.batch === 'elementwise' ? eachElement : undefined;
};

/**
 * For each of some tensors, which elements of `from` its elements were computed from, where those of `from` have the labels
 * `own`: in the frame that is being written, and whatever is `moving`. What cannot be told apart counts as several.
 */
export const elementsBehind = (
  from: Tensor,
  own: Labels,
  tensors: readonly Tensor[],
  moving: Moving = STILL,
): readonly Labels[] => {
  const r = recordingNow();
  const nodes = nodesOf(topFrame(r));
  const numbersAt = numbersIn(r, nodes, moving);
  const found = new Map<ValueId, Labels>([[idOf(r, from), own]]);
  const labelled = (id: ValueId): Labelled => {
    const { shape } = valueAt(r, id);
    return { labels: found.get(id) ?? new Int32Array(sizeOf(shape)), shape };
  };
  const blank: Shape = [];
  for (const node of nodes) {
    if (!operands(node).some((id) => found.has(id))) continue;
    const ids = new Map(
      Object.entries(node.inputs).flatMap(([name, id]) =>
        (typeof id === 'number' ? [id] : id).map(
          (x, i) => [i === 0 ? name : `${name}/${i}`, x] as const,
        ),
      ),
    );
    const idAt = (input: string): ValueId => ids.get(input) ?? -1;
    const parts = new Map([...ids].map(([name, id]) => [name, labelled(id)]));
    const outs = node.outputs.map((id) => valueAt(r, id));
    const site: ReachSite = {
      at: (input) => parts.get(input) ?? { labels: new Int32Array(1), shape: blank },
      inputs: [...ids.keys()],
      attributes: node.attributes,
      outs: outs.map(({ shape }) => shape),
    };
    const kernel = kernels.get(node.kernel);
    const rule = ruleOf(kernel);
    const made =
      rule !== undefined || kernel === undefined
        ? (rule ?? everything)(site)
        : asWritten(
            kernel,
            site,
            node,
            (input) => numbersAt(idAt(input)),
            (input) => valueAt(r, idAt(input)),
            outs,
          );
    node.outputs.forEach((id, i) => {
      const labels = made[i];
      if (labels?.some((label) => label !== NONE) === true) found.set(id, labels);
    });
  }
  return tensors.map((x) => labelled(idOf(r, x)).labels);
};
