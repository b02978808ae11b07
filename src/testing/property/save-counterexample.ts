/** Counterexamples as files. */
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type FileError, showFileError } from '../../io/files/file-error.js';
import { saveFile } from '../../io/files/save-file.js';
import { type Counterexample, CounterexampleError } from './counterexample.js';

/** Data that a JSON file gives back as they are, but that it has 0 for −0. */
const isJson = (x: unknown): boolean => {
  if (x === null || typeof x === 'string' || typeof x === 'boolean') return true;
  if (typeof x === 'number') return Number.isFinite(x);
  if (Array.isArray(x)) return x.every(isJson);
  if (typeof x !== 'object') return false;
  const kind: unknown = Object.getPrototypeOf(x);
  return (kind === Object.prototype || kind === null) && Object.values(x).every(isJson);
};

/**
 * The counterexample that a run of fast-check found: in what `fc.check` gives, in what `fc.assert`
 * throws, or in the property's own error. Nothing where there is none.
 */
const counterexampleIn = (found: unknown): Counterexample | undefined => {
  if (found instanceof CounterexampleError) return found.counterexample;
  if (typeof found !== 'object' || found === null) return undefined;
  const inner =
    'errorInstance' in found
      ? found.errorInstance
      : found instanceof Error
        ? found.cause
        : undefined;
  return inner instanceof CounterexampleError ? inner.counterexample : undefined;
};

/** The file's text, or why there is none. */
const textOf = (found: unknown): E.Either<string, string> => {
  const counterexample = counterexampleIn(found);
  if (counterexample === undefined) return E.left('the run found no counterexample');
  const { recipe } = counterexample;
  if (recipe === undefined) {
    return E.left('its case has no recipe; give cases { generator, sketch } as their recipe');
  }
  return isJson(recipe.sketch)
    ? E.right(`${JSON.stringify(counterexample, null, 2)}\n`)
    : E.left(`the sketch of '${recipe.generator}' is not JSON; make it of plain finite numbers`);
};

/**
 * Saves the counterexample of a run of a `property` to a JSON file, whole or not at all: the law, the
 * case's recipe, the seed and the message; −0 in a recipe is kept as 0. `found` is what `fc.check` gave or `fc.assert` threw.
 * `replayCounterexample` asks it again.
 *
 * - Errors: a `FileError`, also where the run found nothing or the case has no recipe.
 *
 * @example
 * ```ts
 * const tooHigh = ({ logEvidence, ...c }: BoundCase) =>
 *   checkBoundBelowEvidence({ ...c, logEvidence: logEvidence - 50 });
 * const found = fc.check(property({ tooHigh }, linearGaussian()), { endOnFailure: true });
 * await saveCounterexample('counterexample.json', found)(); // E.right(undefined)
 * const told = await replayCounterexample('counterexample.json', { laws: { tooHigh } }).catch(String);
 * String(told).includes("The law 'the bound is below the evidence' is broken"); // true
 * ```
 */
export const saveCounterexample =
  (path: string, found: unknown): TaskEither<FileError, void> =>
  async () => {
    const text = textOf(found);
    return E.isLeft(text)
      ? E.left({ _tag: 'unwritable', path, reason: text.left })
      : saveFile(path, text.right)();
  };

/**
 * A reporter for `fc.assert` of an `asyncProperty`: saves the counterexample, then fails as ever, with a
 * line that says where it is.
 *
 * @example
 * ```ts
 * const never = (c: BoundCase) => {
 *   if (c.label !== '') throw new Error('No.');
 * };
 * const asyncReporter = savingTo('never.json');
 * const run = fc.assert(asyncProperty({ never }, linearGaussian()), { asyncReporter });
 * String(await run.catch(String)).includes("replayCounterexample('never.json')"); // true
 * ```
 */
export const savingTo =
  (path: string) =>
  async <T>(details: fc.RunDetails<T>): Promise<void> => {
    if (!details.failed) return;
    const saved = await saveCounterexample(path, details)();
    const where = E.isLeft(saved)
      ? showFileError(saved.left)
      : `Ask it again with replayCounterexample('${path}').`;
    const told = await fc.asyncDefaultReportMessage(details);
    throw new Error(`${told ?? ''}\n\n${where}`, { cause: details.errorInstance });
  };
