/** What is asked of a long run. */

/** Garbage may be collected in this share of the time. */
export const MOST_COLLECTION = 0.01;

/** Memory is flat where it grows by less than so many bytes; allocators keep some back. */
export const SLACK = 16 * 2 ** 20;

/** What a long run held after each part of it, in bytes. */
export const growth = (held: readonly number[]): number => {
  const half = Math.floor(held.length / 2);
  const [early, late] = [held.slice(0, half), held.slice(half)];
  return Math.min(...late) - Math.max(...early);
};

/** Sentences for what is not as asked. */
export const complaints = ({
  collection,
  trained,
  sessions,
  threads,
  tensors,
}: {
  /** The share of training in which garbage was collected. */
  readonly collection: number;
  /** What was held after each part of training, and after each part of the sessions, in bytes. */
  readonly trained: readonly number[];
  readonly sessions: readonly number[];
  /** Threads and tensors that were there after the sessions and not before. */
  readonly threads: number;
  readonly tensors: number;
}): readonly string[] => {
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return [
    ...(collection < MOST_COLLECTION
      ? []
      : [`garbage was collected in ${(100 * collection).toFixed(2)} % of the time, not under 1 %`]),
    ...(growth(trained) < SLACK
      ? []
      : [`memory grew by ${mebibytes(growth(trained))} while it was trained`]),
    ...(growth(sessions) < SLACK
      ? []
      : [`memory grew by ${mebibytes(growth(sessions))} while sessions were opened and closed`]),
    ...(threads <= 0 ? [] : [`${threads} threads of closed sessions are left`]),
    ...(tensors <= 0 ? [] : [`${tensors} tensors of closed sessions are left`]),
  ];
};
