/** What a user did wrong, in one sentence; the run ends with exit code 2. */
import * as E from 'fp-ts/lib/Either.js';

export class Refusal extends Error {}

/** The right, or a refusal that says what the left means. */
export const orRefuse = <L, A>(result: E.Either<L, A>, show: (l: L) => string): A => {
  if (E.isLeft(result)) throw new Refusal(show(result.left));
  return result.right;
};
