/**
 * What the bench and its contenders say to each other, a line of JSON each way: first the task, which
 * is answered when the contender is ready, then requests. A contender takes steps only when asked,
 * times itself, and is silent and idle in between.
 */
import * as t from 'io-ts';
import { Packed } from './arrays.js';

/** What a contender is told first: the case, its data, and where the parameters start. */
export const Task = t.type({
  case: t.type({ name: t.string }),
  batches: t.readonlyArray(t.readonly(t.record(t.string, Packed))),
  initial: t.readonly(t.record(t.string, Packed)),
});

export const Request = t.union([
  t.type({
    op: t.literal('take'),
    /** At most this many steps … */
    steps: t.number,
    /** … and no more once this much time has passed, in milliseconds. */
    limit: t.union([t.number, t.null]),
    /** Whether the losses are wanted back. */
    losses: t.boolean,
  }),
  t.type({ op: t.literal('finish') }),
]);

export type Request = t.TypeOf<typeof Request>;

/** A contender is ready: what it is called in full, and how long it compiled, if it compiles. */
export const Ready = t.type({
  ready: t.string,
  compileMs: t.union([t.number, t.null]),
});

export type Ready = t.TypeOf<typeof Ready>;

/** Steps were taken. The loss of a step is that before its update; null is not a number. */
export const Taken = t.type({
  steps: t.number,
  ms: t.number,
  losses: t.readonlyArray(t.union([t.number, t.null])),
});

export type Taken = t.TypeOf<typeof Taken>;

/** A contender is done. */
export const Finished = t.type({ peakBytes: t.number });

export const Refused = t.type({ refused: t.string });

export const Answer = t.union([Ready, Taken, Finished, Refused]);

export type Answer = t.TypeOf<typeof Answer>;
