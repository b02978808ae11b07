/** The memory of compiled steps: the state, where each step finds it and leaves the next. */
import { type Arena, type Arrays, type Slot, arenaOf, slotOf } from '../../compile/arena.js';
import type { Graph } from '../../graph/graph.js';
import type { Tensors } from '../../compile/recording/recorder.js';
import { type FusedPlan, fuse } from '../../compile/webassembly/fuse.js';
import { type PhaseGraphs, type StepGraphs, ofStage } from './step-graphs.js';

/** The update of a phase. */
export interface PlannedUpdate {
  /** The name of the phase. */
  readonly name: string;
  readonly update: Graph;
  /** Left out where it cannot be fused, or its loops would want another layout than a phase before. */
  readonly plan?: FusedPlan;
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
  readonly updates: readonly PlannedUpdate[];
}

const sameRegion = (a: Region, b: Region): boolean =>
  a.length === b.length && a.every(({ name }, i) => name === b[i]?.name);

/** The regions of which nothing is there yet. */
const missing = (placed: readonly Region[], wanted: readonly Region[]): readonly Region[] => {
  const names = new Set(placed.flat().map(({ name }) => name));
  return wanted.filter((region) => region.every(({ name }) => !names.has(name)));
};

/** Whether each region is there as it is, or not at all. */
const fits = (placed: readonly Region[], { regions }: FusedPlan): boolean => {
  const fresh = new Set(missing(placed, regions));
  return regions.every((region) => fresh.has(region) || placed.some((p) => sameRegion(p, region)));
};

/**
 * Every plan that can have its regions has them; the slots of other updates lie by themselves. Scalars
 * that loops hand on are numbered in each update anew and may share a slot: none outlives its update.
 */
const layout = (phases: readonly PhaseGraphs[]): Layout =>
  phases.reduce<Layout>(
    ({ regions, updates }, { name, update }) => {
      const plan = fuse(update);
      return plan !== undefined && fits(regions, plan)
        ? {
            regions: [...regions, ...missing(regions, plan.regions)],
            updates: [...updates, { name, update, plan }],
          }
        : {
            regions: [
              ...regions,
              ...missing(
                regions,
                update.inputs.map((p) => [slotOf(update, p)]),
              ),
            ],
            updates: [...updates, { name, update }],
          };
    },
    { regions: [], updates: [] },
  );

/** Lays out a state for the updates of its phases, and what no update moves beside it. */
export const stepMemory = ({ phases }: StepGraphs, state: Tensors): StepMemory => {
  const { regions, updates } = layout(phases);
  const all = Object.entries(state).map(([name, { size }]): Region => [
    { name, size, dtype: 'float32' },
  ]);
  const arena = arenaOf([...regions, ...missing(regions, all)]);
  const own = Object.entries(arena.arrays).filter(([name]) => Object.hasOwn(state, name));
  return { updates, arena, state: Object.fromEntries(own) };
};

/** The memory of what differs between batches: the batch itself, and noise, step and loss by stage. */
export const batchMemory = ({ order }: StepGraphs, { arena }: StepMemory): Arena => {
  const slots = order.flatMap(({ gradients }, stage) =>
    [...gradients.inputs, ...gradients.outputs].map((p) => {
      const slot = slotOf(gradients, p);
      return { ...slot, name: ofStage(stage, slot.name) };
    }),
  );
  const own = new Map(
    slots.flatMap((slot) => (Object.hasOwn(arena.arrays, slot.name) ? [] : [[slot.name, slot]])),
  );
  own.set('loss', { name: 'loss', size: 1, dtype: 'float32' });
  return arenaOf([...own.values()].map((slot) => [slot]));
};
