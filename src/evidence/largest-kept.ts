/** The largest numbers of a stream, one stream a column, in memory that does not grow. */

export interface LargestKept {
  readonly add: (column: number, value: number) => void;
  /** The largest of a column so far, in descending order; NaN alone where one of them was NaN. */
  readonly of: (column: number) => Float64Array;
}

/** Keeps the `keep` largest numbers of each column: 2 · `keep` numbers a column are held. */
export const largestKept = (columns: number, keep: number): LargestKept => {
  const room = 2 * keep;
  const held = new Float64Array(columns * room);
  const lengths = new Uint32Array(columns);
  const thresholds = new Float64Array(columns).fill(-Infinity);
  const broken = new Uint8Array(columns);
  const descending = (column: number): Float64Array =>
    held
      .slice(column * room, column * room + (lengths[column] ?? 0))
      .toSorted()
      .toReversed()
      .subarray(0, keep);
  return {
    add: (column, value) => {
      if (Number.isNaN(value)) broken[column] = 1;
      const length = lengths[column] ?? 0;
      if (length >= keep && !(value > (thresholds[column] ?? 0))) return;
      held[column * room + length] = value;
      lengths[column] = length + 1;
      if (length + 1 < room) return;
      const kept = descending(column);
      held.set(kept, column * room);
      lengths[column] = keep;
      thresholds[column] = kept.at(-1) ?? -Infinity;
    },
    of: (column) => (broken[column] === 1 ? Float64Array.of(Number.NaN) : descending(column)),
  };
};
