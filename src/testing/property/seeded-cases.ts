/** Cases as a property generates them: with noise of their own, printed in one line. */
import * as fc from 'fast-check';
import { excerpt } from '../../io/files/excerpt.js';

/** A case whose laws draw by this seed. */
export type Seeded<C> = C & { readonly seed: number };

/** Characters of a case in a message: a few lines of a terminal. */
const MOST = 400;

/** A case as one reads it: its label, or what fast-check writes of it, cut. */
export const oneLine = (subject: object): string =>
  excerpt(
    'label' in subject && typeof subject.label === 'string' ? subject.label : fc.stringify(subject),
    MOST,
  );

/**
 * Each case with a seed, so that more cases vary the noise as well. A smaller case keeps the seed of the
 * one that it comes from: shrinking changes the case and nothing else. One that has a seed keeps it.
 */
export const seededCases = <C extends object>(
  arbitrary: fc.Arbitrary<C>,
): fc.Arbitrary<Seeded<C>> =>
  fc
    // Without bias, which would give most of the first runs the seed 0.
    .tuple(arbitrary, fc.noShrink(fc.noBias(fc.nat({ max: 2 ** 31 - 1 }))))
    .map(([subject, seed]) => ({
      seed,
      ...subject,
      [fc.toStringMethod]: () => oneLine(subject),
    }));
