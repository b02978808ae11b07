/** Straight-line code for a small graph: every element of every value is a local variable. */
import { mapped } from '../../../dsl/records/dictionary.js';
import type { HostCode } from '../../../dsl/tensors/host-kernel.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { kernels } from '../../kernels/index.js';
import {
  type Graph,
  type GraphNode,
  type Value,
  type ValueId,
  operands,
  valueAt,
} from '../../graph/graph.js';
import { hostCodeOf } from '../host-code.js';
import { type Block, TooLong, isAtom, literal } from '../../code/javascript/block.js';
import { broadcastIndex, flatten, unflatten } from '../../code/javascript/indexing.js';
import type { Places, Written } from './written.js';

/** Beyond this V8 stops optimising a function. */
const MOST_STATEMENTS = 3000;
const MOST_CHARACTERS = 150_000;

interface Straight extends Block {
  readonly lines: string[];
}

const straight = (): Straight => {
  const lines: string[] = [];
  const known = new Map<string, string>();
  let characters = 0;
  const name = (expression: string): string => {
    if (isAtom(expression)) return expression;
    const before = known.get(expression);
    if (before !== undefined) return before;
    const fresh = `v${lines.length}`;
    characters += expression.length;
    if (lines.length === MOST_STATEMENTS || characters > MOST_CHARACTERS) throw new TooLong();
    lines.push(`const ${fresh} = ${expression};`);
    known.set(expression, fresh);
    return fresh;
  };
  const self: Straight = {
    lines,
    name,
    fold: ({ start, combine }, extents, body) => {
      const count = sizeOf(extents);
      let so: string | undefined;
      for (let k = 0; k < count; k += 1) {
        const next = body(unflatten(k, extents), self);
        so = so === undefined ? next : combine(so, next);
        if (so.length > MOST_CHARACTERS) throw new TooLong();
      }
      return name(so ?? start);
    },
    below: (index, limit, then, otherwise) => {
      if (typeof index === 'string') throw new TooLong();
      return index < limit ? then(self) : otherwise(self);
    },
  };
  return self;
};

/** The value's atoms, one an element. */
type Atoms = Map<ValueId, readonly string[]>;

const knownAtoms = (graph: Graph, places: Places): Atoms => {
  const atoms: Atoms = new Map();
  for (const [id, constant] of graph.constants) {
    const size = sizeOf(valueAt(graph, id).shape);
    // Larger ones stay unread, or the code is too long anyway.
    if (size > MOST_STATEMENTS) continue;
    atoms.set(
      id,
      Array.from({ length: size }, (_, i) =>
        literal(constant._tag === 'uniform' ? constant.value : (constant.values[i] ?? 0)),
      ),
    );
  }
  for (const { name, id } of graph.inputs) {
    const size = sizeOf(valueAt(graph, id).shape);
    if (size > MOST_STATEMENTS) throw new TooLong();
    const { array, base } = places.inputs(name);
    atoms.set(
      id,
      Array.from({ length: size }, (_, i) => `${array}[${base + i}]`),
    );
  }
  return atoms;
};

/** Of more elements than this none is chosen at a place that the code computes. */
const MOST_CHOICES = 16;

/** The atom at a place that is not known before the code runs. */
const chosen = (block: Block, place: string, all: readonly string[] | undefined): string => {
  if (all === undefined || all.length > MOST_CHOICES) throw new TooLong();
  const at = block.name(place);
  const cases = all.map((atom, i) => `${at} === ${i} ? ${block.name(atom)} : `);
  return block.name(`(${cases.join('')}NaN)`);
};

const nodeAtoms = (
  graph: Graph,
  node: GraphNode,
  atoms: Atoms,
  block: Block,
): readonly (readonly string[])[] => {
  const ids = mapped(node.inputs, (id) => (typeof id === 'number' ? id : id[0]));
  const idOf = (input: string): ValueId => ids[input] ?? -1;
  const value = (input: string): Value => valueAt(graph, idOf(input));
  const element = (input: string, at: readonly (number | string)[]): string => {
    const place = flatten(at, value(input).shape);
    if (typeof place === 'string') return chosen(block, place, atoms.get(idOf(input)));
    const atom = atoms.get(idOf(input))?.[place];
    if (atom === undefined) throw new TooLong();
    return block.name(atom);
  };
  const inputs = Object.keys(node.inputs);
  const outs = node.outputs.map((o) => valueAt(graph, o));
  const kernel = kernels.get(node.kernel);
  const scalar = kernel?.scalar;
  const rule = kernel?.element;
  return outs.map(({ shape }, part) =>
    Array.from({ length: sizeOf(shape) }, (_, flat) => {
      const index = unflatten(flat, shape);
      if (scalar !== undefined) {
        return block.name(
          scalar(
            inputs.map((x) => element(x, broadcastIndex(index, value(x).shape))),
            node.attributes,
          ),
        );
      }
      if (rule === undefined) throw new Error(`no rule for ${node.kernel}`);
      const read = (_block: Block, input: string, at: readonly (number | string)[]): string =>
        element(input, at);
      return block.name(
        rule({ read, value, inputs, attributes: node.attributes, outs, part }, block, index),
      );
    }),
  );
};

/** The code of a graph; throws `TooLong` where it is not small. */
export const straightCode = (graph: Graph, places: Places): Written => {
  // What is alike is written once, but not so much of it: found out before anything is written.
  const shapes = graph.nodes.flatMap(({ outputs }) => outputs.map((o) => valueAt(graph, o).shape));
  if (shapes.reduce((n, shape) => n + sizeOf(shape), 0) > 4 * MOST_STATEMENTS) throw new TooLong();
  const block = straight();
  const atoms = knownAtoms(graph, places);
  const setup: string[] = [];
  const hosts: HostCode[] = [];
  const arrayFor = (id: ValueId): string => {
    const name = `h${setup.length}`;
    setup.push(`const ${name} = new Float64Array(${sizeOf(valueAt(graph, id).shape)});`);
    return name;
  };
  /** Puts what host code reads into arrays, and calls it. */
  const callHost = (node: GraphNode, host: HostCode): void => {
    const given = operands(node).map((id) => {
      const name = arrayFor(id);
      (atoms.get(id) ?? []).forEach((atom, i) => block.lines.push(`${name}[${i}] = ${atom};`));
      return name;
    });
    const [out = -1] = node.outputs;
    const made = arrayFor(out);
    block.lines.push(`hosts[${hosts.length}]([${given.join(', ')}], ${made});`);
    hosts.push(host);
    atoms.set(
      out,
      Array.from({ length: sizeOf(valueAt(graph, out).shape) }, (_, i) => `${made}[${i}]`),
    );
  };
  for (const node of graph.nodes) {
    const host = hostCodeOf(graph, node);
    if (host !== undefined) {
      callHost(node, host);
      continue;
    }
    nodeAtoms(graph, node, atoms, block).forEach((made, part) =>
      atoms.set(node.outputs[part] ?? -1, made),
    );
  }
  const results = new Map(
    // Read before anything is written: an output may lie where an input does.
    graph.outputs.map(({ name, id }) => [name, (atoms.get(id) ?? []).map((a) => block.name(a))]),
  );
  const stores = [...results].flatMap(([name, made]) => {
    const { array, base } = places.outputs(name);
    return made.map((atom, i) => `${array}[${base + i}] = ${atom};`);
  });
  return {
    setup,
    body: block.lines,
    stores,
    first: (output) => results.get(output)?.[0] ?? 'NaN',
    tables: [],
    hosts,
  };
};
