/** Draws counted in cells, against the probability of each. Statistical. */
import { broken } from '../law/law.js';
import { countDivergence, divergenceThreshold } from '../statistics/statistics.js';
import { type Subject, batchSize, claim } from './subject.js';

/** Checks how many draws of a batch entry fell into each cell, by likelihood ratio. */
export const checkCounts = (
  subject: Subject,
  entry: number,
  counts: readonly number[],
  probabilities: readonly number[],
): void => {
  const threshold = divergenceThreshold(counts.length, subject.alarm / batchSize(subject));
  const divergence = countDivergence(counts, probabilities);
  if (!(divergence <= threshold)) {
    broken(
      claim('draws follow the density', subject),
      `a likelihood-ratio chi-square of at most ${2 * threshold} at batch entry ${entry}`,
      `${2 * divergence} (counts ${counts.join(', ')} for probabilities ${probabilities.join(', ')})`,
    );
  }
};
