/** Something that takes training steps. */
import type { Case } from '../case.js';
import type { NumberArrays } from './arrays.js';
import type { Take } from '../blocks.js';

/** What has to be done: a case, its batches, taken in turn, and the initial parameters. */
export interface Problem {
  readonly of: Case;
  readonly batches: readonly NumberArrays[];
  readonly initial: NumberArrays;
  /** The folder of the images of a case that reads them. */
  readonly data: string | null;
}

/** A contender that is ready for its first step. */
export interface Contender {
  /** What it is, in a few words. */
  readonly says: string;
  /** How long it compiled, in milliseconds; `null` for one that compiles nothing. */
  readonly compileMs: number | null;
  /** Takes steps, each on the next batch with fresh noise, and gives the loss before each update. */
  readonly take: Take;
}
