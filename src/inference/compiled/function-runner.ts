/**
 * A function of parameters, a batch and noise, compiled for each form of batch that comes: what
 * evaluation, prediction and importance sampling are made of.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../../dsl/index.js';
import { breather } from '../../compile/breathe.js';
import type { Arrays } from '../../compile/arena.js';
import { firstThatCan, weighGraph } from '../../compile/choice/choose.js';
import { onceEach, tellMissing } from '../../compile/choice/missing.js';
import { type Weighed, showWay, showWeighed } from '../../compile/choice/ways.js';
import { boundTo, executableBy, givenBy, outputTensors } from '../../compile/compile.js';
import { leavesOf, signatureOf, withLeaves } from '../../compile/container.js';
import { type Bound, type Executable, showExecutableError } from '../../compile/executable.js';
import { inTurn } from '../../compile/in-turn.js';
import { type Tensors, refusalOf } from '../../compile/recording/recorder.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import type { Params } from '../../interpreters/params.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { drawer } from '../../random/drawer.js';
import type { Key } from '../../random/index.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { interpretedFunction } from '../interpreted/interpreted-function.js';
import { noiseBlocks, specsOf, recordNoisy } from './noisy-graph.js';
import type { EngineOptions } from './engine.js';
import { showChosen } from './show-chosen.js';

/** A function of tensors alone: parameters, noise, and whatever a batch is. */
export type NoisyFunction<B> = (params: Params, noise: NoiseSource, batch: B) => Tensors;

/** Runs a function, interpreted or compiled; the results are the caller's. */
export interface FunctionRunner<B> {
  readonly run: (params: Params, batch: B, key: Key) => Promise<Tensors>;
  readonly close: () => Promise<void>;
}

interface Compiled {
  readonly _tag: 'compiled';
  readonly executable: Executable;
  readonly bound: Bound;
  readonly draw: (key: Key) => void;
}

/** How one form of batch is run. */
type Form = Compiled | { readonly _tag: 'eager' };

/** A graph takes a second to make and memory to keep: more forms than this are no pattern. */
const MOST_FORMS = 8;

const put = (arrays: Arrays, named: readonly (readonly [string, Tensor])[]): void => {
  for (const [name, x] of named) arrays[name]?.set(x.dataSync());
};

const given = <B>(params: Params, batch: B): readonly (readonly [string, Tensor])[] => [
  ...Object.entries(putUnder('params', params)),
  ...leavesOf(batch),
];

const makeForm = async <B>(
  f: NoisyFunction<B>,
  params: Params,
  batch: B,
  { engine = 'auto', onEngine, ...options }: EngineOptions,
): Promise<E.Either<string, Form>> => {
  const { graph, noises, asked } = recordNoisy(specsOf(given(params, batch)), (tensors, noise) =>
    f(takeUnder('params', tensors), noise, withLeaves(batch, tensors)),
  );
  const backend = engine === 'auto' ? tf.getBackend() : undefined;
  const weighed = weighGraph(graph, asked, givenBy(options, backend));
  const chosen = await firstThatCan<Weighed, Form>(weighed, async ({ way }) => {
    if (way._tag === 'eager') return E.right({ _tag: 'eager' });
    const bound = boundTo(graph);
    const made = await executableBy(way, bound, options);
    if (E.isLeft(made)) return made;
    const draw = drawer(noiseBlocks(noises, bound.inputs));
    return E.right({ _tag: 'compiled', bound, draw, executable: made.right });
  });
  if (E.isLeft(chosen)) return E.left(showExecutableError(chosen.left));
  const { made, by, refused } = chosen.right;
  tellMissing(refused, options);
  const name = made._tag === 'compiled' ? made.executable.by : showWay(by.way);
  onEngine?.(
    showChosen(
      made._tag === 'compiled' ? `compiled: ${name}` : name,
      batch,
      refused,
      showWeighed(weighed),
    ),
  );
  return E.right(made);
};

/** Makes a runner of a function. Under `auto` what cannot be compiled is interpreted. */
export const functionRunner = <B>(
  f: NoisyFunction<B>,
  asked: EngineOptions = {},
): FunctionRunner<B> => {
  const options = onceEach(asked);
  const { engine = 'auto', onEngine } = options;
  const forms = new Map<string, Form>();
  const rest = breather();
  let eager = engine === 'eager';
  if (eager) onEngine?.('eager: asked for');
  const formFor = async (params: Params, batch: B): Promise<E.Either<string, Form>> => {
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
      const made = await makeForm(f, params, batch, options);
      if (E.isRight(made)) forms.set(form, made.right);
      return made;
    } catch (error) {
      return E.left(refusalOf(error));
    }
  };
  const interpreted = interpretedFunction<B, undefined>((tensors, noise, batch) =>
    f(takeUnder('params', tensors), noise, batch),
  );
  const eagerly = (params: Params, batch: B, key: Key): Tensors =>
    tidied(
      () => interpreted(putUnder('params', params), keyedNoise(key), batch, undefined),
      (made) => Object.values(made),
    );
  const once = async (params: Params, batch: B, key: Key): Promise<Tensors> => {
    if (eager) return eagerly(params, batch, key);
    const form = await formFor(params, batch);
    if (E.isLeft(form)) {
      if (engine === 'compiled')
        throw new Error(`expected a program that compiles, but ${form.left.replace(/\.$/, '')}.`);
      onEngine?.(`eager: ${form.left}`);
      eager = true;
      return eagerly(params, batch, key);
    }
    if (form.right._tag === 'eager') return eagerly(params, batch, key);
    const { bound, draw, executable } = form.right;
    put(bound.inputs, given(params, batch));
    draw(key);
    await executable.run();
    await rest();
    return outputTensors(bound);
  };
  const { call, idle } = inTurn(once);
  return {
    run: call,
    close: async () => {
      await idle();
      for (const form of forms.values()) {
        if (form._tag === 'compiled') await form.executable.close();
      }
      forms.clear();
    },
  };
};
