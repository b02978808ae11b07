import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { priorDraws } from '../model-draws.js';
import { estimateTerms } from '../estimate.js';
import type { Joint } from '../joint.js';
import { atEveryDraw } from '../../interpreters/all-draws.js';
import { latexName } from '../notation/latex-name.js';
import { type KernelFunction, maximumMeanDiscrepancy } from '../maximum-mean-discrepancy.js';
import type { Objective, Preferences } from '../objective.js';
import { type SampleRecord, samplesOf } from '../../interpreters/record.js';
import {
  callable,
  checkOptions,
  finiteNumber,
  listOf,
  required,
  whole,
} from '../../../dsl/refusals/options.js';
import { preferenceRules } from './options.js';

/** How an InfoVAE bound is made. */
export interface InfoVaeOptions<S extends string = string> extends Partial<
  Pick<Preferences, 'closedFormKl'>
> {
  /** λ: together with α, how much the discrepancy counts. */
  readonly lambda: number;
  /** α: 1 leaves the divergences of single data out, 0 keeps them as they are. */
  readonly alpha?: number;
  readonly kernel: KernelFunction;
  /** The sites whose joint law is compared; all latent ones where it is left out. */
  readonly sites?: readonly S[];
  readonly particles?: number;
}

const short = (x: number): string => String(Number(x.toPrecision(6)));

const placeOf = (r: SampleRecord): string => r.plates.map((p) => `${p.name}:${p.count}`).join(' ');

/** Some sites of a run as one table: a row for each particle and plate element. */
const table = (joint: Joint, records: readonly SampleRecord[]): Tensor =>
  tf.concat(
    records.map(({ value, distribution: { eventShape } }) => {
      const width = eventShape.reduce((product, n) => product * n, 1);
      return tf.reshape(atEveryDraw(joint, value, eventShape.length), [-1, width]);
    }),
    1,
  );

const chosen = (
  records: ReadonlyMap<string, SampleRecord>,
  sites: readonly string[],
): readonly SampleRecord[] => {
  const found = sites.map((name) => {
    const record = records.get(name);
    if (record !== undefined) return record;
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a latent site, for the discrepancy is that of draws',
      received: 'none of this name',
      cure: `Name one of ${[...records.keys()].join(', ') || '(no site)'}.`,
    });
  });
  const partly = found.find((r) => r.distribution.structure?._tag === 'partly');
  if (partly !== undefined) {
    throw new SiteError({
      site: siteLabel(partly.name),
      expected: 'draws of the guide at every element, to compare their law with the prior',
      received: 'a site that is partly observed',
      cure: 'Name the other sites in `sites`.',
    });
  }
  const [first] = found;
  const other = found.find((r) => first !== undefined && placeOf(r) !== placeOf(first));
  if (first === undefined || other === undefined) return found;
  throw new SiteError({
    site: `${siteLabel(first.name)}, ${siteLabel(other.name)}`,
    expected: 'sites in the same plates, to compare their joint law',
    received: 'different ones',
    cure: 'Name the sites of one set of plates in `sites`.',
  });
};

/** MMD² of the guide's draws and the prior's, all data together, times the number of data. */
const discrepancy = (joint: Joint, kernel: KernelFunction, asked?: readonly string[]): Tensor => {
  const sites = asked ?? joint.derivation.latents.map((l) => l.name);
  const own = chosen(samplesOf(joint.guide.records), sites);
  const prior = chosen(samplesOf(priorDraws(joint).records), sites);
  const size = (own[0]?.plates ?? []).reduce((product, p) => product * p.size, 1);
  return tf.mul(maximumMeanDiscrepancy(table(joint, own), table(joint, prior), kernel), size);
};

/**
 * The InfoVAE objective: Σ_data E_q[log p(x | z)] − (1 − α) KL(q(z|x) ‖ p(z)), less (α + λ − 1) N
 * times the squared maximum mean discrepancy between the aggregate posterior, q(z) averaged over
 * data, and the prior. In nats, maximised, over N data.
 *
 * - α = 1, as it is where nothing is said, is the MMD-VAE, and the Wasserstein autoencoder with
 *   −log p(x | z) for its cost; the guide may then be a point mass. α = 0 and λ = 1 is the ELBO.
 * - The aggregate posterior is that of the batch: every particle and element of the sites' plates is
 *   a draw, of which there must be two at least. As many are drawn from the model's own prior.
 * - Gradient: pathwise; that of the discrepancy is unbiased for the law that batches come from.
 * - It is no bound on log p(x).
 * - Errors: sites that lie in different plates throw a `SiteError`, fewer than two draws a
 *   `RangeError`.
 * - Source: Zhao et al. 2017, InfoVAE, arXiv:1706.02262; Tolstikhin et al. 2018,
 *   Wasserstein Auto-Encoders, algorithm 2, arXiv:1711.01558.
 *
 * @example
 * ```ts
 * const code = (loc: number) => plate('data', 8, sample('z', normal(loc, 1)));
 * const objective = infoVae({ lambda: 10, kernel: gaussianKernel(1) });
 * showDerivation(derive(code(0), code(9), objective)).split('\n').slice(0, 2);
 * // ['InfoVAE =', '  - 10 N MMD²(q(latent) ‖ p(latent))']
 * const inference = svi({
 *   model: () => code(0),
 *   guide: () => code(9),
 *   objective,
 *   optimizer: sgd(0.1),
 * });
 * // The two laws do not overlap: MMD² is about 2 / √3.
 * const [loss = 0] = inference.evaluate(inference.init(key(0)), undefined).loss.dataSync();
 * 60 < loss && loss < 130; // true
 * ```
 */
export const infoVae = <const S extends string = never>(
  options: InfoVaeOptions<S>,
): Objective<{ readonly support: 'within'; readonly gradient: 'pathwise' }, S> => {
  checkOptions<InfoVaeOptions>('infoVae', options, {
    lambda: required(finiteNumber),
    alpha: finiteNumber,
    kernel: required(callable('kernel: gaussianKernel(1)')),
    sites: listOf('sites', ['z']),
    particles: whole(),
    closedFormKl: preferenceRules.closedFormKl,
  });
  const { lambda, alpha = 1, kernel, sites, particles = 1, closedFormKl = 'whereValid' } = options;
  const weight = alpha + lambda - 1;
  const compared: readonly string[] = sites ?? ['latent'];
  const [names, latexNames] = [compared.join(', '), compared.map(latexName).join(', ')];
  return {
    name: 'infoVae',
    particles,
    meaning: { requires: { support: 'within', gradient: 'pathwise' }, bound: 'none' },
    ...(sites && { sites }),
    preferences: { closedFormKl, discrete: 'score', baseline: 'none' },
    notation: {
      symbol: 'InfoVAE',
      divergence: short(1 - alpha),
      plus: [
        {
          text: `- ${short(weight)} N MMD²(q(${names}) ‖ p(${names}))`,
          latex: `- ${short(weight)} N \\, \\mathrm{MMD}^2\\left(q(${latexNames}) \\,\\|\\, p(${latexNames})\\right)`,
        },
      ],
    },
    estimate: (joint) => {
      const { value, surrogate, terms } = estimateTerms(joint, ({ kind }) =>
        kind === 'logLikelihood' || kind === 'factor' ? 1 : 1 - alpha,
      );
      const penalty = tf.mul(discrepancy(joint, kernel, sites), weight);
      return {
        value: tf.sub(value, penalty),
        surrogate: tf.sub(surrogate, penalty),
        terms: { ...terms, discrepancy: tf.neg(penalty) },
      };
    },
  };
};
