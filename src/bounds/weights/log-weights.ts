/**
 * Importance weights of a joint draw: log w = log p(data, z) − log q(z), one for each particle and
 * each element of the plates that all sites share. Elements along those plates are independent, so
 * each has a weight of its own; a site outside, or noise of the model, leaves one weight for all.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, isWithin } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { type PlacedPlate, plateScale } from '../../../dsl/program/layout.js';
import {
  type FactorRecord,
  type SampleRecord,
  type SiteRecord,
  samplesOf,
} from '../../interpreters/record.js';
import { overPlates, siteLogProb, unmasked } from '../../interpreters/score-record.js';
import { type Joint, atAllDraws } from '../joint.js';
import { logInside } from '../fit/support-mask.js';
import { sumPlates } from '../terms.js';

type Scored = SampleRecord | FactorRecord;

const scoredOf = (records: readonly SiteRecord[]): readonly Scored[] =>
  records.filter((r) => r.kind === 'sample' || r.kind === 'factor');

/** Whether a draw is one for each element of a plate: it lies there, or has rows where nothing else does. */
const isOfEach =
  (p: PlacedPlate) =>
  ({ plates, value, distribution }: SampleRecord): boolean => {
    const at = value.rank - distribution.eventShape.length + p.axis;
    return (
      plates.some((q) => q.name === p.name) ||
      (plates.every((q) => q.axis !== p.axis) && (value.shape[at] ?? 1) === p.count)
    );
  };

/**
 * The plates around every site of both programs. What the model draws besides, outside a plate, is the
 * same for its elements and couples them as a site would; given draws of the guide's own, each element's
 * weight is unbiased by itself.
 */
const sharedPlates = ({ model, guide }: Joint): readonly PlacedPlate[] => {
  const [first, ...others] = [...scoredOf(model.records), ...scoredOf(guide.records)];
  return (first?.plates ?? []).filter(
    (p) =>
      others.every((s) => s.plates.some((q) => q.name === p.name)) &&
      model.hidden.every(isOfEach(p)),
  );
};

/** A weight is a product over everything that it covers: a part of that, scaled, is no estimate of it. */
const checkWhole = (sites: readonly Scored[], shared: readonly PlacedPlate[]): void => {
  for (const s of sites) {
    const inner = s.plates.filter((p) => !shared.some((q) => q.name === p.name));
    if (plateScale(inner) !== 1) {
      throw new SiteError({
        site: siteLabel(s.name),
        expected: 'the whole plate, where it lies inside an importance weight',
        received: `a subsample of ${inner.map((p) => `plate '${p.name}'`).join(', ')}, which shares sites or noise outside it`,
        cure: 'Visit all its elements, put every site and all noise in the plate, or use elbo.',
      });
    }
  }
};

const checkDrawn = (joint: Joint): void => {
  if (joint.layout.enumerated === 0) return;
  throw new SiteError({
    site: joint.derivation.latents
      .filter((l) => l.summed !== undefined)
      .map((l) => siteLabel(l.name))
      .join(', '),
    expected: 'a draw of every site, for a weight is that of a draw',
    received: 'all values of this one',
    cure: 'Give the objective the preferences `fromDraws`.',
  });
};

/** −∞ for the draws that the model excludes, at the plates of each site that has such draws. */
const exclusions = (joint: Joint, shared: readonly PlacedPlate[]): readonly Tensor[] => {
  const model = samplesOf(joint.model.records);
  const guide = [...samplesOf(joint.guide.records).values()];
  const inside = guide.flatMap((q) => {
    const p = model.get(q.name);
    const [from, to] = [q.distribution.support, p?.distribution.support];
    return to === undefined || isWithin(from, to)
      ? []
      : [atAllDraws(joint, () => overPlates(q, logInside(q.value, to)))];
  });
  return inside.map((log) => keepShared(joint, log, shared));
};

/** Sums every plate but the shared ones: `[particles, ...plates]`. */
const keepShared = (joint: Joint, x: Tensor, shared: readonly PlacedPlate[]): Tensor => {
  const summed = sumPlates(
    joint,
    x,
    shared.map((p) => p.axis),
  );
  return joint.layout.particles > 1 ? summed : tf.expandDims(summed, 0);
};

/** Σ log densities of some sites, `[particles, ...plates]`: every plate but the shared ones summed. */
export const sumLogProbs = (joint: Joint, sites: readonly Scored[]): Tensor => {
  const shared = sharedPlates(joint);
  return sites
    .map((r) =>
      keepShared(
        joint,
        atAllDraws(joint, () => overPlates(r, siteLogProb(r))),
        shared,
      ),
    )
    .reduce<Tensor>((a, b) => tf.add(a, b), tf.scalar(0));
};

/** A program without a site has log density 0 for every particle. */
const filledTo = (joint: Joint, x: Tensor, rank: number): Tensor =>
  x.rank === 0
    ? tf.zeros([joint.layout.particles, ...Array.from({ length: rank - 1 }, () => 1)])
    : x;

/**
 * log p(data, z) of a joint draw and log q(z), in nats, each laid out as `logWeights` is: what
 * weights are made of, for objectives that pass a gradient to one of them alone.
 *
 * - Errors: those of `logWeights`.
 *
 * @example
 * ```ts
 * const modelAlone = {
 *   ...iwae({ particles: 2 }),
 *   estimate: (joint: Joint) => {
 *     const value = sumOverData(joint, tf.mean(logDensities(joint).model, 0));
 *     return { value, surrogate: value, terms: {} };
 *   },
 * };
 * const inference = svi({
 *   model: () => observe('x', normal(0, 1), 0),
 *   guide: () => of({}),
 *   objective: modelAlone,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 0.9189385
 * ```
 */
export const logDensities = (joint: Joint): { readonly model: Tensor; readonly guide: Tensor } => {
  checkDrawn(joint);
  const [model, guide] = [scoredOf(joint.model.records), scoredOf(joint.guide.records)];
  const shared = sharedPlates(joint);
  checkWhole([...model, ...guide], shared);
  const logP = exclusions(joint, shared).reduce<Tensor>(
    (a, b) => tf.add(a, b),
    sumLogProbs(joint, model),
  );
  const logQ = sumLogProbs(joint, guide);
  const rank = Math.max(1, logP.rank, logQ.rank);
  return { model: filledTo(joint, logP, rank), guide: filledTo(joint, logQ, rank) };
};

/**
 * Σ log q of the guide's draws by the laws that made them, masks or not, laid out as `logDensities`,
 * whose `guide` it is where nothing is masked.
 */
export const logLaw = (joint: Joint, guide: Tensor): Tensor => {
  const draws = joint.guide.records.filter((r) => r.kind === 'sample');
  return draws.some((r) => r.distribution.unmasked !== undefined)
    ? sumLogProbs(joint, draws.map(unmasked))
    : guide;
};

/**
 * log p(data, z) − log q(z) of a joint draw, in nats, not scaled up to full plates.
 *
 * - Shapes: `[particles, ...plates]`; the plates are those around every site, other axes have length
 *   1, and a single particle has its axis.
 * - Gradient: through the draws and both densities.
 * - Edges: −∞ for a draw that the model excludes.
 * - Errors: a subsampled plate that not every site lies in, or a site that is summed over, throws a
 *   `SiteError`.
 * - Source: Burda et al. 2016, Importance Weighted Autoencoders, section 3, arXiv:1509.00519.
 *
 * @example
 * ```ts
 * const sampled = {
 *   ...elbo(),
 *   preferences: fromDraws,
 *   estimate: (joint: Joint) => {
 *     const value = sumOverData(joint, tf.mean(logWeights(joint), 0));
 *     return { value, surrogate: value, terms: {} };
 *   },
 * };
 * const inference = svi({
 *   model: () => condition(
 *     plate('data', 2, program(function* () {
 *       const z = yield* sample('z', normal(0, 1));
 *       yield* sample('x', normal(z, 1));
 *     })),
 *     { x: [5, 5] },
 *   ),
 *   guide: () => plate('data', 2, sample('z', normal(2.5, Math.SQRT1_2))),
 *   objective: sampled,
 *   optimizer: sgd(0.1),
 * });
 * // The guide is the posterior, so that every weight is the evidence of its datum.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 15.031024
 * ```
 */
export const logWeights = (joint: Joint): Tensor => {
  const { model, guide } = logDensities(joint);
  return tf.sub(model, guide);
};

/**
 * The sum over data of something per datum, `[...plates]` as the weights have them without their
 * particles, scaled up to the full plates: a scalar.
 *
 * @example
 * ```ts
 * const bound = iwae({ particles: 2 });
 * const halved = {
 *   ...bound,
 *   estimate: (joint: Joint) => {
 *     const value = sumOverData(joint, tf.mul(logPowerMean(logWeights(joint), 1), 0.5));
 *     return { value, surrogate: value, terms: {} };
 *   },
 * };
 * const inference = svi({
 *   model: () => plate('data', { size: 6, subsample: 2 }, observe('x', normal(0, 1), [0, 0])),
 *   guide: () => of({}),
 *   objective: halved,
 *   optimizer: sgd(0.1),
 * });
 * // Two of six data: three times their sum.
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 2.756816
 * ```
 */
export const sumOverData = (joint: Joint, perDatum: Tensor): Tensor => {
  const scale = plateScale(sharedPlates(joint));
  const total = tf.sum(perDatum);
  return scale === 1 ? total : tf.mul(total, scale);
};
