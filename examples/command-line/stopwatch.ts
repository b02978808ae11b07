/** How long training takes, without what is measured in between. */

/** Time of the clock on the wall, and of all cores in this process. */
export interface Times {
  readonly seconds: number;
  /** What a busy machine leaves as it is. */
  readonly cpuSeconds: number;
}

export interface Stopwatch {
  readonly read: () => Times;
  /** Does something that is not counted. */
  readonly without: <A>(f: () => Promise<A>) => Promise<A>;
}

const now = (): Times => {
  const { user, system } = process.cpuUsage();
  return { seconds: performance.now() / 1000, cpuSeconds: (user + system) / 1e6 };
};

const plus = (a: Times, b: Times, sign: 1 | -1): Times => ({
  seconds: a.seconds + sign * b.seconds,
  cpuSeconds: a.cpuSeconds + sign * b.cpuSeconds,
});

/** Goes on from the times that were read before it. */
export const stopwatch = (before: Times): Stopwatch => {
  let began = plus(now(), before, -1);
  return {
    read: () => plus(now(), began, -1),
    without: async (f) => {
      const start = now();
      try {
        return await f();
      } finally {
        began = plus(began, plus(now(), start, -1), 1);
      }
    },
  };
};
