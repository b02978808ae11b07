/**
 * Loops over typed arrays, for graphs too large for straight code. What works element by element is
 * written into the loop that uses it; what is used twice, or read many times, gets an array.
 */
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { aliasKernels, kernels } from '../../kernels/index.js';
import { SMALLER, availableBytes, showBytes } from '../memory.js';
import { bytesOfType } from '../footprint.js';
import {
  type DType,
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  operands,
} from '../../graph/graph.js';
import { hostCodeOf } from '../host-code.js';
import { type Block, TooLong, literal } from '../../code/javascript/block.js';
import { type Index, broadcastIndex, flatten, unflatten } from '../../code/javascript/indexing.js';
import { type Code, blockIn, nest } from '../../code/javascript/loop-block.js';
import { inParts } from './parts.js';
import type { Place, Places, Written } from './written.js';

/** Kernels whose elements are elements of their input, elsewhere. */
const MOVES = new Set(['Transpose', 'Slice', 'Reverse', 'Tile', 'Unpack', 'SplitV']);

/** Reductions, which read each element of their input once. */
const READS_ONCE = new Set(['Sum', 'Mean', 'Max', 'Min', 'Prod', 'All', 'Any']);

const ARRAYS: Readonly<Record<DType, string>> = {
  float32: 'Float32Array',
  int32: 'Int32Array',
  bool: 'Uint8Array',
};

/** From so many bytes on the machine is asked. */
const LARGE = 2 ** 28;

const isElementwise = ({ kernel }: GraphNode): boolean => kernels.get(kernel)?.scalar !== undefined;

/** Which values get an array of their own; the others are written where they are used. */
const stored = (graph: Graph): ReadonlySet<ValueId> => {
  const made = new Map(graph.nodes.flatMap((n) => n.outputs.map((o) => [o, n] as const)));
  const kept = new Set<ValueId>(graph.outputs.map((p) => p.id));
  const users = new Map<ValueId, GraphNode[]>();
  for (const node of graph.nodes) {
    for (const id of Object.values(node.inputs).flat()) {
      users.set(id, [...(users.get(id) ?? []), node]);
    }
  }
  const size = (id: ValueId | undefined): number =>
    id === undefined ? 0 : sizeOf(graph.values[id]?.shape ?? []);
  for (const [id, node] of made) {
    const uses = users.get(id) ?? [];
    const [user] = uses;
    const fuses =
      uses.length === 1 &&
      user !== undefined &&
      ((isElementwise(user) && size(user.outputs[0]) === size(id)) || READS_ONCE.has(user.kernel));
    if (MOVES.has(node.kernel) || (isElementwise(node) && fuses)) continue;
    kept.add(id);
  }
  return kept;
};

/** The code of a graph, its arrays all of doubles where that is asked. Throws `TooLong` beyond reason. */
export const loopCode = (graph: Graph, places: Places, doubles = false): Written => {
  let count = 0;
  let bytes = 0;
  const lines: string[] = [];
  const setup: string[] = [];
  const tables: ArrayLike<number>[] = [];
  const hosts: HostCode[] = [];
  const fresh = (prefix: string): string => `${prefix}${(count += 1)}`;
  const code: Code = { lines, fresh };
  const top = blockIn(code);
  const kept = stored(graph);
  const made = new Map(
    graph.nodes.flatMap((node) => node.outputs.map((o, part) => [o, { node, part }] as const)),
  );
  const arrays = new Map<ValueId, Place>();
  const scalars = new Map<ValueId, string>();
  const valueAt = (id: ValueId): Value => graph.values[id] ?? { shape: [], dtype: 'float32' };
  const isScalar = (id: ValueId): boolean => sizeOf(valueAt(id).shape) === 1;

  for (const { name, id } of graph.inputs) arrays.set(id, places.inputs(name));
  for (const [id, constant] of graph.constants) {
    if (constant._tag === 'dense') {
      arrays.set(id, { array: `c${tables.length}`, base: 0 });
      tables.push(constant.values);
    } else scalars.set(id, literal(constant.value));
  }

  const load = ({ array, base }: Place, at: Index): string =>
    typeof at === 'number'
      ? `${array}[${base + at}]`
      : `${array}[${base === 0 ? '' : `${base} + `}${at}]`;

  const read = (block: Block, id: ValueId, index: readonly Index[]): string => {
    const scalar = scalars.get(id);
    if (scalar !== undefined) return scalar;
    const place = arrays.get(id);
    if (place !== undefined) return block.name(load(place, flatten(index, valueAt(id).shape)));
    const maker = made.get(id);
    if (maker === undefined) throw new Error(`no value ${id}`);
    return element(block, maker.node, maker.part, index);
  };

  const idOf = (node: GraphNode, input: string): ValueId => {
    const id = node.inputs[input];
    return typeof id === 'number' ? id : (id?.[0] ?? -1);
  };

  /** What rules know of a kernel, however they write it. */
  const siteOf = (node: GraphNode) => ({
    read: (b: Block, input: string, at: readonly Index[]) => read(b, idOf(node, input), at),
    value: (input: string) => valueAt(idOf(node, input)),
    attributes: node.attributes,
  });

  const element = (
    block: Block,
    node: GraphNode,
    part: number,
    index: readonly Index[],
  ): string => {
    const inputs = Object.keys(node.inputs);
    const kernel = kernels.get(node.kernel);
    if (kernel?.scalar !== undefined) {
      const atoms = inputs.map((x) =>
        read(block, idOf(node, x), broadcastIndex(index, valueAt(idOf(node, x)).shape)),
      );
      return block.name(kernel.scalar(atoms, node.attributes));
    }
    const rule = kernel?.element;
    if (rule === undefined) throw new Error(`no rule for ${node.kernel}`);
    return rule({ ...siteOf(node), inputs, outs: node.outputs.map(valueAt), part }, block, index);
  };

  const arrayFor = (id: ValueId): Place => {
    const { shape, dtype } = valueAt(id);
    const array = fresh('b');
    bytes += sizeOf(shape) * (doubles ? 8 : bytesOfType[dtype]);
    if (bytes > LARGE && bytes > availableBytes()) {
      throw new TooLong(
        `its arrays, the last of shape [${shape.join(', ')}], take ${showBytes(bytes)}, and ${showBytes(availableBytes())} are left; ${SMALLER}.`,
      );
    }
    const kind = doubles ? 'Float64Array' : ARRAYS[dtype];
    setup.push(`const ${array} = new ${kind}(${sizeOf(shape)});`);
    return { array, base: 0 };
  };

  /** Copies what host code reads into arrays of its own, and calls it. */
  const callHost = (node: GraphNode, host: HostCode): void => {
    const [id = -1] = node.outputs;
    const given = operands(node).map((input) => {
      const copy = arrayFor(input);
      const { shape } = valueAt(input);
      nest(code, shape, (index) => {
        const atom = read(blockIn(code), input, index);
        lines.push(`${load(copy, flatten(index, shape))} = ${atom};`);
      });
      return copy.array;
    });
    const target = arrayFor(id);
    lines.push(`hosts[${hosts.length}]([${given.join(', ')}], ${target.array});`);
    hosts.push(host);
    arrays.set(id, target);
  };

  const cuts: number[] = [];
  for (const node of graph.nodes) {
    cuts.push(lines.length);
    const host = hostCodeOf(graph, node);
    if (host !== undefined) {
      callHost(node, host);
      continue;
    }
    node.outputs.forEach((id, part) => {
      const { shape } = valueAt(id);
      const [source] = Object.values(node.inputs).flat();
      const place = source === undefined ? undefined : arrays.get(source);
      const whole = kernels.get(node.kernel)?.whole;
      if (whole !== undefined) {
        const target = arrayFor(id);
        whole(
          {
            ...siteOf(node),
            out: valueAt(id),
            part,
            doubles: (size) => {
              const array = fresh('d');
              setup.push(`const ${array} = new Float64Array(${size});`);
              return array;
            },
            store: (at, atom) => lines.push(`${load(target, at)} = ${atom};`),
          },
          code,
        );
        arrays.set(id, target);
      } else if (isScalar(id)) {
        const atom = element(top, node, part, unflatten(0, shape));
        scalars.set(id, top.name(atom));
      } else if (aliasKernels.has(node.kernel) && place !== undefined) {
        arrays.set(id, place);
      } else if (kept.has(id)) {
        const target = arrayFor(id);
        nest(code, shape, (index) => {
          const atom = element(blockIn(code), node, part, index);
          lines.push(`${load(target, flatten(index, shape))} = ${atom};`);
        });
        arrays.set(id, target);
      }
    });
  }

  const first = (id: ValueId): string =>
    scalars.get(id) ?? load(arrays.get(id) ?? { array: 'f0', base: 0 }, 0);
  const stores: string[] = [];
  for (const { name, id } of graph.outputs) {
    const target = places.outputs(name);
    const size = sizeOf(valueAt(id).shape);
    const scalar = scalars.get(id);
    let from = arrays.get(id);
    if (scalar === undefined && from !== undefined && !from.array.startsWith('b')) {
      // An input or constant that is also an output: copied before anything is stored.
      const source = from;
      from = arrayFor(id);
      const copy = from;
      nest(code, [size], ([i = 0]) => lines.push(`${load(copy, i)} = ${load(source, i)};`));
    }
    const source = from;
    if (scalar !== undefined || source !== undefined) {
      const i = fresh('i');
      stores.push(
        `for (let ${i} = 0; ${i} < ${size}; ${i}++) ${load(target, i)} = ${scalar ?? (source ? load(source, i) : 'NaN')};`,
      );
    }
  }
  const firstOf = (output: string): string =>
    first(graph.outputs.find((p) => p.name === output)?.id ?? -1);
  const written = { setup, body: lines, stores, first: firstOf, tables, hosts };
  return inParts(written, cuts, [...stores, ...graph.outputs.map(({ name }) => firstOf(name))]);
};
