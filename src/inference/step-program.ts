/**
 * A traced step made ready to run in place: the state lies in one memory, where each step finds it
 * and leaves the next. A step whose loss is not finite leaves the state as it was.
 */
import * as E from 'fp-ts/lib/Either.js';
import { type Arena, type Arrays, type Slot, arenaOf, slotOf } from '../compile/arena.js';
import { type CompileOptions, MOST_WORK, SMALL } from '../compile/compile.js';
import { compose } from '../compile/compose.js';
import {
  type Executable,
  type ExecutableError,
  showExecutableError,
} from '../compile/executable.js';
import { type Candidate, fastest, showTime, timeOf } from '../compile/fastest.js';
import type { Graph } from '../compile/graph.js';
import { javascriptExecutable, workOf } from '../compile/javascript/executable.js';
import { type OnnxOptions, onnxExecutable } from '../compile/onnx/session.js';
import type { Tensors } from '../compile/tracer.js';
import { fusedExecutable } from '../compile/webassembly/executable.js';
import { type FusedPlan, fuse } from '../compile/webassembly/fuse.js';
import type { StepGraphs } from './compiled-step.js';

/** A step that is ready to run. */
export interface StepProgram extends Candidate {
  /** Takes a step; false, or a promise of it, where the loss was not finite and nothing changed. */
  readonly run: () => boolean | Promise<boolean>;
}

/** The update of an inference and the memory of its state, which steps of all batches share. */
export interface StepMemory {
  readonly update: Graph;
  readonly plan: FusedPlan | undefined;
  readonly arena: Arena;
}

/** Lays out the state for an update, with what the update leaves alone beside it. */
export const stepMemory = (update: Graph, state: Tensors): StepMemory => {
  const plan = fuse(update);
  const regions = plan?.regions ?? update.inputs.map((p) => [slotOf(update, p)]);
  const placed = new Set(regions.flat().map(({ name }) => name));
  const rest = Object.entries(state)
    .filter(([name]) => !placed.has(name))
    .map(([name, { size }]): readonly Slot[] => [{ name, size, dtype: 'float32' }]);
  return { update, plan, arena: arenaOf([...regions, ...rest]) };
};

/** The memory of what differs between batches: the batch itself, its noise, the loss. */
export const batchMemory = ({ gradients }: StepGraphs, { arena }: StepMemory): Arena => {
  const own = [...gradients.inputs, ...gradients.outputs].filter(
    ({ name }) => !(name in arena.arrays),
  );
  return arenaOf(own.map((p) => [slotOf(gradients, p)]));
};

const NEXT = 'next/';

const isNext = (name: string): boolean => name.startsWith(NEXT);

const withoutNext = (name: string): string => (isNext(name) ? name.slice(NEXT.length) : name);

const wholeStep = (
  graphs: StepGraphs,
  update: Graph,
  arrays: Arrays,
  mostWork: number,
): E.Either<ExecutableError, StepProgram> => {
  const remembered = graphs.gradients.outputs.map(({ name }) => name).filter(isNext);
  const both = compose(graphs.gradients, update, ['loss', ...remembered]);
  const outputs = both.outputs.map((p) => ({ ...p, name: withoutNext(p.name) }));
  const whole = { ...both, outputs };
  if (workOf(whole) > mostWork) return E.left({ tag: 'tooLarge', reason: 'too much work' });
  return javascriptExecutable({ graph: whole, inputs: arrays, outputs: arrays }, { guard: 'loss' });
};

/** The update, by whatever can run it: fused loops, loops in JavaScript, or ONNX Runtime. */
const updateProgram = async (
  { update, plan, arena }: StepMemory,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, Executable>> => {
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

const inHalves = async (
  { gradients }: StepGraphs,
  memory: StepMemory,
  arrays: Arrays,
  options: OnnxOptions,
): Promise<E.Either<ExecutableError, StepProgram>> => {
  const first = await onnxExecutable(
    { graph: gradients, inputs: arrays, outputs: arrays },
    options,
  );
  if (E.isLeft(first)) return first;
  const second = await updateProgram(memory, options);
  if (E.isLeft(second)) return second;
  const loss = arrays['loss'];
  const remembered = gradients.outputs.map(({ name }) => name).filter(isNext);
  return E.right({
    by: `${first.right.by}, update in ${second.right.by}`,
    run: async () => {
      await first.right.run();
      if (!Number.isFinite(loss?.[0])) return false;
      await second.right.run();
      for (const name of remembered) arrays[withoutNext(name)]?.set(arrays[name] ?? []);
      return true;
    },
    close: async () => {
      await first.right.close();
      await second.right.close();
    },
  });
};

/** A step ready to run, and what was tried. */
export interface ChosenStep {
  readonly program: StepProgram;
  /** One line: what was chosen, and how long each candidate took. */
  readonly note: string;
}

/** Runs `f` and puts the memory back as it was. */
const withoutTrace = async <A>({ buffer }: Arena, f: () => Promise<A>): Promise<A> => {
  const before = new Uint8Array(buffer).slice();
  try {
    return await f();
  } finally {
    new Uint8Array(buffer).set(before);
  }
};

/** Makes a step ready: tries what `executor` allows and keeps the fastest. */
export const stepProgram = (
  graphs: StepGraphs,
  memory: StepMemory,
  batch: Arena,
  { executor = 'auto', ...options }: CompileOptions,
): Promise<E.Either<string, ChosenStep>> => {
  const arrays = { ...memory.arena.arrays, ...batch.arrays };
  return withoutTrace(memory.arena, async () => {
    const found: StepProgram[] = [];
    const refused: ExecutableError[] = [];
    const add = (made: E.Either<ExecutableError, StepProgram>): void => {
      if (E.isRight(made)) found.push(made.right);
      else refused.push(made.left);
    };
    if (executor !== 'onnxruntime') {
      const mostWork = executor === 'auto' ? MOST_WORK : Infinity;
      add(wholeStep(graphs, memory.update, arrays, mostWork));
    }
    const [script] = found;
    const small = script !== undefined && (await timeOf(script.run)) < SMALL;
    if (executor === 'onnxruntime' || (executor === 'auto' && !small)) {
      add(await inHalves(graphs, memory, arrays, options));
    }
    const [first, ...others] = found;
    if (first === undefined) {
      return E.left(refused.map(showExecutableError).at(-1) ?? 'no executor was allowed');
    }
    const { chosen, timed } = await fastest<StepProgram>([first, ...others]);
    const times = timed.map(({ candidate, ms }) => `${candidate.by} ${showTime(ms)}`);
    return E.right({
      program: chosen,
      note: timed.length === 1 ? chosen.by : `${chosen.by}; timed ${times.join(', ')}`,
    });
  });
};
