/**
 * Baselines of score functions: what is subtracted from a cost, which must not depend on the draw
 * that the cost is of, so that E (cost − b) ∂ log q = E cost ∂ log q.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor, stopGradient } from '../../../dsl/index.js';
import { entryOf } from '../../../dsl/dictionary.js';
import { siteLabel } from '../../../dsl/error.js';
import { cutOff } from '../../../dsl/tensors/gradient.js';
import { broadcast, sameShape, showShape } from '../../../dsl/tensors/shape.js';
import { runProgram } from '../../interpreters/run.js';
import { samplesOf } from '../../interpreters/record.js';
import { ofPartner } from './antithetic.js';
import type { Derivation, Estimator } from '../derivation.js';
import { type Joint, type Memory, atAllDraws, optionsOfDraw, recordFrom } from '../joint.js';
import { average } from '../terms.js';

type Score = Extract<Estimator, { readonly tag: 'score' }>;

/** A cost less its baseline, and what else the baseline brings. */
export interface Centred {
  readonly signal: Tensor;
  /** A scalar that is ascended with the bound: it trains the baseline. */
  readonly regression?: Tensor;
  readonly memory?: Memory;
}

/** What a cost is worth beside the mean of the other particles, for each plate element. */
const besideOthers = ({ layout: { particles }, derivation }: Joint, cost: Tensor): Tensor => {
  const together = derivation.antithetic ? 2 : 1;
  // A pair shares its noise: the cost of one is no baseline of the other.
  const own = derivation.antithetic ? tf.add(cost, ofPartner(cost)) : cost;
  return particles === together
    ? cost
    : tf.sub(cost, tf.div(tf.sub(tf.sum(cost, 0, true), own), particles - together));
};

const nameOf = (site: string): string => `average cost ${site}`;

/**
 * What the running averages of a bound's baselines are before the first step: the `memory` of an
 * objective that calls `estimateTerms`.
 *
 * @example
 * ```ts
 * const bits = () => sample('z', bernoulli({ probs: 0.5 }));
 * const bound = elbo({ estimators: { z: scoreFunction({ baseline: 'runningAverage' }) } });
 * Object.keys(baselineMemory(derive(bits(), bits(), bound))); // ['average cost z']
 * ```
 */
export const baselineMemory = ({ latents }: Pick<Derivation, 'latents'>): Memory =>
  Object.fromEntries(
    latents.flatMap(({ name, estimator: e }) =>
      e.tag === 'score' && e.baseline === 'runningAverage' ? [[nameOf(name), tf.scalar(0)]] : [],
    ),
  );

const runningAverage = (joint: Joint, site: string, beta: number, cost: Tensor): Centred => {
  const { memory } = joint.source;
  // Where no steps are taken there is no average yet.
  if (memory === undefined) return { signal: cost };
  const before = entryOf(memory, nameOf(site));
  if (before === undefined) {
    throw new SiteError({
      site: siteLabel(site),
      expected: 'an objective that remembers the running average of its cost',
      received: 'one without',
      cure: 'Give it `memory: baselineMemory`, as elbo has, and return the memory of `estimateTerms`.',
    });
  }
  const next = tf.add(tf.mul(before, beta), tf.mul(tf.mean(cost), 1 - beta));
  return { signal: tf.sub(cost, before), memory: { [nameOf(site)]: next } };
};

/**
 * The value of a baseline's site with a gradient for its own parameters alone: the guide is run
 * again at the same draws, with everything else a constant.
 */
const predicted = (joint: Joint, name: string, params: readonly string[]): Tensor | undefined => {
  const { guide, source, derivation, draws } = joint;
  const drawn = samplesOf(guide.records);
  const again = optionsOfDraw(derivation, draws, source);
  const found = draws.each(() => {
    const { records } = runProgram(source.guide, {
      ...again,
      parameter: (i) =>
        params.includes(i.name) ? source.parameter(i) : cutOff(source.parameter(i)),
      role: 'guide',
      choose: (i) => ({ from: 'value', value: cutOff(recordFrom(drawn, i.name).value) }),
    });
    return records.find((r) => r.kind === 'deterministic' && r.name === name)?.value;
  });
  return found && atAllDraws(joint, () => found);
};

const network = (
  joint: Joint,
  site: string,
  { site: name, params }: Extract<Score, { readonly baseline: 'network' }>,
  cost: Tensor,
): Centred => {
  const found = predicted(joint, name, params);
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
  return {
    signal: missed,
    regression: average(joint, tf.mul(tf.square(missed), -0.5)),
  };
};

/** A cost `[particles, ...plates]` less the baseline of its site. */
export const centred = (joint: Joint, site: string, score: Score, cost: Tensor): Centred => {
  switch (score.baseline) {
    case 'none':
      return { signal: cost };
    case 'leaveOneOut':
      return { signal: joint.layout.particles > 1 ? besideOthers(joint, cost) : cost };
    case 'runningAverage':
      return runningAverage(joint, site, score.beta, cost);
    case 'network':
      return network(joint, site, score, cost);
  }
};
