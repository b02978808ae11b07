/** Log probabilities of recorded sites. */
import * as tf from '@tensorflow/tfjs';
import { type Shape, SiteError, type Tensor } from '../../dsl/index.js';
import { lawOf } from '../../dsl/law/distribution.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { plateScale, platesShape } from '../../dsl/program/layout.js';
import { broadcastAll, dropLast, showShape } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { knownPart, unknownPart } from './known.js';
import { fitsPlates, withoutSpareAxes } from './layout.js';
import type { FactorRecord, SampleRecord, SiteRecord } from './record.js';

/** log p at the value, by what that is the image of. */
const logProbAt = ({ distribution, value, preimage }: SampleRecord): Tensor =>
  distribution.logProb(value, preimage);

/** log p of a sample site's value, or a factor's term, before any sum: `[...left, ...plates]`. */
export const siteLogProb = (record: SampleRecord | FactorRecord): Tensor => {
  switch (record.kind) {
    case 'factor':
      return record.value;
    case 'sample':
      if (record.known !== undefined) {
        const { known } = record;
        return tf.add(
          logProbAt(knownPart({ ...record, known })),
          logProbAt(unknownPart({ ...record, known })),
        );
      }
      return logProbAt(record);
  }
};

/** The same site without its masks: the law that its draws come from, which a score is of. */
export const unmasked = (record: SampleRecord): SampleRecord => ({
  ...record,
  distribution: lawOf(record.distribution),
});

/** The shape of a term at every plate element of its site. */
const filledShape = (
  record: Pick<SampleRecord | FactorRecord, 'name' | 'plates'>,
  shape: Shape,
): Shape => {
  if (fitsPlates(withoutSpareAxes(shape, record.plates), record.plates)) {
    return platesShape(record.plates);
  }
  throw new SiteError({
    site: siteLabel(record.name),
    expected: `a term of shape ${showShape(platesShape(record.plates))}, one for each plate element`,
    received: showShape(shape),
    cure: 'Sum the event axes, or put the site in a plate for the axes that are left.',
  });
};

/**
 * A term at every plate element of its site: axes it does not vary along are filled, and an axis that no
 * plate accounts for is a mistake.
 */
export const overPlates = (
  record: Pick<SampleRecord | FactorRecord, 'name' | 'plates'>,
  term: Tensor,
): Tensor => {
  const own = withoutSpareAxes(term.shape, record.plates);
  const filled = filledShape(record, own);
  return expandTo(own.length === term.rank ? term : tf.reshape(term, [...own]), filled);
};

/**
 * Throws a `SiteError` where a factor or an observation has an axis that no plate accounts for.
 */
export const checkTerms = (records: readonly SiteRecord[]): void => {
  for (const r of records) {
    if (r.kind === 'factor') filledShape(r, r.value.shape);
    if (r.kind !== 'sample' || r.origin !== 'observed') continue;
    const { batchShape, eventShape } = r.distribution;
    const values = dropLast(r.value.shape, eventShape.length);
    filledShape(r, broadcastAll(siteLabel(r.name), [values, batchShape]));
  }
};

/** A term summed over its plates and scaled up to their full sizes: a scalar. */
export const totalOf = (
  record: Pick<SampleRecord | FactorRecord, 'name' | 'plates'>,
  term: Tensor,
): Tensor => {
  const summed = tf.sum(overPlates(record, term));
  const scale = plateScale(record.plates);
  return scale === 1 ? summed : tf.mul(summed, scale);
};

/** Throws a `SiteError` where there is a loss: it is minimised, and is the logarithm of no density. */
export const checkDensities = (who: string, records: readonly SiteRecord[]): void => {
  const loss = records.find((r) => r.kind === 'factor' && r.loss);
  if (loss === undefined) return;
  throw new SiteError({
    site: siteLabel(loss.name),
    expected: `log densities, for ${who} adds them up`,
    received: 'a loss, which is minimised and has none',
    cure: 'Look at the loss itself by `evaluate` or trace, or write a model of the data.',
  });
};

/** The log joint of a run, Σ log p, scaled by its plates: a scalar. */
export const logJoint = (records: readonly SiteRecord[]): Tensor =>
  records.reduce<Tensor>(
    (sum, r) =>
      r.kind === 'sample' || (r.kind === 'factor' && !r.loss)
        ? tf.add(sum, totalOf(r, siteLogProb(r)))
        : sum,
    tf.scalar(0),
  );
