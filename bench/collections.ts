/** How long collections of garbage held the program up, as the engine tells of them. */
import { PerformanceObserver } from 'node:perf_hooks';

/** Watches from now on; asked, it says how many milliseconds collections took since it was asked last. */
export const watchCollections = (): (() => Promise<number>) => {
  let ms = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) ms += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  return async () => {
    // The engine tells of a collection in a later turn of the event loop, and the observer in one more.
    await turn();
    await turn();
    const found = ms;
    ms = 0;
    return found;
  };
};
