/**
 * A function of parameters, a batch and noise, compiled for each form of batch that comes: what
 * evaluation, prediction and importance sampling are made of.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../../dsl/index.js';
import type { Arrays } from '../../compile/arena.js';
import {
  type CompileOptions,
  boundTo,
  executableOf,
  outputTensors,
} from '../../compile/compile.js';
import { leavesOf, signatureOf, withLeaves } from '../../compile/container.js';
import { type Bound, type Executable, showExecutableError } from '../../compile/executable.js';
import { inTurn } from '../../compile/in-turn.js';
import { type Tensors, refusalOf } from '../../compile/tracer.js';
import { type NoiseSource, keyedNoise } from '../../noise-source.js';
import type { Params } from '../../params.js';
import { putUnder, takeUnder } from '../../prefixed.js';
import type { Key } from '../../random/index.js';
import { scoped } from '../../scoped.js';
import { noiseDrawer, specsOf, traceNoisy } from './noisy-graph.js';
import type { EngineOptions } from './engine.js';

/** A function of tensors alone: parameters, noise, and whatever a batch is. */
export type NoisyFunction<B> = (params: Params, noise: NoiseSource, batch: B) => Tensors;

/** Runs a function, eagerly or as a graph; the results are the caller's. */
export interface FunctionRunner<B> {
  readonly run: (params: Params, batch: B, key: Key) => Promise<Tensors>;
  readonly close: () => Promise<void>;
}

interface Form {
  readonly executable: Executable;
  readonly bound: Bound;
  readonly draw: (key: Key) => void;
}

/** A graph takes a second to make and memory to keep: more forms than this are no pattern. */
const MOST_FORMS = 8;

const put = (arrays: Arrays, named: readonly (readonly [string, Tensor])[]): void => {
  for (const [name, x] of named) arrays[name]?.set(x.dataSync());
};

const given = <B>(params: Params, batch: B): readonly (readonly [string, Tensor])[] => [
  ...Object.entries(putUnder('params', params)),
  ...leavesOf(batch),
];

const compileForm = async <B>(
  f: NoisyFunction<B>,
  params: Params,
  batch: B,
  key: Key,
  options: CompileOptions,
): Promise<E.Either<string, Form>> => {
  const { graph, noises } = traceNoisy(specsOf(given(params, batch)), (tensors, noise) =>
    f(takeUnder('params', tensors), noise, withLeaves(batch, tensors)),
  );
  const bound = boundTo(graph);
  const draw = noiseDrawer(noises, bound.inputs);
  // Executors are timed on the real numbers.
  put(bound.inputs, given(params, batch));
  draw(key);
  const made = await executableOf(bound, options);
  return E.isLeft(made)
    ? E.left(showExecutableError(made.left))
    : E.right({ bound, draw, executable: made.right });
};

/** Makes a runner of a function. Under `auto` what cannot be compiled runs eagerly. */
export const functionRunner = <B>(
  f: NoisyFunction<B>,
  { engine = 'auto', onEngine, ...options }: EngineOptions = {},
): FunctionRunner<B> => {
  const forms = new Map<string, Form>();
  let told = false;
  let eager = engine === 'eager';
  const tell = (note: string): void => {
    if (!told) onEngine?.(note);
    told = true;
  };
  const formFor = async (params: Params, batch: B, key: Key): Promise<E.Either<string, Form>> => {
    try {
      const form = signatureOf({
        batch,
        params: Object.entries(params).map(([n, x]) => [n, x.shape]),
      });
      const known = forms.get(form);
      if (known !== undefined) return E.right(known);
      if (forms.size === MOST_FORMS) {
        return E.left(`batches came in more than ${MOST_FORMS} forms`);
      }
      const made = await compileForm(f, params, batch, key, options);
      if (E.isRight(made)) forms.set(form, made.right);
      return made;
    } catch (error) {
      return E.left(refusalOf(error));
    }
  };
  const eagerly = (params: Params, batch: B, key: Key): Tensors =>
    scoped(
      () =>
        Object.fromEntries(
          Object.entries(f(params, keyedNoise(key), batch)).map(([n, x]) => [n, tf.clone(x)]),
        ),
      (made) => Object.values(made),
    );
  const once = async (params: Params, batch: B, key: Key): Promise<Tensors> => {
    if (eager) {
      tell('eager: asked for');
      return eagerly(params, batch, key);
    }
    const form = await formFor(params, batch, key);
    if (E.isLeft(form)) {
      if (engine === 'compiled')
        throw new Error(`expected a program that compiles, but ${form.left.replace(/\.$/, '')}.`);
      tell(`eager: ${form.left}`);
      eager = true;
      return eagerly(params, batch, key);
    }
    tell(`compiled: ${form.right.executable.by}`);
    put(form.right.bound.inputs, given(params, batch));
    form.right.draw(key);
    await form.right.executable.run();
    return outputTensors(form.right.bound);
  };
  const { call, idle } = inTurn(once);
  return {
    run: call,
    close: async () => {
      await idle();
      for (const { executable } of forms.values()) await executable.close();
      forms.clear();
    },
  };
};
