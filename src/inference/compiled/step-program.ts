/**
 * A traced step made ready to run in place: the state lies in one memory, where each step finds it
 * and leaves the next. A step in which the loss of some phase is not finite leaves the state as it was.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type Arena, type Arrays, arenaOf, slotOf } from '../../compile/arena.js';
import type { CompiledWay } from '../../compile/choice/ways.js';
import { executableBy } from '../../compile/compile.js';
import { compose } from '../../compile/passes/compose.js';
import type { Executable, ExecutableError } from '../../compile/executable.js';
import type { Graph, Port } from '../../graph/graph.js';
import { javascriptExecutable } from '../../compile/javascript/executable.js';
import { type OnnxOptions, onnxExecutable } from '../../compile/onnx/executable.js';
import { fusedExecutable } from '../../compile/webassembly/executable.js';
import type { CompiledStepWay } from './step-ways.js';
import { type PhaseGraphs, type StepGraphs, ofStage } from './step-graphs.js';
import type { PlannedUpdate, StepMemory } from './step-memory.js';

/** A step that is ready to run. */
export interface StepProgram {
  /** What runs it, for people. */
  readonly by: string;
  /** Takes a step; false, or a promise of it, where the loss was not finite and nothing changed. */
  readonly run: () => boolean | Promise<boolean>;
  readonly close: () => Promise<void>;
}

const NEXT = 'next/';

const isNext = (name: string): boolean => name.startsWith(NEXT);

const withoutNext = (name: string): string => (isNext(name) ? name.slice(NEXT.length) : name);

const renamed = (graph: Graph, f: (name: string) => string): Graph => {
  const all = (ports: readonly Port[]): readonly Port[] =>
    ports.map((p) => ({ ...p, name: f(p.name) }));
  return { ...graph, inputs: all(graph.inputs), outputs: all(graph.outputs) };
};

const namesOf = (ports: readonly Port[]): readonly string[] => ports.map(({ name }) => name);

/** A graph after another, with every output of both; of one name, the later one's. */
const andThen = (first: Graph, second: Graph): Graph => {
  const later = new Set(namesOf(second.outputs));
  return compose(
    first,
    second,
    namesOf(first.outputs).filter((name) => !later.has(name)),
  );
};

const stageGraph = ({ gradients, update }: PhaseGraphs, stage: number): Graph => {
  const kept = namesOf(gradients.outputs).filter((name) => name === 'loss' || isNext(name));
  return renamed(compose(gradients, update, kept), (name) => ofStage(stage, withoutNext(name)));
};

/** All stages and the loss as one graph. */
export const wholeGraph = ({ order, loss }: StepGraphs): Graph =>
  [...order.map(stageGraph), loss].reduce(andThen);

const wholeStep = (
  whole: Graph,
  arrays: Arrays,
  style: 'straight' | 'loops',
): E.Either<ExecutableError, StepProgram> =>
  javascriptExecutable({ graph: whole, inputs: arrays, outputs: arrays }, { guard: 'loss', style });

/** The update, by whatever can run it: fused loops, loops in JavaScript, or ONNX Runtime. */
const updateProgram = async (
  { update, plan }: PlannedUpdate,
  arena: Arena,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, Executable>> => {
  // What only evaluates updates nothing.
  if (update.outputs.length === 0) {
    return E.right({ by: 'nothing', run: () => undefined, close: async () => undefined });
  }
  if (plan !== undefined) return fusedExecutable(update, plan, arena);
  const bound = { graph: update, inputs: arena.arrays, outputs: arena.arrays };
  const script = javascriptExecutable(bound);
  if (E.isRight(script)) {
    const { by, run, close } = script.right;
    return E.right({ by, run: () => void run(), close });
  }
  // No output of the runtime may lie where an input does.
  const apart = arenaOf(update.outputs.map((p) => [slotOf(update, p)]));
  const made = await onnxExecutable({ ...bound, outputs: apart.arrays }, options);
  if (E.isLeft(made)) return made;
  return E.right({
    ...made.right,
    run: async () => {
      await made.right.run();
      for (const [name, values] of Object.entries(apart.arrays)) arena.arrays[name]?.set(values);
    },
  });
};

/** A phase whose gradients and update run one after the other. */
interface PhaseHalves {
  readonly by: string;
  /** What takes a stage; false where its loss is not finite, and then the state is as it was. */
  readonly stage: (stage: number) => () => boolean | Promise<boolean>;
  readonly close: () => Promise<void>;
}

/** Goes on at once where there is nothing to wait for: a promise is an object for each step. */
const after = <A>(done: void | Promise<void>, next: () => A | Promise<A>): A | Promise<A> =>
  done instanceof Promise ? done.then(next) : next();

/** What copies arrays to others of the same names. */
const copier = (to: Arrays, from: Arrays): (() => void) => {
  const pairs = Object.entries(from).flatMap(([name, values]) => {
    const target = to[name];
    return target === undefined || target === values ? [] : [{ target, values }];
  });
  return () => {
    // Not an iterator: it is an object for each step.
    for (let i = 0; i < pairs.length; i += 1) {
      const pair = pairs[i];
      if (pair !== undefined) pair.target.set(pair.values);
    }
  };
};

const phaseHalves = async (
  { order }: StepGraphs,
  phase: PhaseGraphs,
  planned: PlannedUpdate | undefined,
  arena: Arena,
  arrays: Arrays,
  way: CompiledWay,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, PhaseHalves>> => {
  const { gradients } = phase;
  // The gradients are bound to the arrays of the first stage; what other stages draw is put there.
  const home = order.indexOf(phase);
  const at = (stage: number, ports: readonly Port[]): Arrays =>
    Object.fromEntries(
      namesOf(ports).flatMap((name) => {
        const found = arrays[ofStage(stage, name)];
        return found === undefined ? [] : [[name, found]];
      }),
    );
  const inputs = at(home, gradients.inputs);
  // A loss that later stages would write over has been told by then.
  const outputs = { ...at(home, gradients.outputs), loss: new Float32Array(1) };
  const first = await executableBy(way, { graph: gradients, inputs, outputs }, options);
  if (E.isLeft(first)) return first;
  const second =
    planned === undefined
      ? E.left<ExecutableError>({ _tag: 'tooLarge', reason: 'no update was planned' })
      : await updateProgram(planned, arena, options);
  if (E.isLeft(second)) {
    await first.right.close();
    return second;
  }
  const remember = copier(
    arrays,
    Object.fromEntries(
      namesOf(gradients.outputs)
        .filter(isNext)
        .map((name) => [withoutNext(name), arrays[name] ?? new Float32Array()]),
    ),
  );
  return E.right({
    by: `${first.right.by}, update in ${second.right.by}`,
    stage: (stage) => {
      const give = copier(inputs, stage === home ? {} : at(stage, gradients.inputs));
      const { loss } = outputs;
      const [told, total] = [arrays[ofStage(stage, 'loss')], arrays['loss']];
      const moved = (): boolean => {
        remember();
        if (told !== undefined && loss !== undefined) told[0] = loss[0] ?? Number.NaN;
        return true;
      };
      const differentiated = (): boolean | Promise<boolean> => {
        const found = loss?.[0] ?? Number.NaN;
        if (Number.isFinite(found)) return after(second.right.run(), moved);
        if (total !== undefined) total[0] = found;
        return false;
      };
      return () => {
        give();
        return after(first.right.run(), differentiated);
      };
    },
    close: async () => {
      await first.right.close();
      await second.right.close();
    },
  });
};

/** A step of some stages: where one is not taken, or throws, what those before it moved is put back. */
const allOrNone = (
  stages: readonly (() => boolean | Promise<boolean>)[],
  keep: () => void,
  putBack: () => void,
  finish: () => void,
): StepProgram['run'] => {
  const none = (): boolean => {
    putBack();
    return false;
  };
  const failed = (error: unknown): never => {
    putBack();
    throw error;
  };
  const from = (stage: number): boolean | Promise<boolean> => {
    for (let i = stage; i < stages.length; i += 1) {
      const taken = stages[i]?.() ?? true;
      if (typeof taken !== 'boolean') return taken.then((is) => (is ? from(i + 1) : none()));
      if (!taken) return none();
    }
    finish();
    return true;
  };
  return () => {
    keep();
    try {
      const taken = from(0);
      return typeof taken === 'boolean' ? taken : taken.catch(failed);
    } catch (error) {
      return failed(error);
    }
  };
};

const inHalves = async (
  graphs: StepGraphs,
  memory: StepMemory,
  arrays: Arrays,
  way: CompiledWay,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, StepProgram>> => {
  const made = new Map<PhaseGraphs, PhaseHalves>();
  const close = async (): Promise<void> => {
    for (const halves of made.values()) await halves.close();
  };
  for (const [i, phase] of graphs.phases.entries()) {
    const halves = await phaseHalves(
      graphs,
      phase,
      memory.updates[i],
      memory.arena,
      arrays,
      way,
      options,
    );
    if (E.isLeft(halves)) {
      await close();
      return halves;
    }
    made.set(phase, halves.right);
  }
  const stages = graphs.order.flatMap((phase, stage) => made.get(phase)?.stage(stage) ?? []);
  const total = javascriptExecutable({ graph: graphs.loss, inputs: arrays, outputs: arrays });
  if (E.isLeft(total)) {
    await close();
    return total;
  }
  // A later stage may find that the step is not to be taken.
  const before = Object.fromEntries(
    stages.length === 1
      ? []
      : Object.entries(memory.state).map(([name, values]) => [name, values.slice()]),
  );
  return E.right({
    by: [...made.values()].map(({ by }) => by).join('; '),
    run: allOrNone(
      stages,
      copier(before, memory.state),
      copier(memory.state, before),
      total.right.run,
    ),
    close,
  });
};

/** Makes a step ready to run in one way. */
export const stepProgram = async (
  { parts, way }: CompiledStepWay,
  graphs: StepGraphs,
  whole: Graph,
  memory: StepMemory,
  arrays: Arrays,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, StepProgram>> =>
  parts === 'whole' && (way._tag === 'straight' || way._tag === 'loops')
    ? wholeStep(whole, arrays, way._tag)
    : inHalves(graphs, memory, arrays, way, options);
