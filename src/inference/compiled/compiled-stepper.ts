/** Steps as compiled graphs, one for each form of batch, over a state that they share. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Arrays } from '../../compile/arena.js';
import type { CompileOptions } from '../../compile/compile.js';
import { leavesOf, signatureOf } from '../../compile/container.js';
import { refusalOf } from '../../compile/tracer.js';
import { takeUnder } from '../../prefixed.js';
import { foldIn } from '../../random/index.js';
import { ofTurn, traceStep } from './step-graphs.js';
import { namedState, partsOfState } from '../named-state.js';
import { noiseDrawer } from './noisy-graph.js';
import { type StepMemory, batchMemory, stepMemory } from './step-memory.js';
import { type StepProgram, stepProgram } from './step-program.js';
import { type PhaseLosses, type Stepper, freeState } from '../stepper.js';
import type { Svi, SviState } from '../svi.js';
import { phaseKey } from '../turn.js';

interface Compiled {
  readonly program: StepProgram;
  readonly arrays: Arrays;
  /** Draws what the turns of a step need, and tells them which of their steps it is. */
  readonly draw: (step: number) => void;
  /** Where the last loss of each phase is, where there are several. */
  readonly losses: Arrays;
  readonly note: string;
}

/** A graph takes a second to make and memory to keep: more forms than this are no pattern. */
const MOST_GRAPHS = 8;

const put = (arrays: Arrays, name: string, x: tf.Tensor): void => {
  arrays[name]?.set(x.dataSync());
};

const compileFor = async <B>(
  svi: Svi<B>,
  state: SviState,
  batch: B,
  memory: StepMemory | undefined,
  options: CompileOptions,
): Promise<E.Either<string, Compiled & { readonly memory: StepMemory }>> => {
  try {
    const graphs = traceStep(svi, state, batch);
    const shared = memory ?? stepMemory(graphs, namedState(state));
    const { arrays } = batchMemory(graphs, shared);
    const turns = svi.turns.map(({ name, times, round }, i) => ({
      own: phaseKey(name, state.key),
      times,
      round,
      counter: arrays[ofTurn(i, 'step')],
      fill: noiseDrawer(graphs.order[i]?.noises ?? [], takeUnder(`turn/${i}`, arrays)),
    }));
    const draw = (step: number): void => {
      for (const { own, times, round, counter, fill } of turns) {
        const at = step * times + round;
        if (counter !== undefined) counter[0] = at;
        fill(foldIn(own, at));
      }
    };
    const losses = Object.fromEntries(
      svi.turns.flatMap(({ name }, i) => {
        const found = arrays[ofTurn(i, 'loss')];
        return name === '' || found === undefined ? [] : [[name, found]];
      }),
    );
    // Candidates are timed on the real state, batch and noise.
    for (const [name, x] of Object.entries(namedState(state))) put(shared.arena.arrays, name, x);
    for (const [name, x] of leavesOf(batch)) put(arrays, name, x);
    draw(state.step);
    const chosen = await stepProgram(graphs, shared, { ...shared.arena, arrays }, options);
    return E.isLeft(chosen)
      ? chosen
      : E.right({ ...chosen.right, arrays, draw, losses, memory: shared });
  } catch (error) {
    return E.left(refusalOf(error));
  }
};

/** A stepper that tells how its steps are run. */
export interface CompiledStepper<B> extends Stepper<B> {
  readonly note: string;
}

/**
 * Compiles the step of an inference; the left says why it cannot be. A batch of another shape is
 * compiled when it first comes, and kept.
 */
export const compiledStepper = async <B>(
  svi: Svi<B>,
  first: SviState,
  example: B,
  options: CompileOptions = {},
): Promise<E.Either<string, CompiledStepper<B>>> => {
  const shapes = Object.entries(namedState(first)).map(([name, x]) => [name, x.shape] as const);
  const compiled = new Map<string, Compiled>();
  const signature = signatureSafely(example);
  if (E.isLeft(signature)) return signature;
  const start = await compileFor(svi, first, example, undefined, options);
  if (E.isLeft(start)) return start;
  const { memory, note } = start.right;
  compiled.set(signature.right, start.right);
  let step = first.step;
  let found: PhaseLosses = {};

  const state = (): SviState => {
    const tensors = shapes.map(([name, shape]): readonly [string, tf.Tensor] => [
      name,
      tf.tensor(memory.arena.arrays[name]?.slice() ?? [], shape, 'float32'),
    ]);
    return { ...first, step, ...partsOfState(Object.fromEntries(tensors)) };
  };

  const compiledFor = async (batch: B): Promise<E.Either<string, Compiled>> => {
    const form = signatureOf(batch);
    const known = compiled.get(form);
    if (known !== undefined) return E.right(known);
    if (compiled.size === MOST_GRAPHS) {
      return E.left(
        `batches came in more than ${MOST_GRAPHS} forms; keep their shapes, and put numbers that change in tensors`,
      );
    }
    const at = state();
    try {
      const made = await compileFor(svi, at, batch, memory, options);
      if (E.isRight(made)) compiled.set(form, made.right);
      return made;
    } finally {
      freeState(at);
    }
  };

  return E.right({
    note,
    advance: async (batch, count = 1) => {
      const ready = await compiledFor(batch);
      if (E.isLeft(ready)) return ready;
      const { program, arrays, draw } = ready.right;
      const losses: number[] = [];
      for (const [name, x] of leavesOf(batch)) put(arrays, name, x);
      const { loss } = arrays;
      const byPhase = Object.entries(ready.right.losses).map(([name, from]) => ({
        name,
        from,
        losses: new Array<number>(),
      }));
      for (let k = 0; k < count; k += 1) {
        draw(step);
        const ran = program.run();
        const moved = typeof ran === 'boolean' ? ran : await ran;
        losses.push(loss?.[0] ?? Number.NaN);
        if (!moved) break;
        step += 1;
        for (const phase of byPhase) phase.losses.push(phase.from[0] ?? Number.NaN);
      }
      found = Object.fromEntries(byPhase.map(({ name, losses: own }) => [name, own]));
      return E.right(losses);
    },
    phaseLosses: () => found,
    at: () => step,
    state,
    restore: (to) => {
      for (const [name, x] of Object.entries(namedState(to))) put(memory.arena.arrays, name, x);
      ({ step } = to);
    },
    close: async () => {
      for (const { program } of compiled.values()) await program.close();
    },
  });
};

const signatureSafely = (batch: unknown): E.Either<string, string> => {
  try {
    return E.right(signatureOf(batch));
  } catch (error) {
    return E.left(refusalOf(error));
  }
};
