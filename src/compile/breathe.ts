/** Others' turns: computing never yields by itself, so timers, signals and a page's events would wait. */

/** Lets what is waiting run. */
export const breathe = (): Promise<void> =>
  new Promise((resolve) => {
    // A timer waits a millisecond at least; not every host has the other.
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

/** Milliseconds of work after which others get a turn. */
export const TURN = 30;

/** Breathes where a turn is over. */
export const breather = (now: () => number = () => performance.now()): (() => Promise<void>) => {
  let since = now();
  return async () => {
    if (now() - since < TURN) return;
    await breathe();
    since = now();
  };
};
