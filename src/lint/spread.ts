/**
 * How wide the guide starts. In the noise ε of a site, z = g(ε), the model's pulled-back log density
 * is h(ε) = log p(x, g(ε)) − log q(g(ε)) + log N(ε), and a guide as wide as −∂²h/∂ε² asks for has
 * trace d. At random signs and their opposites, h(0) − E h(±1) is half that trace exactly where h is
 * quadratic, for slopes cancel; so 1 + 2/d (log w(0) − E log w(±1)) is the mean, over coordinates, of
 * the squared ratio of the guide's spread to the model's.
 */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, isWithin } from '../../dsl/index.js';
import { isReparameterised } from '../../dsl/law/distribution.js';
import { plateScale } from '../../dsl/program/layout.js';
import { deriveFrom } from '../bounds/derive.js';
import { estimateTerms } from '../bounds/estimate.js';
import { drawJoint } from '../bounds/joint.js';
import { elbo } from '../bounds/objectives/elbo.js';
import {
  type SampleStructure,
  type Structure,
  latentSites,
  sampleAt,
} from '../bounds/dependence/structure.js';
import { computedTensor } from '../compile/computed.js';
import type { SampleRecord } from '../interpreters/record.js';
import { type NoiseSource, keyedNoise, noiseName } from '../random/noise-source.js';
import type { Key } from '../random/index.js';
import type { InitialSpread } from './examination.js';
import { type Programs, atStart, drawGuide } from './programs.js';
import { tidied } from '../../dsl/tensors/tidied.js';

const nothingKept = (): readonly Tensor[] => [];

/** Normal noise is 0, but for one site, where it is random signs times `by`. */
const spreadAt =
  (whole: NoiseSource, spread: string | undefined, by: number): NoiseSource =>
  (site, block, law, batch) => {
    const noise = whole(site, block, law, batch);
    if (law.law !== 'normal') return noise;
    return spread !== undefined && site === noiseName('site', spread)
      ? tf.mul(tf.sign(noise), by)
      : tf.zerosLike(noise);
  };

const isNormal = ({ origin, noise, distribution: { sampler } }: SampleRecord): boolean =>
  origin === 'drawn' && noise.length > 0 && sampler.noise.every((n) => n.law === 'normal');

/** Whether a site could only be scored, and not even that: no bound can be derived with it. */
const hasNoScore = (q: SampleStructure): boolean =>
  q.moves && !isReparameterised(q.gradient) && q.values === undefined;

/** Whether every draw of a site has a density in the model. */
const isCovered = (site: string, { model, guide }: Structure): boolean =>
  isWithin(sampleAt(guide, site).support, sampleAt(model, site).support);

/** Measures the sites that are drawn from normal noise alone. */
export const initialSpreads = (
  programs: Programs,
  structure: Structure,
  key: Key,
): readonly InitialSpread[] => {
  const throughHost = [...structure.params, ...latentSites(structure.guide)].some(
    ({ hosts }) => hosts.length > 0,
  );
  if (throughHost || latentSites(structure.guide).some(hasNoScore)) return [];
  const derivation = deriveFrom(structure, elbo({ closedFormKl: 'never' }));
  const whole = keyedNoise(key);
  const jointAt = (noise: NoiseSource) =>
    drawJoint(programs.model, programs.guide, derivation, atStart(programs, noise));
  const boundAt = (by: number, site?: string): number =>
    tidied(
      () =>
        computedTensor(
          () => estimateTerms(jointAt(spreadAt(whole, site, by))).value,
        ).dataSync()[0] ?? Number.NaN,
      nothingKept,
    );
  /** The normal sites, with how many numbers each has over the whole of its plates. */
  const sizes = tidied(
    () =>
      [...drawGuide(programs, whole).values()]
        .filter((r) => isNormal(r) && isCovered(r.name, structure))
        .map((r) => ({
          site: r.name,
          size: r.noise.reduce((sum, x) => sum + x.size, 0) * plateScale(r.plates),
        })),
    nothingKept,
  );
  const centre = boundAt(0);
  return sizes
    .map(({ site, size }) => {
      const spread = (boundAt(1, site) + boundAt(-1, site)) / 2;
      return { site, ratio: 1 + (2 / size) * (centre - spread) };
    })
    .filter(({ ratio }) => Number.isFinite(ratio));
};
