/** A bound as a function of plain numbers: its parameters, its noise, and the draws that carry no gradient. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../../dsl/index.js';
import { isReparameterised, lawOf } from '../../../../dsl/law/distribution.js';
import { baseNoise as noiseBlock } from '../../../../dsl/tensors/noise.js';
import { rewrite } from '../../../../dsl/program/program.js';
import type { Derivation, LatentDerivation } from '../../../bounds/derivation.js';
import { deriveFrom } from '../../../bounds/derive.js';
import { estimateOf } from '../../../bounds/estimate-of.js';
import { type Joint, atAllDraws, drawIndices, drawJoint, jointAt } from '../../../bounds/joint.js';
import { atEveryDraw } from '../../../interpreters/all-draws.js';
import type { SampleRecord } from '../../../interpreters/record.js';
import { assertFits } from '../../../bounds/misfit.js';
import type { Estimate, Objective } from '../../../bounds/objective.js';
import { latentSites } from '../../../bounds/dependence/structure.js';
import type { NoiseInput } from '../../../inference/compiled/noisy-graph.js';
import { withGradients } from '../../../inference/gradients.js';
import { knownParameter } from '../../../inference/svi-checks.js';
import { type NoiseSource, keyedNoise, noiseOwner } from '../../../random/noise-source.js';
import { once } from '../../../../dsl/records/once.js';
import type { Params } from '../../../interpreters/params.js';
import { putUnder, takeUnder } from '../../../../dsl/records/record-paths.js';
import { key } from '../../../random/index.js';
import type { AnyProgram, Trial } from '../../law/inference.js';
import {
  type NumbersByName,
  type NumericFunction,
  noiseNumbers,
  noisesOf,
  numbersOf,
  numericFunction,
} from '../../law/numeric-function.js';
import { rowsOf } from '../../statistics/numbers.js';
import { sizeOf } from '../../../../dsl/tensors/shape.js';

/** The value of a bound at given draws, with the log of their chance, nats. */
export interface DrawnValue {
  readonly value: number;
  /** log q of the draws that are given, by the laws that made them; 0 where there are none. */
  readonly logChance: number;
}

/** The same with the gradient of the surrogate by parameter. */
export interface DrawnGradient extends DrawnValue {
  readonly gradients: NumbersByName;
}

/** All values of a site of finite support, each `event` numbers. */
export interface Listed {
  readonly values: readonly (readonly number[])[];
}

/** A bound, its draws given. */
export interface DrawnBound {
  readonly derivation: Derivation;
  /** What the value is computed in, or the gradient with it. */
  readonly precision: (of: 'value' | 'gradient') => NumericFunction['precision'];
  /** The parameters, as numbers. */
  readonly params: NumbersByName;
  /** Noise, and for the sites in `given` the draws themselves. */
  readonly noises: readonly NoiseInput[];
  /** Those of the value alone, for which no gradient is made. */
  readonly valueNoises: readonly NoiseInput[];
  /** The sites whose draws carry no gradient, each with its values where there are finitely many. */
  readonly given: ReadonlyMap<string, Listed | undefined>;
  readonly value: (params: NumbersByName, noise: NumbersByName) => DrawnValue;
  readonly found: (noise: NumbersByName) => DrawnGradient;
  /** The least chance of a value of the sites in `given` that was met in a draw; 1 where nothing is listed. */
  readonly leastChance: (source: NoiseSource) => number;
  /** The draws of all sites but those that are summed over, by site, at such noise. */
  readonly drawsAt: (noise: NumbersByName) => NumbersByName;
  /** Noise of a source, with the draws of the sites in `given` at the bound's own parameters. */
  readonly noiseOf: (source: NoiseSource) => NumbersByName;
}

/** Whether a site's value comes from elsewhere than a draw by its own law. */
const isElsewhere = (latent: LatentDerivation | undefined): boolean =>
  latent?.summed !== undefined || typeof latent?.estimator.draws === 'function';

/** The guide with the draws of some sites given in the place of their noise. */
const givenDraws = (guide: AnyProgram, sites: ReadonlySet<string>): AnyProgram =>
  rewrite(guide, () => ({
    each: (i) => {
      if (i.op !== 'sample' || i.observed !== undefined || !sites.has(i.name)) return i;
      const { distribution: d } = i;
      return {
        ...i,
        distribution: {
          ...d,
          sampler: {
            ...d.sampler,
            noise: [noiseBlock('uniform', d.eventShape)],
            draw: ([value = tf.scalar(Number.NaN)]: readonly Tensor[]) => ({ value }),
          },
        },
      };
    },
  }));

/** log q of the draws of some sites, whatever masks leave out. */
const logChanceOf = (joint: Joint, sites: ReadonlySet<string>): Tensor =>
  joint.guide.records.reduce<Tensor>(
    (total, r) =>
      r.kind === 'sample' && sites.has(r.name)
        ? tf.add(
            total,
            tf.sum(atAllDraws(joint, () => tf.sum(lawOf(r.distribution).logProb(r.value)))),
          )
        : total,
    tf.scalar(0),
  );

const listedOf = ({ guide }: Joint, sites: ReadonlySet<string>): DrawnBound['given'] =>
  new Map(
    guide.records.flatMap((r): readonly (readonly [string, Listed | undefined])[] => {
      if (r.kind !== 'sample' || !sites.has(r.name)) return [];
      const listed = r.distribution.sampler.enumeration;
      if (listed === undefined) return [[r.name, undefined]];
      const [all, width] = [listed.values().dataSync(), sizeOf(r.distribution.eventShape)];
      const values = rowsOf(all, width);
      return [[r.name, { values }]];
    }),
  );

/** The least chance of a listed value of some sites, at any place. */
const leastChanceOf = (joint: Joint, sites: ReadonlySet<string>): Tensor =>
  joint.guide.records.reduce<Tensor>((least, r) => {
    const listed = r.kind === 'sample' ? r.distribution.sampler.enumeration : undefined;
    if (r.kind !== 'sample' || listed === undefined || !sites.has(r.name)) return least;
    const law = lawOf(r.distribution);
    const ofAll = atAllDraws(joint, () =>
      tf
        .unstack(listed.values())
        .map((value) => tf.exp(tf.min(law.logProb(value))))
        .reduce<Tensor>((a, b) => tf.minimum(a, b), tf.scalar(1)),
    );
    return tf.minimum(least, tf.min(ofAll));
  }, tf.scalar(1));

/** A site's value at all draws. */
const valueOf = (joint: Joint, r: SampleRecord): Tensor =>
  atEveryDraw(joint, r.value, r.distribution.eventShape.length);

const first = (x: ArrayLike<number> | undefined): number => x?.[0] ?? Number.NaN;

/**
 * A bound as a function of numbers; its graphs are made when they are first asked for. The draws that are
 * given are those without a gradient, or `all` but those that are summed over.
 */
export const drawnBound = (
  trial: Trial,
  objective: Objective,
  which: 'withoutGradient' | 'all' = 'withoutGradient',
): DrawnBound => {
  const { model, guide, params, structure } = trial;
  assertFits(structure, objective);
  const derivation = deriveFrom(structure, objective);
  const chosen = new Map(derivation.latents.map((l) => [l.name, l]));
  const sites = new Set(
    latentSites(structure.guide).flatMap(({ name, gradient }) => {
      const latent = chosen.get(name);
      // Where host code reads a draw the bound may jump with it, which no difference sees.
      const isGiven = which === 'all' || !isReparameterised(gradient) || latent?.cut === true;
      return isGiven && !isElsewhere(latent) ? [name] : [];
    }),
  );
  const joint = (of: AnyProgram, at: Params, noise: NoiseSource): Joint =>
    drawJoint(model, of, derivation, {
      noise,
      parameter: knownParameter(at),
      step: tf.scalar(0),
      ...(objective.carry && { carry: objective.carry(derivation, structure) }),
    });
  const forced = givenDraws(guide, sites);
  const estimate = (at: Params, noise: NoiseSource): { joint: Joint; estimate: Estimate } => {
    const made = joint(forced, at, noise);
    return { joint: made, estimate: estimateOf(objective, made) };
  };
  const values = once(() =>
    numericFunction(params, (at, noise) => {
      const all = estimate(at, noise);
      return { value: all.estimate.value, logChance: logChanceOf(all.joint, sites) };
    }),
  );
  const gradients = once(() =>
    numericFunction(params, (at, noise) => {
      const { kept, gradients: found } = withGradients(at, (given) => {
        const all = estimate(given, noise);
        return {
          loss: all.estimate.surrogate,
          keep: { value: all.estimate.value, logChance: logChanceOf(all.joint, sites) },
        };
      });
      return { ...kept, ...putUnder('gradients', found) };
    }),
  );
  const draws = once(() =>
    numericFunction(params, (at, noise) => {
      const drawn = joint(guide, at, noise);
      const made = drawn.guide.records.flatMap((r) =>
        r.kind === 'sample' && sites.has(r.name) ? [[r.name, valueOf(drawn, r)] as const] : [],
      );
      return {
        ...putUnder('draws', Object.fromEntries(made)),
        leastChance: leastChanceOf(drawn, sites),
      };
    }),
  );
  const allDraws = once(() =>
    numericFunction(params, (at, noise) => {
      const drawn = joint(forced, at, noise);
      return Object.fromEntries(
        drawn.guide.records.flatMap((r) =>
          r.kind === 'sample' && !isElsewhere(chosen.get(r.name))
            ? [[r.name, valueOf(drawn, r)] as const]
            : [],
        ),
      );
    }),
  );
  const drawnBy = (source: NoiseSource): NumbersByName =>
    draws().at(start, noiseNumbers(draws().noises, source));
  const start = numbersOf(params);
  const given = new Map<string, Listed | undefined>();
  tf.tidy(() => {
    if (sites.size === 0) return;
    const options = { noise: keyedNoise(key(0)), parameter: knownParameter(params) };
    const [at = { particle: 0, values: [] }] = drawIndices(derivation);
    const drawn = jointAt(model, guide, derivation, { ...options, step: tf.scalar(0) }, at);
    for (const [site, listed] of listedOf(drawn, sites)) given.set(site, listed);
  });
  // By a run, which is cheaper than graphs that may then not be needed.
  const noises = once(() => noisesOf((noise) => void estimate(params, noise)));
  return {
    derivation,
    params: start,
    precision: (of) => (of === 'value' ? values() : gradients()).precision,
    get noises() {
      return noises();
    },
    get valueNoises() {
      return values().noises;
    },
    given,
    value: (at, noise) => {
      const found = values().at(at, noise);
      return { value: first(found['value']), logChance: first(found['logChance']) };
    },
    found: (noise) => {
      const found = gradients().at(start, noise);
      return {
        value: first(found['value']),
        logChance: first(found['logChance']),
        gradients: takeUnder('gradients', found),
      };
    },
    leastChance: (source) => (sites.size === 0 ? 1 : first(drawnBy(source)['leastChance'])),
    drawsAt: (noise) => allDraws().at(start, noise),
    noiseOf: (source) => {
      const all = noiseNumbers(noises(), source);
      if (sites.size === 0) return all;
      const made = takeUnder('draws', drawnBy(source));
      const own = noises().flatMap(({ input, site }) => {
        const owner = noiseOwner(site);
        const drawn = owner.kind === 'site' ? made[owner.name] : undefined;
        return drawn === undefined ? [] : [[input, Float64Array.from(drawn)] as const];
      });
      return { ...all, ...Object.fromEntries(own) };
    },
  };
};
