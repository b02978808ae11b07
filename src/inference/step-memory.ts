/** The memory of compiled steps: the state, where each step finds it and leaves the next. */
import { type Arena, type Arrays, type Slot, arenaOf, slotOf } from '../compile/arena.js';
import type { Graph } from '../compile/graph.js';
import type { Tensors } from '../compile/tracer.js';
import { type FusedPlan, fuse } from '../compile/webassembly/fuse.js';
import { type PhaseGraphs, type StepGraphs, ofTurn } from './compiled-step.js';

/** The update of a phase, with the memory as it sees it. */
export interface PlannedUpdate {
  readonly update: Graph;
  /** Left out where it cannot be fused, or its loops would want another layout than a phase before. */
  readonly plan?: FusedPlan;
  readonly arena: Arena;
}

/** The memory of a state, which steps of all batches share. */
export interface StepMemory {
  /** In the order of the phases. */
  readonly updates: readonly PlannedUpdate[];
  readonly arena: Arena;
  /** The arrays of the state alone. */
  readonly state: Arrays;
}

type Region = readonly Slot[];

interface Layout {
  readonly regions: readonly Region[];
  readonly plans: readonly (FusedPlan | undefined)[];
}

const SCALAR = 'scalar/';

/** The scalars that loops hand on are numbered in each update anew. */
const ownScalar = (phase: string, name: string): string =>
  name.startsWith(SCALAR) ? `${phase}:${name}` : name;

const ownRegions = (phase: string, { regions }: FusedPlan): readonly Region[] =>
  regions.map((region) => region.map((slot) => ({ ...slot, name: ownScalar(phase, slot.name) })));

const sameRegion = (a: Region, b: Region): boolean =>
  a.length === b.length && a.every(({ name }, i) => name === b[i]?.name);

/** The regions that are not there yet; nothing where some slot lies otherwise already. */
const fitting = (
  placed: readonly Region[],
  wanted: readonly Region[],
): readonly Region[] | undefined => {
  const names = new Set(placed.flat().map(({ name }) => name));
  const fresh = wanted.filter((region) => region.every(({ name }) => !names.has(name)));
  const known = wanted.filter((region) => !fresh.includes(region));
  return known.every((region) => placed.some((p) => sameRegion(p, region))) ? fresh : undefined;
};

/** Every plan that can have its regions has them; the slots of the others lie by themselves. */
const layout = (phases: readonly PhaseGraphs[]): Layout =>
  phases.reduce<Layout>(
    ({ regions, plans }, { name, update }) => {
      const plan = fuse(update);
      const fresh = plan && fitting(regions, ownRegions(name, plan));
      if (fresh !== undefined) return { regions: [...regions, ...fresh], plans: [...plans, plan] };
      const alone = update.inputs.map((p): Region => [slotOf(update, p)]);
      return {
        regions: [...regions, ...missing(regions, alone)],
        plans: [...plans, undefined],
      };
    },
    { regions: [], plans: [] },
  );

const missing = (placed: readonly Region[], wanted: readonly Region[]): readonly Region[] => {
  const names = new Set(placed.flat().map(({ name }) => name));
  return wanted.filter((region) => region.every(({ name }) => !names.has(name)));
};

/** Lays out a state for the updates of its phases, and what no update moves beside it. */
export const stepMemory = ({ phases }: StepGraphs, state: Tensors): StepMemory => {
  const { regions, plans } = layout(phases);
  const all = Object.entries(state).map(([name, { size }]): Region => [
    { name, size, dtype: 'float32' },
  ]);
  const arena = arenaOf([...regions, ...missing(regions, all)]);
  const pick = (names: readonly string[]): Arrays =>
    Object.fromEntries(
      names.flatMap((name) => (arena.arrays[name] ? [[name, arena.arrays[name]]] : [])),
    );
  return {
    arena,
    state: pick(Object.keys(state)),
    updates: phases.map(({ name, update }, i) => {
      const plan = plans[i];
      const scalars = Object.fromEntries(
        Object.entries(arena.arrays).flatMap(([slot, values]) =>
          slot.startsWith(`${name}:${SCALAR}`) ? [[slot.slice(name.length + 1), values]] : [],
        ),
      );
      const own = { ...arena, arrays: { ...arena.arrays, ...scalars } };
      return { update, arena: own, ...(plan && { plan }) };
    }),
  };
};

/** The memory of what differs between batches: the batch itself, and noise, step and loss by turn. */
export const batchMemory = ({ order }: StepGraphs, { arena }: StepMemory): Arena => {
  const slots = order.flatMap(({ gradients }, turn) =>
    [...gradients.inputs, ...gradients.outputs].map((p) => {
      const slot = slotOf(gradients, p);
      return { ...slot, name: ofTurn(turn, slot.name) };
    }),
  );
  const own = new Map(
    slots.flatMap((slot) => (slot.name in arena.arrays ? [] : [[slot.name, slot]])),
  );
  own.set('loss', { name: 'loss', size: 1, dtype: 'float32' });
  return arenaOf([...own.values()].map((slot) => [slot]));
};
