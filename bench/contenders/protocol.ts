/**
 * What the bench and its contenders say to each other, a line of JSON each way: first the task, which
 * is answered when the contender is ready, then requests. A contender takes steps only when asked,
 * times itself, and is silent and idle in between.
 */
import * as t from 'io-ts';
import { Packed } from './arrays.js';

const orNull = <A extends t.Mixed>(codec: A) => t.union([codec, t.null]);

/** What a contender is told first: the case, its data, and where the parameters start. */
export const Task = t.type({
  case: t.type({ name: t.string }),
  batches: t.readonlyArray(t.readonly(t.record(t.string, Packed))),
  initial: t.readonly(t.record(t.string, Packed)),
  data: orNull(t.string),
});

export const Request = t.union([
  t.type({
    op: t.literal('take'),
    /** At most this many steps … */
    steps: t.number,
    /** … and no more once this much time has passed, in milliseconds. */
    limit: t.number,
  }),
  t.type({
    op: t.literal('run'),
    /** For at least so many milliseconds. */
    ms: t.number,
  }),
  t.type({ op: t.literal('finish') }),
]);

export type Request = t.TypeOf<typeof Request>;

/** A contender is ready: what it is called in full, and how long it compiled, if it compiles. */
export const Ready = t.type({
  ready: t.string,
  compileMs: orNull(t.number),
});

export type Ready = t.TypeOf<typeof Ready>;

/** Steps were taken. The loss of a step is that before its update; null is not a number. */
export const Taken = t.type({
  steps: t.number,
  ms: t.number,
  losses: t.readonlyArray(orNull(t.number)),
});

export type Taken = t.TypeOf<typeof Taken>;

/** A block was run. */
export const Ran = t.type({
  steps: t.number,
  ms: t.number,
  medianMs: t.number,
  /** How long collections of garbage held it up; null where that is not known. */
  collectionMs: orNull(t.number),
});

export type Ran = t.TypeOf<typeof Ran>;

/** A contender is done. */
export const Finished = t.type({ peakBytes: t.number });

export const Refused = t.type({ refused: t.string });

export const Answer = t.union([Ready, Ran, Taken, Finished, Refused]);

export type Answer = t.TypeOf<typeof Answer>;
