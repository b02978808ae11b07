/** Numbers of single precision in as few decimals as tell them apart. */

/** The shortest decimal that single precision rounds to `x`, which must be of single precision. */
export const short = (x: number): number => {
  if (!Number.isFinite(x)) throw new Error(`expected a finite number to record, but got ${x}`);
  for (let digits = 1; digits < 9; digits += 1) {
    const y = Number(x.toPrecision(digits));
    if (Math.fround(y) === x) return y;
  }
  return Number(x.toPrecision(9));
};
