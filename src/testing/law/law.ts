/**
 * How a broken law is told: a plain error that names the law, what it was checked on, what was
 * expected and what came, the seed that shows it again, and where to look.
 */
import type { Shape } from '../../../dsl/index.js';
import { sameShape, showShape } from '../../../dsl/tensors/shape.js';
import { type LawName, laws } from './catalogue.js';

/** What a law is checked on, for messages. */
export interface Claim {
  readonly law: LawName;
  readonly of: string;
  /** The seed of all draws, where there are any. */
  readonly seed?: number;
}

/** Throws the error of a broken law; its cure is the law's own where none is given. */
export const broken = (
  { law, of, seed }: Claim,
  expected: string,
  received: string,
  cure: string = laws[law].cure,
): never => {
  const replay = seed === undefined ? '' : ` Replay it with { seed: ${seed} }.`;
  throw new Error(
    `The law '${law}' is broken by ${of}: expected ${expected}, but got ${received}.${replay} ${cure}`,
  );
};

/** What to do where the number that a law compares with is none. */
const LOST =
  'What is no number equals nothing, so that this law cannot be judged: look for a square root, logarithm, norm or quotient at 0.';

const isLaw = (name: string): name is LawName => Object.hasOwn(laws, name);

/** The law that a message of `broken` tells of; nothing where it is another message. */
export const lawIn = (message: string): LawName | undefined => {
  const [, name = ''] = /The law '(.+?)' is broken by /.exec(message) ?? [];
  return isLaw(name) ? name : undefined;
};

/** Checks that two shapes are the same. */
export const expectShape = (claim: Claim, what: string, received: Shape, expected: Shape): void => {
  if (!sameShape(received, expected)) {
    broken(claim, `${what} of shape ${showShape(expected)}`, showShape(received));
  }
};

/** Absolute and relative slack of a comparison; the larger of the two counts. */
export interface Slack {
  readonly absolute: number;
  readonly relative: number;
}

/**
 * Checks that |received − expected| is within the slack; NaN never is, an infinity only of itself. Where
 * `expected` itself is NaN it says so, for then the fault is not the law's.
 */
export const expectClose = (
  claim: Claim,
  what: string,
  received: number,
  expected: number,
  { absolute, relative }: Slack,
): void => {
  if (received === expected) return;
  if (Number.isNaN(expected)) {
    broken(claim, `${what} to be a number`, `${received} to compare with NaN`, LOST);
  }
  if (!Number.isFinite(expected)) broken(claim, `${what} to be ${expected}`, String(received));
  const allowed = Math.max(absolute, relative * Math.abs(expected));
  if (!(Math.abs(received - expected) <= allowed)) {
    broken(claim, `${what} to be ${expected} to within ${allowed}`, String(received));
  }
};

/** Checks two arrays of numbers place by place. */
export const expectAllClose = (
  claim: Claim,
  what: string,
  received: readonly number[],
  expected: readonly number[],
  slack: Slack,
): void => {
  if (received.length !== expected.length) {
    broken(claim, `${expected.length} numbers of ${what}`, String(received.length));
  }
  received.forEach((r, i) =>
    expectClose(claim, `${what} at place ${i}`, r, expected[i] ?? Number.NaN, slack),
  );
};
