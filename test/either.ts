/** The right of an Either that must be one. */
import * as E from 'fp-ts/lib/Either.js';

export const right = <L, A>(e: E.Either<L, A>): A => {
  if (E.isLeft(e)) throw new Error(`expected a right, got ${JSON.stringify(e.left)}`);
  return e.right;
};
