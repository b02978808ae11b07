/**
 * The terms of a derived bound at a joint draw, and what an estimator does with them: sums over
 * enumerated values, over plates, and over particles.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, choose, greater, klDivergence } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { broadcastAll } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { overPlates, siteLogProb, unmasked } from '../interpreters/score-record.js';
import { knownPart, unknownPart } from '../interpreters/known.js';
import { batchRank } from '../interpreters/layout.js';
import type { FactorRecord, SampleRecord, SiteRecord } from '../interpreters/record.js';
import { type Joint, atAllDraws } from './joint.js';
import type { TermDerivation } from './derivation.js';

type Scored = SampleRecord | FactorRecord;

const scoredAt = (records: readonly SiteRecord[], name: string): Scored => {
  const record = records.find((r) => r.name === name);
  if (record === undefined || record.kind === 'param' || record.kind === 'deterministic') {
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a site of the derivation on every run',
      received: 'none',
      cure: 'Visit the same sites on every run; which sites there are must not depend on data.',
    });
  }
  return record;
};

const sampleRecordAt = (records: readonly SiteRecord[], name: string): SampleRecord => {
  const record = scoredAt(records, name);
  if (record.kind === 'sample') return record;
  throw new SiteError({
    site: siteLabel(name),
    expected: 'a sample site',
    received: 'a factor',
    cure: 'Keep the kinds of sites the same on every run.',
  });
};

/** log q of a guide site's value, `[...enumerated, particles, ...plates]`, filled to its plates. */
export const guideLogProb = (joint: Joint, name: string): Tensor => {
  const record = sampleRecordAt(joint.guide.records, name);
  return atAllDraws(joint, () => overPlates(record, siteLogProb(record)));
};

/** The same of the law that the value was drawn from, whatever a mask leaves out of log q. */
export const guideLogLaw = (joint: Joint, name: string): Tensor => {
  const record = sampleRecordAt(joint.guide.records, name);
  return atAllDraws(joint, () => overPlates(record, siteLogProb(unmasked(record))));
};

/** The part of a record that a term is of. */
const partOf = (record: Scored, where: TermDerivation['where']): Scored => {
  if (record.kind !== 'sample' || record.known === undefined) return record;
  const { known } = record;
  return where === 'known' ? knownPart({ ...record, known }) : unknownPart({ ...record, known });
};

/** log p of a model site's value, filled to its plates. */
const modelLogProb = (joint: Joint, { site, where }: TermDerivation): Tensor => {
  const record = scoredAt(joint.model.records, site);
  return atAllDraws(joint, () => overPlates(record, siteLogProb(partOf(record, where))));
};

const negativeKl = (joint: Joint, name: string): Tensor => {
  const q = sampleRecordAt(joint.guide.records, name);
  const p = sampleRecordAt(joint.model.records, name);
  return atAllDraws(joint, () => {
    const kl = klDivergence(q.distribution, p.distribution);
    if (kl !== undefined) return overPlates(p, tf.neg(kl));
    throw new SiteError({
      site: siteLabel(name),
      expected: 'the families that the bound was derived for',
      received: 'a pair without a closed form',
      cure: 'Keep the family of a site the same on every run.',
    });
  });
};

/** A term at every enumerated value, particle and plate element, unscaled. */
export const rawTerm = (joint: Joint, term: TermDerivation): Tensor => {
  switch (term.kind) {
    case 'logLikelihood':
    case 'logPrior':
    case 'factor':
      return modelLogProb(joint, term);
    case 'entropy':
      return tf.neg(guideLogProb(joint, term.site));
    case 'kl':
      return negativeKl(joint, term.site);
  }
};

/** The product, and 0 where the weight is 0: −∞ at an impossible value would make it NaN. */
const weigh = (x: Tensor, weight: Tensor): Tensor => {
  const shape = broadcastAll('weigh', [x.shape, weight.shape]);
  const wide = expandTo(weight, shape);
  const possible = greater(wide, tf.zerosLike(wide));
  return tf.mul(choose(possible, expandTo(x, shape), tf.zeros([...shape])), wide);
};

/** The tensor with axes of length 1 on its left, up to a rank. */
const padLeft = (x: Tensor, rank: number): Tensor =>
  x.rank >= rank
    ? x
    : tf.reshape(x, [...Array.from({ length: rank - x.rank }, () => 1), ...x.shape]);

/**
 * E over the enumerated sites that a term depends on: the sum over their axes, each value weighted
 * by its probability under the guide. Every enumerated axis is gone from the result, but for the
 * `kept` leftmost, which are there whether the term varies along them or not.
 */
export const sumEnumerated = (joint: Joint, term: TermDerivation, x: Tensor, kept = 0): Tensor => {
  const weights = joint.derivation.latents.flatMap((l) =>
    l.summed !== undefined && term.dependsOn.includes(l.name) ? [guideLogLaw(joint, l.name)] : [],
  );
  const weighted =
    weights.length === 0 ? x : weigh(x, tf.exp(weights.reduce((a, b) => tf.add(a, b))));
  const width = Math.max(batchRank(joint.layout), plateRank(joint, term));
  const full = kept === 0 ? weighted : padLeft(weighted, joint.layout.enumerated + width);
  const excess = Math.max(0, full.rank - width - kept);
  return excess === 0
    ? full
    : tf.sum(
        full,
        Array.from({ length: excess }, (_, i) => kept + i),
      );
};

const plateRank = (joint: Joint, term: TermDerivation): number =>
  Math.max(0, ...term.plates.map((p) => -p.axis)) + (joint.layout.particles > 1 ? 1 : 0);

/** The plate axes of a tensor `[particles, ...plates]` that `keep` does not name, summed. */
export const sumPlates = (joint: Joint, x: Tensor, keep: readonly number[]): Tensor => {
  const left = joint.layout.particles > 1 ? 1 : 0;
  const axes = Array.from({ length: x.rank - left }, (_, i) => left + i).filter(
    (axis) => !keep.includes(axis - x.rank),
  );
  return axes.length === 0 ? x : tf.sum(x, axes, true);
};

/** Everything right of the particles summed, then the particles averaged: a scalar. */
export const average = (joint: Joint, x: Tensor): Tensor => {
  const total = tf.sum(x);
  return joint.layout.particles > 1 ? tf.div(total, joint.layout.particles) : total;
};
