/** Calls that share arrays, one after another. */

/** An asynchronous function whose calls wait for those before them. */
export interface InTurn<A extends readonly unknown[], R> {
  readonly call: (...args: A) => Promise<R>;
  /** Resolves when no call is under way. */
  readonly idle: () => Promise<unknown>;
}

/** Runs each call of `f` when the one before has ended, well or not. */
export const inTurn = <A extends readonly unknown[], R>(
  f: (...args: A) => Promise<R>,
): InTurn<A, R> => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    call: (...args) => {
      const next = last.then(() => f(...args));
      last = next.catch(() => undefined);
      return next;
    },
    idle: () => last,
  };
};
