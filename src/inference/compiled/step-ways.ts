/** The ways to take a step, and what each costs: all that `auto` decides by. */
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { constants } from '../../compile/choice/constants.js';
import { fusedCost } from '../../compile/choice/cost.js';
import type { Costs } from '../../compile/choice/costs.js';
import {
  type CompiledWay,
  type Given,
  type Way,
  type Weighed,
  openWays,
  ranked,
  showTime,
  showWay,
  wayCosts,
} from '../../compile/choice/ways.js';
import { type Graph, type Port, valueAt } from '../../graph/graph.js';
import type { NoiseInput } from './noisy-graph.js';
import type { StepGraphs } from './step-graphs.js';
import type { PlannedUpdate } from './step-memory.js';

/** A step as one program, or gradients and update of each stage one after the other. */
export type Parts = 'whole' | 'halves';

/** A way to take a step that is compiled. */
export interface CompiledStepWay {
  readonly parts: Parts;
  readonly way: CompiledWay;
}

/** A way to take a step, with what it costs; an eager step is whole. */
export interface WeighedStep extends Weighed {
  readonly parts: Parts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** What draws the noise of all stages. */
const noiseCost = ({ order }: StepGraphs, { noise }: Costs): number =>
  sum(
    order.flatMap(({ noises }) =>
      noises.map(
        (n: NoiseInput) =>
          noise.block + noise[n.noise.law] * sizeOf([...n.batch, ...n.noise.shape]),
      ),
    ),
  );

const BATCH = /^batch(?:\/|$)/;

/** What copies the batch into the arrays of compiled code. */
const putCost = ({ phases }: StepGraphs, { put }: Costs): number => {
  const sizes = new Map(
    phases.flatMap(({ gradients }) =>
      gradients.inputs
        .filter(({ name }) => BATCH.test(name))
        .map(({ name, id }: Port) => [name, sizeOf(valueAt(gradients, id).shape)] as const),
    ),
  );
  return sum([...sizes.values()].map((size) => put.tensor + size * put.element));
};

const updateCost = ({ update, plan }: PlannedUpdate, costs: Costs): number =>
  plan === undefined ? wayCosts(update, costs)({ _tag: 'loops' }) : fusedCost(plan, costs.fused);

/** What the ways to take a step are weighed by. */
export interface StepToWeigh {
  readonly graphs: StepGraphs;
  /** The update of each phase, in their order. */
  readonly updates: readonly PlannedUpdate[];
  /** The step as one graph. */
  readonly whole: Graph;
}

/** The ways to take a step, the best first: a function of what it is given, and of nothing else. */
export const weighStep = (
  { graphs, updates, whole }: StepToWeigh,
  given: Given,
  costs: Costs = constants,
): readonly WeighedStep[] => {
  const noise = noiseCost(graphs, costs);
  const around = noise + putCost(graphs, costs);
  const moves = sum(
    graphs.order.map((phase) => {
      const planned = updates[graphs.phases.indexOf(phase)];
      return planned === undefined ? Infinity : updateCost(planned, costs);
    }),
  );
  const waits = graphs.order.length * costs.halves;
  const sumOver = (all: readonly Graph[]): ((way: Way) => number) => {
    const each = all.map((graph) => wayCosts(graph, costs));
    return (way) => sum(each.map((cost) => cost(way)));
  };
  const gradients = sumOver(graphs.order.map((phase) => phase.gradients));
  const eagerly = sumOver(graphs.order.flatMap(({ asked }) => asked));
  const atOnce = wayCosts(whole, costs);
  return ranked(
    openWays(given).flatMap((way): readonly WeighedStep[] => {
      if (way._tag === 'eager') return [{ way, parts: 'whole', ns: noise + eagerly(way) }];
      const halves = { way, parts: 'halves', ns: around + gradients(way) + moves + waits } as const;
      if (way._tag === 'onnxruntime' || way._tag === 'segments') return [halves];
      return [{ way, parts: 'whole', ns: around + atOnce(way) }, halves];
    }),
  );
};

/** The ways to take a step, for people, the best first. */
export const showSteps = (weighed: readonly WeighedStep[]): string =>
  weighed
    .map(
      ({ way, parts, ns }) =>
        `${showWay(way)}${parts === 'halves' ? ', update apart' : ''} ${showTime(ns)}`,
    )
    .join('; ');
