/** The joint draw: the guide run with its derivation's choices, then the model at its values. */
import * as tf from '@tensorflow/tfjs';
import { type Program, type Shape, SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { isReparameterised } from '../../dsl/distribution.js';
import { cutOff } from '../../dsl/gradient.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';
import { dropLast } from '../../dsl/shape.js';
import { type Draw, type DrawOptions, drawSite, enumerateSite } from '../interpreters/draw.js';
import { runKnowing } from '../interpreters/known.js';
import { type Layout, batchRank } from '../interpreters/layout.js';
import type { Run, SampleRecord } from '../interpreters/record.js';
import { samplesOf } from '../interpreters/record.js';
import { type Choice, type RunOptions, runProgram } from '../interpreters/run.js';
import type { NoiseSource } from '../noise-source.js';
import { antitheticNoise } from './antithetic.js';
import type { Derivation, LatentDerivation } from './derivation.js';
import { relaxedPush } from './relaxation.js';
import { movedInside } from './support-mask.js';

/** What an objective remembers from step to step: tensors by name. */
export type Memory = Readonly<Record<string, Tensor>>;

export interface JointOptions extends Pick<RunOptions, 'onLatent' | 'onHidden'> {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
  /** How many steps were taken before this one, a scalar, where there are steps. */
  readonly step?: Tensor;
  /** What the objective remembers, where it remembers something and there are steps. */
  readonly memory?: Memory;
  /** Whether arguments and observations are judged, for which values are read. */
  readonly validates?: boolean;
}

/** The programs of a joint draw and what they were run with: what running them again needs. */
export interface JointSource extends JointOptions {
  readonly model: Program<unknown, unknown>;
  readonly guide: Program<unknown, unknown>;
}

/** One joint draw of guide and model, with how its bound was derived. */
export interface Joint {
  readonly derivation: Derivation;
  readonly layout: Layout;
  readonly guide: Run<unknown>;
  readonly model: Run<unknown>;
  readonly source: JointSource;
}

/** The left axes of a run under a derivation. */
export const layoutFor = ({ particles, depth, latents }: Derivation): Layout => ({
  particles,
  depth,
  enumerated: latents.filter((l) => l.estimator.tag === 'enumerate').length,
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
  layout: Layout,
  options: JointOptions,
): Run<unknown> =>
  runProgram(model, {
    ...options,
    role: 'model',
    layout,
    choose: (i) => {
      const { value, distribution, point } = recordFrom(guide, i.name);
      return {
        from: 'value',
        value: movedInside(value, distribution.support, i.distribution.support),
        point,
      };
    },
  });

/** Puts the first axis of values left of every axis that a run may have. */
const besides = (values: Tensor, layout: Layout, event: Shape): Tensor => {
  const [count = 1, ...rest] = values.shape;
  const width = layout.enumerated + batchRank(layout);
  const ones = Array.from({ length: width - dropLast(rest, event.length).length }, () => 1);
  return tf.reshape(values, [count, ...ones, ...rest]);
};

/** A draw that passes no gradient, nor what it is the image of. */
const withoutPath = ({ value, point }: Draw): Choice => ({
  from: 'value',
  value: cutOff(value),
  point: point && { ...point, x: cutOff(point.x) },
});

/** Where the value of a guide's site comes from under its estimator. */
const choiceFor = (
  latent: LatentDerivation | undefined,
  i: SampleInstruction,
  plates: readonly PlacedPlate[],
  layout: Layout,
  { noise, step }: JointOptions,
): Choice => {
  const { name, distribution } = i;
  const draw = (push?: DrawOptions['push']): Draw =>
    drawSite(name, distribution, layout, plates, noise, push && { push });
  switch (latent?.estimator.tag) {
    case 'enumerate': {
      const value = enumerateSite(distribution, layout, latent.estimator.slot);
      return value === undefined ? { from: 'noise' } : { from: 'enumeration', value };
    }
    case 'score':
      // A draw that could carry a gradient must not, where the score has all of it.
      return isReparameterised(distribution.sampler.gradient)
        ? withoutPath(draw())
        : { from: 'noise' };
    case 'measureValued':
      return { from: 'value', value: cutOff(draw().value) };
    case 'gumbelSoftmax':
    case 'straightThrough': {
      const push = relaxedPush(latent.estimator, name, distribution, step);
      return { from: 'value', value: draw(push).value };
    }
    default:
      return { from: 'noise' };
  }
};

/** Values in place of a site's draws, `[C, ...batch, ...event]`, one run for each side by side. */
export interface Replacement {
  readonly site: string;
  readonly values: Tensor;
}

/**
 * Runs guide and model under a derivation. A replacement gets the leftmost axis, beyond those of
 * the sites that are summed; the sites after it are drawn from the same noise at each of its values. The
 * guide of the joint's source knows what the model knows.
 */
export const drawJoint = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  given: JointOptions,
  replacement?: Replacement,
): Joint => {
  // Runs that are made again of the same programs need no second judgement.
  const { validates: _, ...again } = given;
  const plain = layoutFor(derivation);
  const options =
    derivation.antithetic && plain.particles > 1
      ? { ...given, noise: antitheticNoise(given.noise) }
      : given;
  const layout = replacement === undefined ? plain : { ...plain, enumerated: plain.enumerated + 1 };
  const latents = new Map(derivation.latents.map((l) => [l.name, l]));
  return runKnowing(guide, (program) => {
    const guideRun = runProgram(program, {
      ...options,
      role: 'guide',
      layout,
      choose: (i, plates) =>
        replacement?.site === i.name
          ? {
              from: 'enumeration',
              value: besides(replacement.values, plain, i.distribution.eventShape),
            }
          : choiceFor(latents.get(i.name), i, plates, layout, options),
    });
    return {
      derivation,
      layout,
      guide: guideRun,
      model: modelAt(samplesOf(guideRun.records), model, layout, options),
      source: { ...again, model, guide: program },
    };
  });
};
