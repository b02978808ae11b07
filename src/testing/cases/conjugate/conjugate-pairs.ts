/** Random conjugate models with their evidence and posterior, both exact. */
import * as fc from 'fast-check';
import { checkOptions, whole } from '../../../../dsl/refusals/options.js';
import type { BoundCase, Feature } from '../bound-case.js';
import { type Maskable, hiddenBy } from '../composing/maskable.js';
import { decodeSketch } from '../decode-sketch.js';
import { type GapRange, USUAL_GAP, gapRule, gapsIn } from '../gap-range.js';
import { conjugatePosterior, guideWithGap } from './exact.js';
import type { FamilyName } from './families.js';
import type { Counts } from './family.js';
import { type PairOptions, guideProgram, modelProgram, outermost } from './pair-program.js';
import {
  type ConjugateModel,
  type ConjugateSketch,
  conjugateSketch,
  directionsOf,
  modelOf,
  sizesOf,
} from './sketch.js';

/** A model whose posterior is of its prior's family, and a guide of that family elsewhere. */
export interface ConjugatePair extends BoundCase, Maskable<ConjugatePair> {
  readonly gap: number;
  readonly correlation: number;
}

const GENERATOR = 'conjugatePairs';

/** `z ~ Normal(0.5, 1); data in 2: x = 1.5 -2 ~ Normal(z, 0.75)`. */
const labelOf = (
  { family, prior, noise, data, kept, factor }: ConjugateModel,
  { groups, data: size }: ConjugateSketch,
): string => {
  const [law, likelihood] = family.names;
  const outer = size > 0 ? 'groups' : 'data';
  const place = groups > 0 ? `${outer} in ${groups}: ` : '';
  const seen = data.map((xs, g) =>
    xs.map((x, i) => (kept?.[g]?.[i] === false ? '-' : x)).join(' '),
  );
  const given = family.hasNoise ? `z, ${noise}` : 'z';
  const observed = `x = ${seen.join(', ')} ~ ${likelihood}(${given})`;
  return [
    `${place}z ~ ${law}(${prior.flat().join(', ')})`,
    ...(factor === undefined ? [] : [`factor(z; ${factor.join(', ')})`]),
    size > 0 ? `data in ${size}: ${observed}` : observed,
  ].join('; ');
};

const featuresOf = (
  { groups, data, hidden, hasFactor, learned }: ConjugateSketch,
  gap: number,
  correlation: number,
): readonly Feature[] => {
  const plates = Number(groups > 0) + Number(data > 0);
  const has: readonly (readonly [Feature, boolean])[] = [
    ['continuous', true],
    ['plate', plates > 0],
    ['nested plates', plates > 1],
    ['subsampled plate', (groups > 0 ? groups : data) > 1],
    ['all sites in a plate', groups > 0],
    ['mask', hidden.length > 0],
    ['factor', hasFactor],
    ['model parameters', learned.model],
    ['guide parameters', learned.guide],
    ['strong correlation', correlation > 0.5],
    ['large gap', gap > 1],
  ];
  return has.flatMap(([feature, holds]) => (holds ? [feature] : []));
};

/** Directions in which a guide is looked for: a random one, and those that move the mean both ways. */
const directions = (sketch: ConjugateSketch, latents: number, places: number) => {
  const towards = (sign: number) =>
    Array.from({ length: latents }, () =>
      Array.from({ length: places }, (_, i) => (i === 0 ? sign : -sign)),
    );
  return [directionsOf(sketch, latents, places), towards(1), towards(-1)];
};

const complete = (sketch: ConjugateSketch): ConjugatePair => {
  const { learned } = sketch;
  const plates = { groups: sketch.groups, data: sketch.data };
  const model = modelOf(sketch);
  const { family } = model;
  const { latents, each } = sizesOf(sketch);
  const { logEvidence, posterior } = conjugatePosterior(model);
  const places = posterior[0]?.length ?? 1;
  const found = guideWithGap(model, posterior, directions(sketch, latents, places), sketch.gap);
  const exact = posterior.map((c: Counts) => family.parameters(c).map((p) => p.values));
  const correlation = Math.max(...posterior.map(family.correlation));
  const named = (who: 'model' | 'guide', rows: PairOptions['rows']): PairOptions => ({
    plates,
    ...(learned[who] && { learned: who }),
    ...(rows && { rows }),
  });
  const by = {
    model: (rows?: PairOptions['rows']) => modelProgram(model, named('model', rows)),
    guide: (rows?: PairOptions['rows']) =>
      guideProgram(model, found.parameters, named('guide', rows)),
    posterior: (rows?: PairOptions['rows']) =>
      guideProgram(model, exact, { plates, learned: 'posterior', ...(rows && { rows }) }),
  };
  const plateName = outermost(plates);
  const size = plates.groups > 0 ? plates.groups : plates.data;
  const observations = latents * each;
  return {
    label: labelOf(model, sketch),
    model: by.model(),
    guide: by.guide(),
    posterior: by.posterior(),
    data: { x: model.data.flat() },
    logEvidence,
    ...(plateName !== undefined && size > 1 && { rows: { plate: plateName, size, ...by } }),
    gap: found.gap,
    correlation,
    features: featuresOf(sketch, found.gap, correlation),
    recipe: { generator: GENERATOR, sketch },
    observations,
    masked: (kept) => complete({ ...sketch, hidden: hiddenBy(kept, observations) }),
  };
};

/** The pair of a sketch, from a recipe of `conjugatePairs`; what is none throws a `RangeError`. */
export const conjugatePairFromSketch = (sketch: unknown): ConjugatePair =>
  complete(decodeSketch(GENERATOR, conjugateSketch, sketch));

/** How large conjugate pairs are at most, and what is asked of them. */
export interface ConjugatePairOptions {
  /** Which families, by their priors; all where left out. */
  readonly families?: readonly FamilyName[];
  /** The most data of a latent value, 6 where left out. */
  readonly data?: number;
  /** The most latent values, in a plate, 3 where left out; 0 for one outside all plates. */
  readonly groups?: number;
  /** The most observations that are masked, 2 where left out. */
  readonly masked?: number;
  /** KL(guide ‖ posterior), nats: a number or { min, max }, from 0.25 to 4 where left out. */
  readonly gap?: GapRange;
}

const familyNames: readonly FamilyName[] = ['normal', 'beta', 'gamma', 'dirichlet'];

const known = (name: unknown): boolean => familyNames.some((one) => one === name);

/**
 * Random conjugate pairs: Normal-Normal, Beta-Bernoulli, Gamma-Exponential and Dirichlet-Categorical,
 * with one latent value of all data, one for each element of a plate, or one for each of several data;
 * some observations masked, a factor c · T(z) of the latent value, parameters in model and guide.
 *
 * Evidence and posterior are closed forms in double precision. The guide is of the prior's family, along
 * a random direction of its parameters, at the place where KL(guide ‖ posterior), a closed form too, is
 * the gap that is asked for, found by bisection. Numbers of the model are eighths, which float32 holds.
 *
 * - Rows, for minibatches, of every pair with a plate of two elements or more.
 * - Errors: options out of range throw a `RangeError`.
 *
 * @example
 * ```ts
 * const pairs = conjugatePairs({ families: ['beta'], data: 12, gap: 2 });
 * const [pair] = fc.sample(pairs, { numRuns: 1, seed: 1 });
 * pair?.gap.toFixed(4); // '2.0000'
 * fc.assert(
 *   fc.property(pairs, ({ model, posterior, logEvidence }) =>
 *     checkExactGuide({ model, guide: posterior, logEvidence }),
 *   ),
 *   { numRuns: 3 },
 * );
 * ```
 */
export const conjugatePairs = (options: ConjugatePairOptions = {}): fc.Arbitrary<ConjugatePair> => {
  checkOptions('conjugatePairs', options, {
    families: {
      expected: `a list of some of ${familyNames.join(', ')}`,
      holds: (value) => Array.isArray(value) && value.length > 0 && value.every(known),
      cure: "pass ['normal'], say",
    },
    data: whole(1),
    groups: whole(0),
    masked: whole(0),
    gap: gapRule,
  });
  const { data = 6, groups = 3, masked = 2, gap = USUAL_GAP } = options;
  return fc
    .record({
      family: fc.constantFrom(...(options.families ?? familyNames)),
      plates: fc.oneof(
        fc.record({ groups: fc.constant(0), data: fc.integer({ min: 1, max: data }) }),
        fc.record({ groups: fc.integer({ min: 0, max: groups }), data: fc.constant(0) }),
        fc.record({
          groups: fc.integer({ min: 0, max: groups }),
          data: fc.integer({ min: 1, max: data }),
        }),
      ),
      classes: fc.integer({ min: 2, max: 4 }),
      hidden: fc.oneof(
        fc.constant<number[]>([]),
        fc.uniqueArray(fc.nat({ max: data * Math.max(1, groups) - 1 }), { maxLength: masked }),
      ),
      hasFactor: fc.oneof({ weight: 2, arbitrary: fc.constant(false) }, fc.boolean()),
      learned: fc.record({ model: fc.boolean(), guide: fc.boolean() }),
      gap: gapsIn(gap),
      seed: fc.nat({ max: 2 ** 31 - 1 }),
    })
    .map(({ plates, hidden, ...drawn }): ConjugateSketch => {
      const { latents, each } = sizesOf(plates);
      const some = hidden.filter((i) => i < latents * each).toSorted((a, b) => a - b);
      return { ...drawn, ...plates, hidden: some };
    })
    .map(complete);
};
