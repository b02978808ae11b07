/** Sketches that come from outside, from a file say. */
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import * as t from 'io-ts';

/** A whole number of at least `least`. */
export const wholeFrom = (least: number) =>
  t.refinement(t.number, (n) => Number.isInteger(n) && n >= least, `a whole number from ${least}`);

/** A finite number. */
export const finite = t.refinement(t.number, Number.isFinite, 'a finite number');

/** The longest value that is told. */
const LONGEST = 40;

const shown = (value: unknown): string => {
  const text = value === undefined ? 'left out' : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
};

/** The path to what is wrong, as in `its sites[2].entries`. */
const pathOf = (context: t.Context): string => {
  const path = context
    .slice(1)
    .map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('');
  return path === '' ? 'it' : `its ${path.replace(/^\./, '')}`;
};

const reasonOf = ([error]: t.Errors): string => {
  const path = error?.context ?? [];
  // Of a choice nothing is said of each that it might have been.
  const choice = path.findIndex(({ type }) => type instanceof t.UnionType);
  const context = choice < 0 ? path : path.slice(0, choice + 1);
  const expected = context[context.length - 1]?.type.name ?? 'a sketch';
  return `${pathOf(context)} is ${shown(error?.value)} where ${expected.slice(0, 3 * LONGEST)} was expected`;
};

/** The sentence that says why a sketch is none of a generator's. */
export const noSketch = (generator: string, reason: string): string =>
  `${generator}: expected the sketch of a case that it made, but got another: ${reason}; ` +
  'pass the recipe of a case, with its generator.';

/** A sketch of a generator as plain data; the left says in a sentence why it is none. */
export const decodedSketch = <A>(
  generator: string,
  codec: t.Type<A, unknown>,
  sketch: unknown,
): E.Either<string, A> =>
  pipe(
    codec.decode(sketch),
    E.mapLeft((errors) => noSketch(generator, reasonOf(errors))),
  );

/** The same; what is none throws a `RangeError`. */
export const decodeSketch = <A>(
  generator: string,
  codec: t.Type<A, unknown>,
  sketch: unknown,
): A => {
  const decoded = decodedSketch(generator, codec, sketch);
  if (E.isRight(decoded)) return decoded.right;
  throw new RangeError(decoded.left);
};
