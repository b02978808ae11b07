/** Never below what a clock can tell from nothing. */
const LEAST = 0.01;

/** A constant as it is written: three digits of what was measured. */
export const positive = (x: number): number => Number(Math.max(LEAST, x).toPrecision(3));
