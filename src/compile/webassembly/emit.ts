/** Writes the loops of a plan as a WebAssembly module. */
import {
  type ImportMemory,
  type Local,
  Module,
  type StackVar,
  br_if,
  f32,
  f32x4,
  f64,
  f64x2,
  func,
  i32,
  i8x16,
  local,
  loop,
  v128,
} from 'wasmati';
import { kernels } from '../../kernels/index.js';
import { type Graph, type ValueId, operands } from '../../graph/graph.js';
import { exported } from './exported.js';
import { type FusedPlan, type Reduction, type Stage, scalarSlot } from './fuse.js';
import type { Group } from './groups.js';
import { type Term, type Terms, terms } from '../../code/webassembly/terms.js';
import { localsOf, writeTerms } from './write-terms.js';

/** Bytes of a vector of four, and of one number. */
const VECTOR = 16;
const NUMBER = 4;

/** Where a slot begins, in bytes. */
export type OffsetOf = (slot: string) => number;

/** What a loop reads: the elements of a port, or a scalar that is spread over vectors already. */
type Source =
  | { readonly _tag: 'port'; readonly name: string }
  | { readonly _tag: 'scalar'; readonly id: ValueId };

interface Formulas {
  readonly table: Terms;
  readonly sources: readonly Source[];
  /** The terms of some values. */
  readonly roots: readonly Term[];
}

/** The elements of values as terms. */
const formulas = (
  graph: Graph,
  isScalar: (id: ValueId) => boolean,
  ids: readonly ValueId[],
): Formulas => {
  const ports = new Map(graph.inputs.map((p) => [p.id, p.name]));
  const made = new Map(graph.nodes.map((n) => [n.outputs[0] ?? -1, n] as const));
  const table = terms();
  const sources: Source[] = [];
  const known = new Map<ValueId, Term>();
  const read = (source: Source): Term => table.load(sources.push(source) - 1);
  const write = (id: ValueId): Term => {
    if (isScalar(id)) return read({ _tag: 'scalar', id });
    const constant = graph.constants.get(id);
    const name = ports.get(id);
    const node = made.get(id);
    if (constant?._tag === 'uniform') return table.constant(constant.value);
    if (name !== undefined) return read({ _tag: 'port', name });
    if (node === undefined) throw new Error(`webassembly: no value ${id}.`);
    const inputs = operands(node).map(compute);
    const vector = kernels.get(node.kernel)?.vector;
    const [x] = inputs;
    if (vector !== undefined) return vector(table, inputs, node.attributes);
    if (x === undefined) throw new Error(`webassembly: ${node.kernel} has no operand.`);
    return x;
  };
  function compute(id: ValueId): Term {
    const term = known.get(id) ?? write(id);
    known.set(id, term);
    return term;
  }
  return { table, sources, roots: ids.map(compute) };
};

interface Loop {
  readonly graph: Graph;
  readonly offsetOf: OffsetOf;
  /** The byte that the loop is at. */
  readonly at: Local<'i32'>;
  /** A local that no value has yet. */
  readonly fresh: () => Local<'v128'>;
  /** How an element is loaded: four at a time, or one. */
  readonly load: (offset: number, at: Local<'i32'>) => StackVar<'v128'>;
  /** Scalars, already spread over vectors. */
  readonly scalars: ReadonlyMap<ValueId, Local<'v128'>>;
}

/** Computes the elements of some values, all of them before anything is written. */
const computed = (
  { graph, offsetOf, at, fresh, load, scalars }: Loop,
  ids: readonly ValueId[],
): readonly Local<'v128'>[] => {
  const { table, sources, roots } = formulas(graph, (id) => scalars.has(id), ids);
  const values = writeTerms(table.entries, roots, {
    fresh,
    load: (place) => {
      const source = sources[place];
      const scalar = source?._tag === 'scalar' ? scalars.get(source.id) : undefined;
      if (scalar !== undefined) return local.get(scalar);
      return load(offsetOf(source?._tag === 'port' ? source.name : ''), at);
    },
  });
  return roots.flatMap((root) => values.get(root) ?? []);
};

/** A loop from byte 0 to `bytes`, `step` at a time. */
const over = (
  at: Local<'i32'>,
  from: number,
  bytes: number,
  step: number,
  body: () => void,
): void => {
  if (bytes <= from) return;
  local.set(at, from);
  loop({}, (top) => {
    body();
    i32.add(at, step);
    local.tee(at);
    i32.const(bytes);
    i32.lt_u();
    br_if(top);
  });
};

interface Locals {
  readonly at: Local<'i32'>;
  readonly total: Local<'v128'>;
  readonly rest: Local<'f64'>;
  readonly fresh: () => Local<'v128'>;
}

/** Puts the upper two elements where the lower two were. */
const UPPER = [8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15];

type Shared = Pick<Loop, 'graph' | 'offsetOf' | 'scalars'>;

/** Σ over a group's elements in double precision, as a float32 in its slot. */
const emitSum = (
  { of, out, group }: Reduction,
  shared: Shared,
  { at, total, rest, fresh }: Locals,
): void => {
  const whole = Math.floor(group.size / 4) * VECTOR;
  local.set(total, v128.const('f64x2', [0, 0]));
  local.set(rest, 0);
  over(at, 0, whole, VECTOR, () => {
    const load: Loop['load'] = (offset, i) => v128.load({ offset }, i);
    const [x = total] = computed({ ...shared, at, fresh, load }, [of]);
    local.set(total, f64x2.add(total, f64x2.promote_low_f32x4(x)));
    local.set(total, f64x2.add(total, f64x2.promote_low_f32x4(i8x16.shuffle(UPPER, x, x))));
  });
  over(at, whole, group.size * NUMBER, NUMBER, () => {
    const load: Loop['load'] = (offset, i) => v128.load32_zero({ offset }, i);
    const [x = total] = computed({ ...shared, at, fresh, load }, [of]);
    // The other lanes hold what the formula makes of zeros.
    local.set(rest, f64.add(rest, f64.promote_f32(f32x4.extract_lane(0, x))));
  });
  local.set(rest, f64.add(rest, f64x2.extract_lane(0, total)));
  local.set(rest, f64.add(rest, f64x2.extract_lane(1, total)));
  local.set(at, 0);
  f32.store({ offset: shared.offsetOf(scalarSlot(out)) }, at, f32.demote_f64(rest));
};

/** The loop that groups of one class share, over the memory in which they lie end to end. */
const emitWrites = (same: readonly Group[], shared: Shared, { at, fresh }: Locals): void => {
  const [first] = same;
  if (first === undefined || first.writes.length === 0) return;
  const total = same.reduce((n, { size }) => n + size, 0);
  // Regions are padded to whole vectors, so the last one needs no care.
  over(at, 0, Math.ceil(total / 4) * VECTOR, VECTOR, () => {
    const load: Loop['load'] = (offset, i) => v128.load({ offset }, i);
    // All is read before anything is written: a group may exchange what lies in two places.
    const values = computed(
      { ...shared, at, fresh, load },
      first.writes.map(({ id }) => id),
    );
    first.writes.forEach(({ name }, i) => {
      const value = values[i];
      if (value !== undefined) v128.store({ offset: shared.offsetOf(name) }, at, value);
    });
  });
};

/** How many locals a stage needs: its scalars, and the values of its largest loop. */
const mostLocals = (graph: Graph, { classes }: FusedPlan, { reads, reductions }: Stage): number => {
  const isScalar = (id: ValueId): boolean => reads.includes(id);
  const needed = (ids: readonly ValueId[]): number => {
    const { table, roots } = formulas(graph, isScalar, ids);
    return localsOf(table.entries, roots);
  };
  const writes = classes.map(([first]) => needed(first?.writes.map(({ id }) => id) ?? []));
  // A sum is computed once by fours and once by ones.
  return reads.length + Math.max(0, ...writes, ...reductions.map(({ of }) => 2 * needed([of])));
};

const emitStage = (
  graph: Graph,
  plan: FusedPlan,
  offsetOf: OffsetOf,
  stage: Stage,
): ReturnType<typeof func<[], [], []>> => {
  const vectors = Array.from({ length: mostLocals(graph, plan, stage) }, () => v128);
  return func({ in: [], locals: [i32, f64, v128, ...vectors], out: [] }, (_, locals) => {
    const [at, rest, total, ...free] = locals;
    let used = 0;
    const fresh = (): Local<'v128'> => {
      const next = free[used];
      if (next === undefined) throw new Error('webassembly: too few locals.');
      used += 1;
      return next;
    };
    local.set(at, 0);
    const scalars = new Map<ValueId, Local<'v128'>>();
    for (const id of stage.reads) {
      const into = fresh();
      local.set(into, v128.load32_splat({ offset: offsetOf(scalarSlot(id)) }, at));
      scalars.set(id, into);
    }
    const shared = { graph, offsetOf, scalars };
    const kept = used;
    // Loops follow one another, so that one may use the locals of the one before.
    const again = (): Locals => {
      used = kept;
      return { at, rest, total, fresh };
    };
    for (const reduction of stage.reductions) emitSum(reduction, shared, again());
    if (stage === plan.stages.at(-1)) {
      for (const same of plan.classes) emitWrites(same, shared, again());
    }
  });
};

/** The functions of a plan's stages over a memory, in order. */
export const fusedLoops = async (
  graph: Graph,
  plan: FusedPlan,
  memory: ImportMemory,
  offsetOf: OffsetOf,
): Promise<readonly (() => void)[]> => {
  const stages = plan.stages.map((stage) => emitStage(graph, plan, offsetOf, stage));
  const module = Module({
    exports: Object.fromEntries(stages.map((f, stage) => [`stage${stage}`, f])),
    memory,
  });
  const { instance } = await module.instantiate();
  return stages.map((_, stage) => exported(instance.exports, `stage${stage}`));
};
