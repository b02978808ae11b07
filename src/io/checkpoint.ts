/** Checkpoints: the whole state of training in one file, written atomically, read back exactly. */
import { readFile } from 'node:fs/promises';
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';
import type { Tensor } from '../../dsl/index.js';
import { sameShape, showShape } from '../../dsl/shape.js';
import { namedState, partsOfState } from '../inference/named-state.js';
import type { SviState } from '../inference/svi.js';
import { putUnder, takeUnder } from '../prefixed.js';
import { hasCode, reasonOf } from '../thrown.js';
import { saveFile } from './save-file.js';
import { type RawTensor, type TensorFile, decodeTensors, encodeTensors } from './safetensors.js';

/** Why a checkpoint could not be written or read. */
export type CheckpointError =
  | { readonly tag: 'missing'; readonly path: string }
  | { readonly tag: 'unreadable'; readonly path: string; readonly reason: string }
  | { readonly tag: 'unwritable'; readonly path: string; readonly reason: string }
  | { readonly tag: 'anotherModel'; readonly path: string; readonly reason: string };

/**
 * One clear sentence for a checkpoint error.
 *
 * @example
 * ```ts
 * showCheckpointError({ tag: 'missing', path: 'run.safetensors' });
 * // 'There is no checkpoint at run.safetensors; give the path of one, or train from the start.'
 * ```
 */
export const showCheckpointError = (error: CheckpointError): string => {
  switch (error.tag) {
    case 'missing':
      return `There is no checkpoint at ${error.path}; give the path of one, or train from the start.`;
    case 'unreadable':
      return `${error.path} is not a checkpoint of this program: ${error.reason}.`;
    case 'unwritable':
      return `The checkpoint ${error.path} could not be written: ${error.reason}.`;
    case 'anotherModel':
      return `${error.path} is the checkpoint of another model: ${error.reason}. Use the options it was trained with.`;
  }
};

const FORMAT = 'marginalia-svi-1';

const Header = t.type({ format: t.literal(FORMAT), step: t.string, key: t.string });
const Step = t.refinement(t.Int, (n) => n >= 0, 'step');
const KeyWords = t.tuple([t.Int, t.Int]);

/** What a checkpoint holds beside the state: the caller's own text by name. */
export type Notes = Readonly<Record<string, string>>;

const raw = async (x: Tensor): Promise<RawTensor> => ({
  shape: x.shape,
  values: Float32Array.from(await x.data()),
});

/**
 * Writes a state to `path`; an interrupted write leaves the file that was there. `notes` is kept
 * beside it, each under `note/name`.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 0), 1), 2);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * await saveCheckpoint('run.safetensors')(state)(); // E.right(undefined)
 * ```
 */
export const saveCheckpoint =
  (path: string, notes: Notes = {}) =>
  (state: SviState): TaskEither<CheckpointError, void> =>
  async () => {
    try {
      const named = Object.entries(namedState(state));
      const tensors = Object.fromEntries(
        await Promise.all(named.map(async ([name, x]) => [name, await raw(x)] as const)),
      );
      const metadata = {
        format: FORMAT,
        step: String(state.step),
        key: JSON.stringify(state.key),
        ...putUnder('note', notes),
      };
      return await saveFile(path, encodeTensors({ metadata, tensors }))();
    } catch (error) {
      return E.left({ tag: 'unwritable', path, reason: reasonOf(error) });
    }
  };

const readTensors = async (path: string): Promise<E.Either<CheckpointError, TensorFile>> => {
  try {
    const bytes = await readFile(path);
    return pipe(
      decodeTensors(bytes),
      E.mapLeft((reason): CheckpointError => ({ tag: 'unreadable', path, reason })),
    );
  } catch (error) {
    return E.left(
      hasCode(error, 'ENOENT')
        ? { tag: 'missing', path }
        : { tag: 'unreadable', path, reason: reasonOf(error) },
    );
  }
};

/**
 * The notes of a checkpoint, without its tensors being used.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 0), 1), 2);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * await saveCheckpoint('run.safetensors', { seed: '0' })(state)();
 * await readNotes('run.safetensors')(); // E.right({ seed: '0' })
 * ```
 */
export const readNotes =
  (path: string): TaskEither<CheckpointError, Notes> =>
  async () =>
    pipe(
      await readTensors(path),
      E.map(({ metadata }) => takeUnder('note', metadata)),
    );

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What sets two sets of tensors apart, in words; nothing where names and shapes agree. */
const difference = (
  expected: Readonly<Record<string, { readonly shape: readonly number[] }>>,
  found: Readonly<Record<string, RawTensor>>,
): string | undefined => {
  for (const [name, { shape }] of Object.entries(expected)) {
    const other = found[name];
    if (other === undefined) return `it has no '${name}'`;
    if (!sameShape(shape, other.shape)) {
      return `its '${name}' has shape ${showShape(other.shape)} where this model has ${showShape(shape)}`;
    }
  }
  const extra = Object.keys(found).find((name) => !(name in expected));
  return extra === undefined ? undefined : `it has '${extra}', which this model has not`;
};

const tensorsOf = (tensors: Readonly<Record<string, RawTensor>>): SviState['params'] =>
  Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, values }]) => [
      name,
      tf.tensor(values, [...shape]),
    ]),
  );

/**
 * Reads a state from `path`. `template` is a first state of the same inference, made by `svi.init`:
 * a file whose parameters or optimiser have other names or shapes is refused. The template is left
 * to the caller.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: () => program(function* () {
 *     yield* observe('x', normal(yield* param('loc', 0), 1), 2);
 *   }),
 *   guide: () => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0));
 * const [later] = inference.step(state);
 * await saveCheckpoint('run.safetensors')(later)();
 * const loaded = await loadCheckpoint('run.safetensors', state)();
 * E.isRight(loaded) && loaded.right.step; // 1
 * ```
 */
export const loadCheckpoint =
  (path: string, template: SviState): TaskEither<CheckpointError, SviState> =>
  async () =>
    pipe(
      await readTensors(path),
      E.chain(({ metadata, tensors }): E.Either<CheckpointError, SviState> => {
        const header = Header.decode(metadata);
        const step = Step.decode(Number(metadata['step']));
        const key = KeyWords.decode(parsed(metadata['key'] ?? ''));
        if (E.isLeft(header) || E.isLeft(step) || E.isLeft(key)) {
          return E.left({
            tag: 'unreadable',
            path,
            reason: 'its header lacks the format, step or key',
          });
        }
        const reason = difference(namedState(template), tensors);
        if (reason !== undefined) return E.left({ tag: 'anotherModel', path, reason });
        return E.right({
          ...template,
          step: step.right,
          key: key.right,
          ...partsOfState(tensorsOf(tensors)),
        });
      }),
    );
