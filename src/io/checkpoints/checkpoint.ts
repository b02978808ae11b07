/**
 * Checkpoints: the whole state of training in one file, written whole or not at all, read back exactly.
 *
 * Law: what is saved loads, and gives the same state; what does not load is not saved either, and leaves
 * the file that was there.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { pipe } from 'fp-ts/lib/function.js';
import type { Tensor } from '../../../dsl/index.js';
import { namedState, partsOfState } from '../../inference/named-state.js';
import type { SviState } from '../../inference/svi-state.js';
import { type FileError, whyNot } from '../files/file-error.js';
import { type FileContent, saveFile } from '../files/save-file.js';
import type { CheckpointError } from './checkpoint-error.js';
import { sealedHeader } from './checksum.js';
import { type Facts, type Notes, factsFrom, factsOf, metadataOf } from './facts.js';
import { impossible } from './possible.js';
import { type RawTensor, bytesIn } from './raw-tensor.js';
import { readAll, readFacts } from './read.js';
import { decodeHeader } from './safetensors.js';
import { otherTensors, otherTexts } from './same-model.js';

export { type CheckpointError, showCheckpointError } from './checkpoint-error.js';
export type { Notes } from './facts.js';

const raw = async (x: Tensor): Promise<RawTensor> => ({
  shape: x.shape,
  values: Float32Array.from(await x.data()),
});

/** The file of a state in parts, or why it would not load. */
const partsOf = async (
  state: SviState,
  notes: Notes,
): Promise<E.Either<string, readonly Uint8Array[]>> => {
  const named = Object.entries(namedState(state));
  const tensors = new Map(
    await Promise.all(named.map(async ([name, x]) => [name, await raw(x)] as const)),
  );
  const wrong = impossible(state, tensors);
  if (wrong !== undefined) return E.left(wrong);
  const data = [...tensors.values()].map(bytesIn);
  const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
  const header = sealedHeader({ metadata: metadataOf(factsOf(state, notes)), shapes }, data);
  return pipe(
    decodeHeader(header),
    E.chain(factsFrom),
    E.map(() => [header, ...data]),
  );
};

/** `saveCheckpoint` by this way of saving a file. */
export const savingCheckpointBy =
  (save: (path: string, content: FileContent) => TaskEither<FileError, void>) =>
  (path: string, notes: Notes = {}) =>
  (state: SviState): TaskEither<CheckpointError, void> =>
  async () => {
    try {
      const parts = await partsOf(state, notes);
      if (E.isLeft(parts)) return E.left({ _tag: 'unwritable', path, reason: parts.left });
      return await save(path, parts.right)();
    } catch (error) {
      return E.left({ _tag: 'unwritable', path, reason: whyNot(error) });
    }
  };

/**
 * Writes a state to `path` as a safetensors file with checksums, whole or not at all: what was there stays
 * where anything fails. `notes` is kept beside it, each under `note/name`.
 *
 * Errors: `unwritable` where the disk does not take it, and for a state that could not be loaded again: one
 * with numbers that are not finite, or that its optimiser cannot have.
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
 * await readNotes('run.safetensors')(); // E.right({})
 * ```
 */
export const saveCheckpoint = savingCheckpointBy(saveFile);

/**
 * The notes of a checkpoint, whose numbers are not read.
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
      await readFacts(path),
      E.map(({ notes }) => notes),
    );

/** What sets a checkpoint's model apart from that of a state, with the notes that it should have. */
const otherModel = (
  template: SviState,
  notes: Notes,
  {
    shapes,
    facts,
  }: { readonly shapes: ReadonlyMap<string, readonly number[]>; readonly facts: Facts },
): string | undefined => {
  const named = Object.entries(namedState(template));
  const expected = new Map(named.map(([name, { shape }]) => [name, shape]));
  const { supports } = factsOf(template, {});
  return (
    otherTensors(expected, shapes) ??
    otherTexts('support', supports, facts.supports) ??
    otherTexts('note', notes, facts.notes)
  );
};

const tensorsOf = (tensors: ReadonlyMap<string, RawTensor>): SviState['params'] =>
  Object.fromEntries(
    [...tensors].map(([name, { shape, values }]) => [name, tf.tensor(values, [...shape])]),
  );

/**
 * Reads a state from `path`. `template` is a first state of the same inference, made by `svi.init`; it is
 * left to the caller. `notes` are what the checkpoint must have been saved with, such as the settings of a
 * run: it may have others beside them.
 *
 * Errors: `missing`; `unreadable` for a file that differs by a bit from what was saved, and for numbers
 * that no training could have led to; `anotherModel` where the names, shapes or supports of the template
 * are others, or a note is. Memory is taken for what the template needs, whatever the file claims.
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
 * await saveCheckpoint('run.safetensors', { rate: '0.1' })(later)();
 * const loaded = await loadCheckpoint('run.safetensors', state)();
 * E.isRight(loaded) && loaded.right.step; // 1
 * E.mapLeft(showCheckpointError)(await loadCheckpoint('run.safetensors', state, { rate: '0.2' })());
 * // E.left("run.safetensors is the checkpoint of another model: the note of 'rate' is '0.1' there and '0.2' here. Use the options it was trained with.")
 * ```
 */
export const loadCheckpoint =
  <P extends string>(
    path: string,
    template: SviState<P>,
    notes: Notes = {},
  ): TaskEither<CheckpointError, SviState<P>> =>
  async () =>
    pipe(
      await readAll(path, ({ header, facts }) =>
        otherModel(template, notes, { shapes: header.shapes, facts }),
      ),
      E.chain(({ facts: { step, key, heldOut }, tensors }) => {
        const reason = impossible(template, tensors);
        if (reason !== undefined) return E.left({ _tag: 'unreadable', path, reason });
        const history = heldOut.length > 0 && { heldOut };
        const parts = partsOfState<Tensor, P>(tensorsOf(tensors));
        return E.right({ ...template, step, key, ...history, ...parts });
      }),
    );
