/**
 * Steps by the cheapest way for each form of batch, over a state that they share: compiled graphs, or
 * operation by operation where that costs less.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Arrays } from '../../compile/arena.js';
import { firstThatCan } from '../../compile/choice/choose.js';
import { onceEach, tellMissing } from '../../compile/choice/missing.js';
import { showWay } from '../../compile/choice/ways.js';
import { givenBy } from '../../compile/compile.js';
import { emptyArrayOf, leavesOf, signatureOf, withArrays } from '../../compile/container.js';
import { showExecutableError } from '../../compile/executable.js';
import { refusalOf } from '../../compile/recording/recorder.js';
import { takeUnder } from '../../../dsl/records/record-paths.js';
import { stepDrawer } from '../../random/drawer.js';
import { namedState, partsOfState } from '../named-state.js';
import { isSteady, ownStep } from '../phases/pace.js';
import {
  type Losses,
  type PhaseLosses,
  type Stepper,
  type WrittenSteps,
  eagerStepper,
  phaseLog,
  freeState,
} from '../stepper.js';
import type { SviState } from '../svi-state.js';
import type { Svi } from '../inference.js';
import { type Stage, dueStages, phaseKey, stageNames } from '../phases/stage.js';
import type { EngineOptions } from './engine.js';
import { type LossLog, lossLog } from './loss-log.js';
import { noiseBlocks } from './noisy-graph.js';
import { showChosen } from './show-chosen.js';
import { withoutSubnormals } from './subnormals.js';
import { type StepGraphs, ofStage, recordStep } from './step-graphs.js';
import { type StepMemory, batchMemory, stepMemory } from './step-memory.js';
import { type StepProgram, stepProgram, wholeGraph } from './step-program.js';
import { type WeighedStep, showSteps, weighStep } from './step-ways.js';

/** The step of one form of batch as a graph. */
interface Compiled {
  readonly _tag: 'compiled';
  readonly program: StepProgram;
  readonly arrays: Arrays;
  /** Draws what the stages of a step need, and tells them which of their steps it is. */
  readonly draw: (step: number) => void;
  readonly log: LossLog;
}

/** How the step of one form of batch is taken. */
type Form = Compiled | { readonly _tag: 'eager' };

/** Narrows the ways that are weighed: how a measurement fixes one. */
export type Among = (weighed: readonly WeighedStep[]) => readonly WeighedStep[];

/** A graph takes a second to make and memory to keep: more forms than this are no pattern. */
const MOST_FORMS = 8;

const put = (arrays: Arrays, name: string, x: tf.Tensor): void => {
  arrays[name]?.set(x.dataSync());
};

const compiledForm = <B>(
  due: readonly Stage<B>[],
  { key }: SviState,
  graphs: StepGraphs,
  program: StepProgram,
  arrays: Arrays,
): Compiled => {
  const stages = due.map(({ name, paces }, i) => ({
    paces,
    counter: arrays[ofStage(i, 'step')],
    drawAt: stepDrawer(
      phaseKey(name, key),
      noiseBlocks(graphs.order[i]?.noises ?? [], takeUnder(`stage/${i}`, arrays)),
    ),
  }));
  const losses = Object.fromEntries(
    stageNames(due).flatMap((names, i) => {
      const found = arrays[ofStage(i, 'loss')];
      return found === undefined
        ? []
        : names.flatMap((name) => (name === '' ? [] : [[name, found] as const]));
    }),
  );
  return {
    _tag: 'compiled',
    program,
    arrays,
    log: lossLog(arrays['loss'], losses),
    draw: (step) => {
      for (let i = 0; i < stages.length; i += 1) {
        const stage = stages[i];
        if (stage === undefined) return;
        const at = ownStep(stage.paces, step);
        if (stage.counter !== undefined) stage.counter[0] = at;
        stage.drawAt(at);
      }
    },
  };
};

const formFor = async <B>(
  svi: Svi<B>,
  due: readonly Stage<B>[],
  state: SviState,
  batch: B,
  memory: StepMemory | undefined,
  { engine = 'auto', onEngine, ...options }: EngineOptions,
  among: Among,
): Promise<E.Either<string, readonly [Form, StepMemory]>> => {
  try {
    const graphs = recordStep({ ...svi, stages: due }, state, batch);
    const all = due.length === svi.stages.length || memory ? graphs : recordStep(svi, state, batch);
    const memoryOfAll = memory ?? stepMemory(all, namedState(state));
    const shared = updatesOf(graphs, memoryOfAll);
    const whole = wholeGraph(graphs);
    const given = givenBy(options, engine === 'auto' ? tf.getBackend() : undefined);
    const weighed = among(weighStep({ graphs, updates: shared.updates, whole }, given));
    const own = batchMemory(graphs, shared);
    const arrays = { ...shared.arena.arrays, ...own.arrays };
    const chosen = await firstThatCan<WeighedStep, Form>(weighed, async ({ parts, way }) => {
      if (way._tag === 'eager') return E.right({ _tag: 'eager' });
      const made = await stepProgram({ parts, way }, graphs, whole, shared, arrays, options);
      return E.isLeft(made) ? made : E.right(compiledForm(due, state, graphs, made.right, arrays));
    });
    if (E.isLeft(chosen)) return E.left(showExecutableError(chosen.left));
    const { made, by, refused } = chosen.right;
    tellMissing(refused, options);
    const name = made._tag === 'compiled' ? `compiled: ${made.program.by}` : showWay(by.way);
    onEngine?.(showChosen(name, batch, refused, showSteps(weighed)));
    return E.right([made, memoryOfAll]);
  } catch (error) {
    return E.left(refusalOf(error));
  }
};

/** A memory with the updates of the phases that a step has. */
const updatesOf = ({ phases }: StepGraphs, memory: StepMemory): StepMemory => ({
  ...memory,
  updates: phases.flatMap(({ name }) => memory.updates.filter((update) => update.name === name)),
});

/**
 * Steps of an inference in the cheapest way; the left says why there is none. A batch of another shape
 * is traced, weighed and compiled when it first comes, and kept. `among` narrows the choice.
 */
export const compiledStepper = async <B>(
  svi: Svi<B>,
  first: SviState,
  example: B,
  asked: EngineOptions = {},
  among: Among = (weighed) => weighed,
): Promise<E.Either<string, Stepper<B>>> => {
  const options = onceEach(asked);
  const shapes = Object.entries(namedState(first)).map(([name, x]) => [name, x.shape] as const);
  /** By the stages that a step has, then by the batch. */
  const forms = new Map<string, Map<string, Form>>();
  const formsOf = (due: readonly Stage<B>[]): Map<string, Form> => {
    const name = due.map((stage) => svi.stages.indexOf(stage)).join();
    const found = forms.get(name) ?? new Map<string, Form>();
    forms.set(name, found);
    return found;
  };
  const steady = svi.stages.every(({ paces }) => isSteady(paces));
  const signature = signatureSafely(example);
  if (E.isLeft(signature)) return signature;
  const dueFirst = dueStages(svi.stages, first.step);
  const start = await formFor(svi, dueFirst, first, example, undefined, options, among);
  if (E.isLeft(start)) return start;
  const [firstForm, memory] = start.right;
  const flush = await withoutSubnormals(memory);
  formsOf(dueFirst).set(signature.right, firstForm);
  let step = first.step;
  let phaseLosses: () => PhaseLosses = () => ({});
  /** Holds the state while steps are taken eagerly; between compiled ones it lies in the arrays. */
  let eager: Stepper<B> | undefined;

  const intoArrays = (from: SviState): void => {
    for (const [name, x] of Object.entries(namedState(from))) put(memory.arena.arrays, name, x);
  };
  intoArrays(first);

  const state = (): SviState => {
    if (eager !== undefined) return eager.state();
    const tensors = shapes.map(([name, shape]): readonly [string, tf.Tensor] => [
      name,
      tf.tensor(memory.arena.arrays[name]?.slice() ?? [], shape, 'float32'),
    ]);
    return { ...first, step, ...partsOfState(Object.fromEntries(tensors)) };
  };

  /** What `f` makes of a copy of the state. */
  const withState = async <A>(f: (at: SviState) => A | Promise<A>): Promise<A> => {
    const at = state();
    try {
      return await f(at);
    } finally {
      freeState(at);
    }
  };

  const formOf = async (batch: B): Promise<E.Either<string, Form>> => {
    const name = signatureOf(batch);
    const due = dueStages(svi.stages, step);
    const own = formsOf(due);
    const known = own.get(name);
    if (known !== undefined) return E.right(known);
    if (own.size === MOST_FORMS) {
      return E.left(
        `batches came in more than ${MOST_FORMS} forms; keep their shapes, and put numbers that change in tensors`,
      );
    }
    const made = await withState((at) => formFor(svi, due, at, batch, memory, options, among));
    if (E.isLeft(made)) return made;
    own.set(name, made.right[0]);
    return E.right(made.right[0]);
  };

  const advanceEagerly = async (
    batch: B,
    count: number,
  ): Promise<E.Either<string, readonly number[]>> => {
    eager ??= await withState((at) => eagerStepper(svi, at));
    try {
      return await eager.advance(batch, count);
    } finally {
      // Steps that were taken before one that throws are in the state.
      step = eager.at();
      phaseLosses = eager.phaseLosses;
    }
  };

  /** Steps on what lies in the arrays of a form, as `next` leaves it. */
  const advanceCompiled = async (
    { program, draw, log }: Compiled,
    count: number,
    next?: (step: number) => boolean,
  ): Promise<Losses> => {
    if (eager !== undefined) {
      await withState(intoArrays);
      await eager.close();
      eager = undefined;
    }
    log.begin(count);
    for (let k = 0; k < count; k += 1) {
      if (next?.(step) === false) break;
      draw(step);
      const ran = program.run();
      const moved = typeof ran === 'boolean' ? ran : await ran;
      log.read(moved);
      if (!moved) break;
      step += 1;
      flush(step);
    }
    phaseLosses = log.phaseLosses;
    return log.losses();
  };

  const written = (batch: B): WrittenSteps<B> | undefined => {
    // Steps that have other stages are other programs, which read a batch elsewhere.
    if (!steady) return undefined;
    const form = formsOf(svi.stages).get(signatureOf(batch));
    if (form?._tag !== 'compiled') return undefined;
    return {
      // What a graph does not read has an array that nothing reads.
      into: withArrays(batch, (path, x) => form.arrays[path] ?? emptyArrayOf(x)),
      advance: (count, next) => advanceCompiled(form, count, next),
    };
  };

  /** Steps that all have the stages of the first. */
  const advance: Stepper<B>['advance'] = async (batch, count = 1) => {
    const form = await formOf(batch);
    if (E.isLeft(form)) return form;
    if (form.right._tag === 'eager') return advanceEagerly(batch, count);
    for (const [name, x] of leavesOf(batch)) put(form.right.arrays, name, x);
    return E.right([...(await advanceCompiled(form.right, count))]);
  };

  /** Steps one by one, each with the stages that it has. */
  const advanceByTurns: Stepper<B>['advance'] = async (batch, count = 1) => {
    const losses: number[] = [];
    const told = phaseLog();
    while (losses.length < count) {
      const taken = await advance(batch, 1);
      if (E.isLeft(taken)) return taken;
      losses.push(...taken.right);
      told.add(phaseLosses());
      if (!Number.isFinite(losses.at(-1))) break;
    }
    phaseLosses = told.losses;
    return E.right(losses);
  };

  return E.right({
    advance: steady ? advance : advanceByTurns,
    written,
    phaseLosses: () => phaseLosses(),
    at: () => step,
    state,
    restore: (to) => {
      intoArrays(to);
      ({ step } = to);
      eager?.restore(to);
    },
    close: async () => {
      await eager?.close();
      for (const form of [...forms.values()].flatMap((own) => [...own.values()])) {
        if (form._tag === 'compiled') await form.program.close();
      }
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
