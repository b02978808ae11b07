/** The loops of a turn, as data. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { kernels } from '../../kernels/index.js';
import { axesOf } from '../../graph/attributes.js';
import { type GraphNode, type ValueId, operands, valueAt } from '../../graph/graph.js';
import { REDUCTIONS } from '../webassembly/folds.js';
import type { Access, Fold, Kernel, Store, WindowLoops } from '../webassembly/kernel.js';
import { type Term, type Terms, terms } from '../../code/webassembly/terms.js';
import {
  type Boundaries,
  axesBetween,
  broadcastStrides,
  collapsed,
  joined,
  refined,
  stridesOf,
} from './axes.js';
import type { Residence } from './residence.js';
import type { Turns } from './turns.js';
import { WINDOWED, WINDOW_SUMS, windowAxesOf } from './windowed.js';

interface Group {
  readonly nodes: readonly GraphNode[];
  readonly level: number;
  readonly size: number;
  readonly bounds: Boundaries;
}

/** Strides of a reduction's result along the axes of what is reduced. */
const foldStrides = (view: Turns, node: GraphNode): readonly number[] => {
  const [x = -1] = operands(node);
  const { shape } = valueAt(view.graph, x);
  const axes = axesOf(node.attributes['axis'] ?? node.attributes['reductionIndices'], shape);
  return stridesOf(shape.map((n, axis) => (axes.includes(axis) ? 1 : n)));
};

/** The least normal float32. */
const LEAST = 2 ** -126;

/** A term with zero for what is below the normal numbers. What is not a number stays that. */
const normal = (t: Terms, x: Term): Term =>
  t.do('andNot', x, t.do('lt', t.do('abs', x), t.constant(LEAST)));

const kernelOf = (view: Turns, residence: Residence, turn: number, group: Group): Kernel => {
  const { graph, source, maker, multiplied } = view;
  const { places, resides } = residence;
  const { size, level, bounds } = group;
  const axes = axesBetween(bounds.length === 0 && size > 1 ? [size] : bounds);
  const t = terms();
  const loads: Access[] = [];
  const known = new Map<string, number>();
  const shapeOf = (id: ValueId) => valueAt(graph, id).shape;
  const load = (value: ValueId, strides: readonly number[]): Term => {
    const key = `${value}:${strides.join()}`;
    const place = known.get(key) ?? loads.push({ value, strides }) - 1;
    known.set(key, place);
    return t.load(place);
  };
  const whole = stridesOf(axes);
  const isHere = (id: ValueId): boolean => {
    const place = places.get(id);
    return place?.turn === turn && place.level === level && place.size === size;
  };
  /** The term of a value where a node of some shape reads it. */
  const termOf = (id: ValueId, shape: readonly number[]): Term => {
    const from = source(id);
    const constant = graph.constants.get(from);
    if (constant?._tag === 'uniform') {
      return valueAt(graph, from).dtype === 'bool'
        ? t.bits(constant.value === 0 ? 0 : -1)
        : t.constant(constant.value);
    }
    const node = maker.get(from);
    const isWhole = sizeOf(shapeOf(id)) === size;
    if (node !== undefined && isFormula(from)) return computed(node);
    const strides = isWhole ? whole : refined(shape, broadcastStrides(shapeOf(id), shape), axes);
    return load(from, strides);
  };
  /** Whether a value's own formula is written out here. */
  const isFormula = (id: ValueId): boolean => {
    const node = maker.get(id);
    const isMade = node !== undefined && places.has(id) && !REDUCTIONS.has(node.kernel);
    if (node === undefined || WINDOWED.has(node.kernel)) return false;
    return isMade && sizeOf(shapeOf(id)) === size && (isHere(id) || !resides(id));
  };
  /** The nodes whose formulas are written out here, each after those that it needs. */
  const madeHere = (): readonly GraphNode[] => {
    const found = new Set<GraphNode>();
    const left = [...group.nodes];
    for (let node = left.pop(); node !== undefined; node = left.pop()) {
      if (found.has(node)) continue;
      found.add(node);
      for (const id of operands(node).map(source)) {
        const inner = maker.get(id);
        if (inner !== undefined && isFormula(id)) left.push(inner);
      }
    }
    const order = (node: GraphNode): number => view.orderOf.get(node) ?? 0;
    return [...found]
      .filter(({ kernel }) => !REDUCTIONS.has(kernel))
      .toSorted((a, b) => order(a) - order(b));
  };
  const done = new Map<ValueId, Term>();
  function computed(node: GraphNode): Term {
    const [out = -1] = node.outputs;
    const before = done.get(out);
    if (before !== undefined) return before;
    const of = operands(node).map((id) => termOf(id, shapeOf(out)));
    const vector = kernels.get(node.kernel)?.vector;
    if (vector === undefined) throw new Error(`webassembly: no loop does ${node.kernel}.`);
    const made = vector(t, of, node.attributes);
    done.set(out, made);
    return made;
  }
  // In their order, so that what is made of thousands of others is no deep recursion.
  for (const node of madeHere()) computed(node);
  const folds = group.nodes.flatMap((node): readonly Fold[] => {
    if (!REDUCTIONS.has(node.kernel)) return [];
    const [x = -1] = operands(node);
    const [value = -1] = node.outputs;
    return [
      {
        value,
        kernel: node.kernel,
        term: termOf(x, shapeOf(x)),
        strides: refined(shapeOf(x), foldStrides(view, node), axes),
        results: sizeOf(shapeOf(value)),
        count: size / sizeOf(shapeOf(value)),
      },
    ];
  });
  const stores = group.nodes.flatMap((node): readonly Store[] => {
    const [value = -1] = node.outputs;
    if (REDUCTIONS.has(node.kernel)) return [];
    const x = computed(node);
    return [{ value, term: multiplied.has(value) ? normal(t, x) : x, strides: whole }];
  });
  const nest = collapsed({
    axes,
    strides: [whole, ...loads, ...folds].map((a) => ('strides' in a ? a.strides : a)),
  });
  const [all = [], ...others] = nest.strides;
  return {
    _tag: 'loops',
    axes: nest.axes,
    entries: t.entries,
    loads: loads.map((access, i) => ({ ...access, strides: others[i] ?? [] })),
    stores: stores.map((store) => ({ ...store, strides: all })),
    folds: folds.map((fold, i) => ({ ...fold, strides: others[loads.length + i] ?? [] })),
  };
};

const windowLoopsOf = ({ graph, source }: Turns, node: GraphNode): WindowLoops => {
  const adds = node.kernel === WINDOW_SUMS;
  const [from = -1] = operands(node);
  const [to = -1] = node.outputs;
  const { shape } = valueAt(graph, adds ? to : from);
  return {
    _tag: 'windows',
    adds,
    from: source(from),
    to,
    images: shape[0] ?? 1,
    channels: shape.at(-1) ?? 1,
    axes: windowAxesOf(node),
  };
};

/** The loops of a turn, in order: those of one level and size share theirs where they can. */
export const kernelsOf = (
  view: Turns,
  residence: Residence,
  turn: number,
): readonly (Kernel | WindowLoops)[] => {
  const groups: Group[] = [];
  const apart: { readonly level: number; readonly loops: WindowLoops }[] = [];
  for (const node of view.turns[turn]?.nodes ?? []) {
    const [out = -1] = node.outputs;
    const place = residence.places.get(out);
    if (place === undefined || !residence.resides(out)) continue;
    if (WINDOWED.has(node.kernel)) {
      apart.push({ level: place.level, loops: windowLoopsOf(view, node) });
      continue;
    }
    const { level, size } = place;
    const at = groups.findIndex(
      (g) => g.level === level && g.size === size && joined(g.bounds, place.bounds) !== undefined,
    );
    const group = groups[at];
    if (group === undefined) groups.push({ nodes: [node], level, size, bounds: place.bounds });
    else {
      groups[at] = {
        ...group,
        nodes: [...group.nodes, node],
        bounds: joined(group.bounds, place.bounds) ?? [],
      };
    }
  }
  const nests = groups.map((group) => ({
    level: group.level,
    loops: kernelOf(view, residence, turn, group),
  }));
  return [...nests, ...apart].toSorted((a, b) => a.level - b.level).map(({ loops }) => loops);
};
