/** The law that the distributions of a program's sites are what they say. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Tensor } from '../../../dsl/index.js';
import { expand, independent, mask } from '../../../dsl/combinators/index.js';
import { logProbOfDraw } from '../../../dsl/law/distribution.js';
import { partsOf } from '../../../dsl/law/structure.js';
import { entriesOf } from '../../../dsl/supports/array.js';
import { isInterval } from '../../../dsl/supports/interval.js';
import { sameShape, sizeOf } from '../../../dsl/tensors/shape.js';
import { expandTo } from '../../../dsl/tensors/tensor.js';
import { drawJoint } from '../../bounds/joint.js';
import { weighing } from '../../evidence/draw-weights.js';
import { knownParameter } from '../../inference/svi-checks.js';
import type { SiteRecord } from '../../interpreters/record.js';
import { keyedNoise } from '../../random/noise-source.js';
import { checkSampler, tabulate } from '../distributions/density-laws.js';
import {
  checkDrawsInSupport,
  checkEnumeration,
  checkLogProbOfDraw,
} from '../distributions/draw-laws.js';
import { checkMoments } from '../distributions/moment-laws.js';
import { oneEntry } from '../distributions/one-entry.js';
import { chartOf, distanceToEdge } from '../distributions/support-geometry.js';
import { column } from '../statistics/numbers.js';
import { type Subject, hasDensity, noiseFor, subjectOf } from '../distributions/subject.js';
import { type Inference, type Trial, trialOf } from '../law/inference.js';
import { broken } from '../law/law.js';
import { LawNotApplicable } from '../law/not-applicable.js';

/** A distribution, with what its family makes of its parameters. */
interface Part {
  readonly site: string;
  readonly distribution: Distribution;
  readonly reference?: Distribution | undefined;
}

/** A site's distribution and those that it is made of; a point mass says nothing. */
const partsIn = (site: string, d: Distribution): readonly Part[] => {
  const { structure } = d;
  if (structure === undefined) {
    return d.isPoint ? [] : [{ site, distribution: d, reference: d.family.of?.(d.parameters) }];
  }
  const inside = partsOf(d).flatMap((part) => partsIn(site, part));
  switch (structure._tag) {
    case 'independent': {
      const reference = independent(structure.base, structure.rank);
      return [{ site, distribution: d, reference }, ...inside];
    }
    case 'expanded': {
      const reference = expand(structure.base, structure.batchShape);
      return [{ site, distribution: d, reference }, ...inside];
    }
    case 'masked': {
      const reference = mask(structure.base, structure.mask);
      return [{ site, distribution: d, reference }, ...inside];
    }
    case 'partly':
      return inside;
    case 'transformed':
      return [{ site, distribution: d }, ...inside];
    case 'mixture':
    case 'parts':
      return [...(d.entropy ? [{ site, distribution: d }] : []), ...inside];
  }
};

const differsAt = (received: Tensor, expected: Tensor): number => {
  const [xs, ys] = [received.dataSync(), expandTo(expected, received.shape).dataSync()];
  return xs.findIndex((x, i) => {
    const y = ys[i] ?? Number.NaN;
    // An argument that no law takes is another law's matter.
    return !Object.is(x, y) && !(Math.abs(x - y) <= 1e-3 * Math.max(1, Math.abs(y)));
  });
};

/** Compares a distribution with that of its family; tells whether it draws as that does. */
const checkReference = (
  { site, distribution: d }: Part,
  reference: Distribution,
  claim: ReturnType<Trial['claim']>,
  seed: number,
): boolean => {
  const noise = noiseFor(d, [8], seed);
  const { value } = d.sampler.draw(noise);
  const compare = (what: string, received: Tensor, expected: Tensor): void => {
    const at = differsAt(received, expected);
    if (at < 0) return;
    const wanted = expandTo(expected, received.shape).dataSync()[at];
    const of = `${what} of ${site} to be ${wanted}, that of ${d.family.name}, which it says it is`;
    broken(claim, of, String(received.dataSync()[at]));
  };
  compare('log p', d.logProb(value), reference.logProb(value));
  for (const moment of ['mean', 'variance', 'entropy'] as const) {
    const [given, known] = [d[moment], reference[moment]];
    if (given && known) compare(moment, given(), known());
  }
  const blocks = reference.sampler.noise;
  const isSame =
    blocks.length === d.sampler.noise.length &&
    blocks.every((n, i) => {
      const own = d.sampler.noise[i];
      return own?.law === n.law && sameShape(own.shape, n.shape);
    });
  if (!isSame || differsAt(value, reference.sampler.draw(noise).value) >= 0) return false;
  compare('log p of a draw', logProbOfDraw(d, noise), logProbOfDraw(reference, noise));
  return true;
};

/** Draws that a distribution of a user's own is judged by. */
const DRAWS = 2000;

/** Less of a spread than this, relative to the size of draws, float32 does not resolve. */
const LEAST_SPREAD = 1e-3;

/** Whether float32 resolves the density where its draws lie, so that it can be integrated. */
const isResolved = ({ distribution: d, events }: Subject): boolean => {
  const draws = events[0] ?? [];
  const coordinates = chartOf(d.support, d.eventShape).of(draws);
  if (d.support.isDiscrete) return true;
  if (!coordinates.every((at) => at.every(Number.isFinite))) return false;
  // Numbers near a bound other than 0 are far apart.
  const isBetween = isInterval(entriesOf(d.support));
  const near = draws.filter((event) => distanceToEdge(d.support, event) < LEAST_SPREAD / 100);
  if (isBetween && near.length > draws.length * LEAST_SPREAD) return false;
  return (draws[0] ?? []).every((_, j) => {
    const xs = column(draws, j);
    const [low, high] = [xs.reduce((x, y) => Math.min(x, y)), xs.reduce((x, y) => Math.max(x, y))];
    if (low < high) return high - low >= LEAST_SPREAD * Math.max(Math.abs(low), Math.abs(high));
    // Draws that are all the same are a fault, but where the density is as narrow.
    const at = (by: number): number => {
      const value = tf.tensor(draws[0]?.map((x) => x * by) ?? [], [...d.eventShape]);
      return d.logProb(value).dataSync()[0] ?? Number.NaN;
    };
    return Math.abs(at(1 + LEAST_SPREAD) - at(1)) < 1;
  });
};

/** The laws of distributions that hold whatever a program does with them, at one entry of the batch. */
const checkAlone = (d: Distribution, label: string, seed: number, falseAlarm: number): void => {
  const subject = subjectOf(d, { label, seed, draws: DRAWS, falseAlarm });
  if (!isResolved(subject)) return;
  checkDrawsInSupport(subject);
  checkLogProbOfDraw(subject);
  checkEnumeration(subject);
  const isScalar = d.eventShape.length === 0 && !d.support.isDiscrete;
  const tables = isScalar && hasDensity(d) ? tabulate(subject) : [];
  checkSampler(subject, tables);
  checkMoments(subject, tables);
};

/** Distributions of one name that are judged by their draws. */
const MOST_OF_A_NAME = 2;

/** The first few of each family's name. */
const fewOfEach = (parts: readonly Part[]): readonly Part[] => {
  const seen = new Map<string, number>();
  return parts.filter(({ distribution: d }) => {
    const name = `${d.family.name} [${d.eventShape.join()}]`;
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count <= MOST_OF_A_NAME;
  });
};

/**
 * Checks that the distributions of model and guide are what they say, at the parameters that one run gives
 * them. One that names a family of the library, by which its closed forms are chosen, has the density, the
 * moments and the entropy of that family. One of your own, and one that is transformed or draws in its own
 * way, has draws from its density, in its support, a density that integrates to 1, and its own moments and
 * entropy, where float32 resolves it: of a batch the last, of a name the first two.
 *
 * - Takes about 0.1 s for each distribution of your own.
 * - Errors: a broken law, which names the site; a `LawNotApplicable` where no site says anything.
 *
 * @example
 * ```ts
 * const guide = (entropy: number) =>
 *   sample('z', { ...normal(0, 1), entropy: () => tf.scalar(entropy) });
 * const model = sample('z', normal(0, 1));
 * checkSiteDistributions({ model, guide: guide(1.4189385) });
 * E.isLeft(E.tryCatch(() => checkSiteDistributions({ model, guide: guide(2) }), String)); // true
 * ```
 */
export const checkSiteDistributions = (inference: Inference): void =>
  tf.tidy(() => {
    const trial = trialOf(inference);
    const { model, guide, params, seed, structure } = trial;
    const joint = drawJoint(model, guide, weighing(1, structure.depth), {
      noise: keyedNoise(trial.key),
      parameter: knownParameter(params),
    });
    const partsAt = (side: string, records: readonly SiteRecord[]): readonly Part[] =>
      records.flatMap((r) =>
        r.kind === 'sample' ? partsIn(`'${r.name}' in the ${side}`, r.distribution) : [],
      );
    const parts = [
      ...partsAt('guide', joint.guide.records),
      ...partsAt('model', joint.model.records),
    ];
    if (parts.length === 0) {
      throw new LawNotApplicable('checkSiteDistributions', 'a site with a density', 'none');
    }
    const claim = trial.claim('a distribution is its family');
    const own = fewOfEach(
      parts.filter(
        (part) =>
          part.reference === undefined || !checkReference(part, part.reference, claim, seed),
      ),
    );
    own.forEach(({ site, distribution }) => {
      const place = sizeOf(distribution.batchShape) - 1;
      const of = place === 0 ? '' : `, the last of its batch`;
      const label = `${distribution.family.name} at ${site}${of}`;
      checkAlone(oneEntry(distribution, place), label, seed, trial.alarm / own.length);
    });
  });
