/**
 * Baselines of score functions: what is subtracted from a cost, which must not depend on the draw
 * that the cost is of, so that E (cost − b) ∂ log q = E cost ∂ log q.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, stopGradient } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { broadcast, sameShape, showShape } from '../../../dsl/tensors/shape.js';
import type { Carry } from '../carry.js';
import { ofPartner } from './antithetic.js';
import type { EstimatedSite, Estimator, Refusal, SiteCost } from './estimator.js';

/** A cost less its baseline, and what else the baseline brings. */
export interface Centred {
  readonly signal: Tensor;
  /** A scalar that is ascended with the bound: it trains the baseline. */
  readonly regression?: Tensor;
  readonly carry?: Carry;
}

/** A baseline, with what it says for the estimator that has it. */
export interface Baseline extends Pick<
  Estimator,
  'setting' | 'options' | 'refuses' | 'note' | 'ofWeights' | 'carry' | 'regressed' | 'doubt'
> {
  /** What it comes to at a site; left out: itself. */
  readonly at?: (site: EstimatedSite) => Baseline;
  /** A cost `[particles, ...plates]` less the baseline. */
  readonly centred: (at: SiteCost) => Centred;
}

/** No baseline. */
export const noBaseline: Baseline = {
  options: { baseline: 'none' },
  note: ({ particles }) =>
    particles > 1 ? 'no baseline' : 'no baseline (use two or more particles for leave-one-out)',
  centred: ({ cost }) => ({ signal: cost }),
  ofWeights: ({ bound }) => bound,
  doubt: (particles) => ({
    found: 'its gradient is a score function without a baseline',
    cure:
      particles === 1
        ? 'Take two or more particles, each the baseline of the others, or a running average.'
        : "Ask for `baseline: 'leaveOneOut'`, or a running average.",
  }),
};

/** What a cost is worth beside the mean of the other particles, for each plate element. */
const besideOthers = ({ particles, antithetic, cost }: SiteCost): Tensor => {
  const together = antithetic ? 2 : 1;
  // A pair shares its noise: the cost of one is no baseline of the other.
  const own = antithetic ? tf.add(cost, ofPartner(cost)) : cost;
  return particles === together
    ? cost
    : tf.sub(cost, tf.div(tf.sub(tf.sum(cost, 0, true), own), particles - together));
};

/** The mean of the other particles. */
export const leaveOneOut: Baseline = {
  setting: 'leave-one-out',
  options: { baseline: 'leaveOneOut' },
  at: ({ particles }) => (particles > 1 ? leaveOneOut : noBaseline),
  note: ({ overWeights }) =>
    overWeights
      ? 'baseline: the bound with the mean of the other particles in its place, for each datum'
      : 'baseline: the mean of the other particles, for each plate element',
  centred: (at) => ({ signal: besideOthers(at) }),
  ofWeights: ({ gain }) => gain,
};

/** A cost of one particle is what these are baselines of. */
const refusesWeights = ({ objective, overWeights }: EstimatedSite): Refusal | undefined =>
  overWeights
    ? {
        received: `${objective}, whose signal is not a cost of one particle`,
        cure: "Its own baseline is 'leaveOneOut'; ask for that, or for 'none'.",
      }
    : undefined;

const nameOf = (site: string): string => `average cost ${site}`;

/** avg ← beta · avg + (1 − beta) · cost, over the steps. */
export const runningAverage = (beta: number): Baseline => ({
  setting: `running average (${beta})`,
  options: { baseline: 'runningAverage', beta },
  refuses: refusesWeights,
  note: () => `baseline: the average of its cost over the steps, decaying by ${beta}`,
  carry: (site) => ({ [nameOf(site)]: tf.scalar(0) }),
  centred: ({ site, cost, carry }) => {
    // Where no steps are taken there is no average yet.
    if (carry === undefined) return { signal: cost };
    const before = entryOf(carry, nameOf(site));
    if (before === undefined) {
      throw new SiteError({
        site: siteLabel(site),
        expected: 'an objective that remembers the running average of its cost',
        received: 'one without',
        cure: 'Give it `carry: estimatorCarry`, as elbo has, and return the carry of `estimateTerms`.',
      });
    }
    const next = tf.add(tf.mul(before, beta), tf.mul(tf.mean(cost), 1 - beta));
    return { signal: tf.sub(cost, before), carry: { [nameOf(site)]: next } };
  },
});

/**
 * The value of a `deterministic` site of the guide, trained to predict the cost; `params` are those that it
 * alone depends on, which its regression trains.
 */
export const network = (name: string, params: readonly string[] = []): Baseline => ({
  setting: `baseline '${name}'`,
  options: { baseline: 'network', site: name },
  regressed: params,
  refuses: (site) => {
    const found = site.derived.find((d) => d.name === name);
    const weights = refusesWeights(site);
    if (weights !== undefined) return weights;
    if (found === undefined) {
      return {
        received: `no deterministic site '${name}' in the guide`,
        cure: `Add yield* deterministic('${name}', …) to the guide, one number for each element of the site's plates.`,
      };
    }
    return found.ancestors.includes(site.name)
      ? {
          received: `a baseline that depends on '${site.name}' itself, so that the gradient would be biased`,
          cure: `Compute '${name}' from what the guide knows before '${site.name}'.`,
        }
      : undefined;
  },
  at: ({ derived }) => network(name, derived.find((d) => d.name === name)?.ownParams),
  note: () =>
    `baseline: '${name}', trained to predict the cost by ${
      params.length === 0
        ? 'no parameter of its own'
        : `the parameters ${params.map((p) => `'${p}'`).join(', ')}`
    }`,
  centred: ({ site, cost, average, derivedValue }) => {
    const found = derivedValue(name, params);
    const shape = found && broadcast(found.shape, cost.shape);
    if (found === undefined || shape === undefined || !sameShape(shape, cost.shape)) {
      throw new SiteError({
        site: siteLabel(name),
        expected: `a baseline of shape ${showShape(cost.shape)}, a number for each element of the plates of '${site}'`,
        received: found === undefined ? 'no such site on this run' : showShape(found.shape),
        cure: 'Take the last axis of the network away, as tf.squeeze(h, [-1]) does.',
      });
    }
    const missed = tf.sub(stopGradient(cost), found);
    return { signal: missed, regression: average(tf.mul(tf.square(missed), -0.5)) };
  },
});
