/** An update as fused WebAssembly loops over one memory, with its few scalars in JavaScript. */
import * as E from 'fp-ts/lib/Either.js';
import type { Arena } from '../arena.js';
import type { Executable, ExecutableError } from '../executable.js';
import type { Graph, Port, ValueId } from '../../graph/graph.js';
import { javascriptExecutable } from '../javascript/executable.js';
import { fusedLoops } from './emit.js';
import { type FusedPlan, scalarSlot } from './fuse.js';

/** The scalars of a stage as a graph of their own. */
const scalarGraph = (graph: Graph, plan: FusedPlan, stage: number): Graph => {
  const sums = plan.stages
    .slice(0, stage)
    .flatMap((s) => s.reductions.map(({ out }): Port => ({ name: scalarSlot(out), id: out })));
  const nodes = plan.stages[stage]?.scalars ?? [];
  const made = new Set<ValueId>(nodes.flatMap((n) => n.outputs));
  const known = (id: ValueId): boolean =>
    made.has(id) || graph.constants.has(id) || ports.some((p) => p.id === id);
  const ports = [
    ...graph.inputs.filter(({ id }) => (graph.values[id]?.shape ?? []).every((n) => n === 1)),
    ...sums,
  ];
  const handed = (plan.stages[stage]?.reads ?? []).map((id): Port => ({
    name: scalarSlot(id),
    id,
  }));
  const last = stage === plan.stages.length - 1;
  return {
    ...graph,
    nodes,
    inputs: ports,
    // A sum that loops read lies in its slot already.
    outputs: [
      ...handed.filter(({ id }) => known(id) && !sums.some((s) => s.id === id)),
      ...(last ? plan.scalarOutputs : []),
    ],
  };
};

/** Prepares a plan for running, in place: outputs are written where inputs of the same name lie. */
export const fusedExecutable = async (
  graph: Graph,
  plan: FusedPlan,
  { memory, arrays }: Arena,
): Promise<E.Either<ExecutableError, Executable>> => {
  const programs: (() => void)[] = [];
  for (const stage of plan.stages.keys()) {
    const scalars = scalarGraph(graph, plan, stage);
    const made = javascriptExecutable({ graph: scalars, inputs: arrays, outputs: arrays });
    if (E.isLeft(made)) return made;
    programs.push(made.right.run);
  }
  const loops = await fusedLoops(graph, plan, memory, (slot) => arrays[slot]?.byteOffset ?? 0);
  return E.right({
    by: 'WebAssembly',
    run: () => {
      programs.forEach((scalars, stage) => {
        scalars();
        loops[stage]?.();
      });
    },
    close: async () => undefined,
  });
};
