/** Sketches that come from outside, from a file say. */
import { isLeft } from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { PathReporter } from 'io-ts/lib/PathReporter.js';

/** A whole number of at least `least`. */
export const wholeFrom = (least: number) =>
  t.refinement(t.number, (n) => Number.isInteger(n) && n >= least, `a whole number from ${least}`);

/** A finite number. */
export const finite = t.refinement(t.number, Number.isFinite, 'a finite number');

/** The longest complaint that is told. */
const LONGEST = 160;

/** A sketch of a generator as plain data; what is none throws a `RangeError` that says why. */
export const decodeSketch = <A>(
  generator: string,
  codec: t.Type<A, unknown>,
  sketch: unknown,
): A => {
  const decoded = codec.decode(sketch);
  if (!isLeft(decoded)) return decoded.right;
  const [first = ''] = PathReporter.report(decoded);
  throw new RangeError(
    `${generator}: expected the sketch of a case that it made, but got another: ` +
      `${first.slice(0, LONGEST)}; pass the recipe of a case, with its generator.`,
  );
};
