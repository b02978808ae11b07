/** The joint draw: the guide run with its derivation's choices, then the model at its values. */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { isReparameterised } from '../../dsl/law/distribution.js';
import { cutOff } from '../../dsl/tensors/gradient.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { type DrawOptions, type SiteDraw, drawSite } from '../interpreters/draw.js';
import { mapPreimage, sharedPreimage } from '../../dsl/law/preimage.js';
import { atEveryDraw, valueAlong } from '../interpreters/all-draws.js';
import { runKnowing } from '../interpreters/known.js';
import type { Layout } from '../interpreters/layout.js';
import type { Run, SampleRecord } from '../interpreters/record.js';
import { samplesOf } from '../interpreters/record.js';
import { type Choice, type RunOptions, runProgram } from '../interpreters/run.js';
import { noiseOfDraws, noiseOfOne } from '../interpreters/noise-of-draws.js';
import type { NoiseSource } from '../random/noise-source.js';
import { type Draws, drawsOf, oneDraw } from '../transform/draws.js';
import { antitheticNoise } from './estimators/antithetic.js';
import type { Derivation, LatentDerivation } from './derivation.js';
import type { Carry } from './carry.js';
import { movedInside } from './fit/support-mask.js';

export interface JointOptions extends Pick<RunOptions, 'onLatent' | 'onHidden'> {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
  /** How many steps were taken before this one, a scalar, where there are steps. */
  readonly step?: Tensor;
  /** What the objective remembers, where it remembers something and there are steps. */
  readonly carry?: Carry;
}

/** The programs of a joint draw and what they were run with: what running them again needs. */
export interface JointSource extends JointOptions {
  readonly model: Program<unknown, unknown>;
  readonly guide: Program<unknown, unknown>;
}

/**
 * One joint draw of guide and model, with how its bound was derived. Both runs are those of a single draw,
 * with a single value of what is summed over; `draws` has their counterparts for all of them.
 */
export interface Joint {
  readonly derivation: Derivation;
  /** The axes of what is known of all draws. */
  readonly layout: Layout;
  readonly draws: Draws;
  readonly guide: Run<unknown>;
  readonly model: Run<unknown>;
  readonly source: JointSource;
}

/** The axes of all draws under a derivation. */
export const layoutFor = ({ particles, depth, latents }: Derivation): Layout => ({
  particles,
  depth,
  enumerated: latents.filter((l) => l.summed !== undefined).length,
});

/** The guide's record of a site that the model asks for. */
export const recordFrom = (
  guide: ReadonlyMap<string, SampleRecord>,
  name: string,
): SampleRecord => {
  const record = guide.get(name);
  if (record === undefined) {
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a value from the guide',
      received: 'none, although the guide had this site when it was checked',
      cure: 'Visit the same sites on every run; which sites there are must not depend on data.',
    });
  }
  return record;
};

/** Runs the model at the guide's values. */
export const modelAt = (
  guide: ReadonlyMap<string, SampleRecord>,
  model: Program<unknown, unknown>,
  options: JointOptions,
): Run<unknown> =>
  runProgram(model, {
    ...options,
    role: 'model',
    choose: (i) => {
      const { value, distribution, preimage } = recordFrom(guide, i.name);
      return {
        from: 'value',
        value: movedInside(value, distribution.support, i.distribution.support),
        preimage: sharedPreimage(preimage),
      };
    },
  });

/** A draw that passes no gradient, nor what it is the image of. */
const withoutPath = ({ value, preimage }: SiteDraw): Choice => {
  const shared = sharedPreimage(preimage);
  return { from: 'value', value: cutOff(value), preimage: shared && mapPreimage(shared, cutOff) };
};

/** The value of a site that is summed over, of all that it can have. */
type SummedValue = (
  slot: number,
  i: SampleInstruction,
  values: Tensor,
  plates: readonly PlacedPlate[],
) => Tensor;

/** Where the value of a guide's site comes from under its estimator. */
const choiceFor = (
  latent: LatentDerivation | undefined,
  i: SampleInstruction,
  plates: readonly PlacedPlate[],
  summed: SummedValue,
  { noise, step }: JointOptions,
): Choice => {
  const { name, distribution } = i;
  const draw = (push?: DrawOptions['push']): SiteDraw =>
    drawSite(name, distribution, plates, noise, push && { push });
  if (latent?.summed !== undefined) {
    const values = distribution.sampler.enumeration?.values();
    if (values === undefined) return { from: 'noise' };
    return { from: 'enumeration', value: summed(latent.summed.slot, i, values, plates) };
  }
  const draws = latent?.estimator.draws;
  if (draws === undefined) return { from: 'noise' };
  if (draws === 'fixed') {
    // A draw that could carry a gradient must not, where what is added to the surrogate has all of it.
    return isReparameterised(distribution.sampler.gradient)
      ? withoutPath(draw())
      : { from: 'noise' };
  }
  const push = draws({ site: name, distribution, ...(step && { step }) });
  return { from: 'value', value: draw(push).value };
};

/** Values in place of a site's draws, one run for each side by side. */
export interface Replacement {
  readonly site: string;
  /** `[C, ...axes of all draws, ...plates, ...event]`. */
  readonly values: Tensor;
}

/** The draws of a derivation: replaced values, then those of enumerated sites, the last one first, then particles. */
export const drawsFor = ({ particles, latents }: Derivation, replaced?: number): Draws => {
  const slots = latents.flatMap(({ summed }) => summed ?? []);
  return drawsOf([
    ...(replaced === undefined ? [] : [replaced]),
    ...slots.toSorted((a, b) => b.slot - a.slot).map((e) => e.values),
    ...(particles > 1 ? [particles] : []),
  ]);
};

/** A part of the noise that is made for all particles at once; a single particle has noise of its own. */
const noiseOfPart = (
  { particles, antithetic }: Derivation,
  noise: NoiseSource,
  part: (all: NoiseSource) => NoiseSource,
): NoiseSource => (particles === 1 ? noise : part(antithetic ? antitheticNoise(noise) : noise));

/** The options of a run of one draw. */
export const optionsOfDraw = <A extends JointOptions>(
  derivation: Derivation,
  draws: Draws,
  given: A,
): A => ({
  ...given,
  noise: noiseOfPart(derivation, given.noise, (all) => noiseOfDraws(all, draws)),
});

/** Runs the guide, and the model at its values. */
export const runBoth = (
  guide: Program<unknown, unknown>,
  model: Program<unknown, unknown>,
  options: JointOptions & Pick<RunOptions, 'validates'>,
  choose: RunOptions['choose'],
): Pick<Joint, 'guide' | 'model'> => {
  const guideRun = runProgram(guide, { ...options, role: 'guide', choose });
  return { guide: guideRun, model: modelAt(samplesOf(guideRun.records), model, options) };
};

/** Where the values of a guide's sites come from under their estimators. */
const choicesFor = (
  { latents }: Derivation,
  summed: SummedValue,
  options: JointOptions,
): RunOptions['choose'] => {
  const known = new Map(latents.map((l) => [l.name, l]));
  return (i, plates) => choiceFor(known.get(i.name), i, plates, summed, options);
};

/**
 * Runs guide and model under a derivation. A replacement gets the leftmost axis, beyond those of
 * the sites that are summed; the sites after it are drawn from the same noise at each of its values. The
 * guide of the joint's source knows what the model knows.
 *
 * Where there is more than one draw, or a site is summed over, this is for use while a function is traced.
 */
export const drawJoint = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  given: JointOptions,
  replacement?: Replacement,
): Joint => {
  const { enumerated, ...layout } = layoutFor(derivation);
  const draws = drawsFor(derivation, replacement?.values.shape[0]);
  const options = optionsOfDraw(derivation, draws, given);
  const last = draws.sizes.length - (layout.particles > 1 ? 1 : 0) - 1;
  const summed: SummedValue = (slot, { distribution: { eventShape } }, values, plates) =>
    valueAlong(draws, last - slot, values, eventShape.length, plates);
  const chosen = choicesFor(derivation, summed, options);
  return draws.each(() =>
    runKnowing(guide, (program) => ({
      derivation,
      layout: { ...layout, enumerated: enumerated + (replacement === undefined ? 0 : 1) },
      draws,
      ...runBoth(program, model, options, (i, plates) =>
        replacement?.site === i.name
          ? { from: 'enumeration', value: draws.one(replacement.values) }
          : chosen(i, plates),
      ),
      source: { ...given, model, guide: program },
    })),
  );
};

/** Which of all draws: a particle, and a value of each site that is summed over, by its slot. */
export interface DrawIndex {
  readonly particle: number;
  readonly values: readonly number[];
}

/** All draws of a derivation, the values of the last slot first. */
export const drawIndices = ({ particles, latents }: Derivation): readonly DrawIndex[] => {
  const counts = latents
    .flatMap(({ summed }) => summed ?? [])
    .toSorted((a, b) => a.slot - b.slot)
    .map((e) => e.values);
  const values = counts.reduce<readonly (readonly number[])[]>(
    (so, count) => so.flatMap((v) => Array.from({ length: count }, (_, i) => [...v, i])),
    [[]],
  );
  return values.flatMap((v) =>
    Array.from({ length: particles }, (_, particle) => ({ particle, values: v })),
  );
};

/** One of the draws of a joint draw by itself, with numbers to look at. */
export const jointAt = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  given: JointOptions,
  at: DrawIndex,
): Joint => {
  const options = {
    ...given,
    noise: noiseOfPart(derivation, given.noise, (all) =>
      noiseOfOne(all, derivation.particles, at.particle),
    ),
  };
  const summed: SummedValue = (slot, { distribution: { eventShape } }, values, plates) =>
    expandTo(tf.gather(values, at.values[slot] ?? 0), [...platesShape(plates), ...eventShape]);
  return runKnowing(guide, (program) => ({
    derivation,
    layout: { ...layoutFor(derivation), particles: 1, enumerated: 0 },
    draws: oneDraw,
    ...runBoth(program, model, options, choicesFor(derivation, summed, options)),
    source: { ...options, model, guide: program },
  }));
};

/**
 * Judges the arguments and observations of guide and model at one draw, with numbers in hand: in a joint draw
 * that is traced there are none to look at.
 */
export const judgeJoint = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  options: JointOptions,
): void => {
  runKnowing(guide, (program) =>
    runBoth(program, model, { ...options, validates: true }, () => ({ from: 'noise' })),
  );
};

/**
 * Something computed at one draw, at all: `[...enumerated, particles, ...plates, ...event]`. What is the same
 * for all values of an enumerated site has length 1 along it, or no axis where there is none left of it.
 */
export const atAllDraws = (joint: Joint, f: () => Tensor, eventRank = 0): Tensor => {
  const { draws, layout } = joint;
  const one = draws.each(f);
  const all = atEveryDraw(joint, one, eventRank);
  const summed = all.shape.slice(0, draws.sizes.length - (layout.particles > 1 ? 1 : 0));
  const first = summed.findIndex((n) => n !== 1);
  // The same for all there is: as one draw has it.
  if (first < 0 && layout.particles === 1) return tf.reshape(all, one.shape);
  const spare = first < 0 ? summed.length : first;
  return spare === 0 ? all : tf.reshape(all, all.shape.slice(spare));
};
