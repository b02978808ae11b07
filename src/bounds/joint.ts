/** The joint draw: the guide run with its derivation's choices, then the model at its values. */
import { type Program, SiteError, type Tensor, stopGradient } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { enumerateSite } from '../interpreters/draw.js';
import type { Layout } from '../interpreters/layout.js';
import type { Run, SampleRecord } from '../interpreters/record.js';
import { samplesOf } from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import type { NoiseSource } from '../noise-source.js';
import type { Derivation } from './derivation.js';
import { movedInside } from './support-mask.js';

export interface JointOptions {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
  /** How many steps were taken before this one, a scalar, where there are steps. */
  readonly step?: Tensor;
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

const recordFrom = (guide: ReadonlyMap<string, SampleRecord>, name: string): SampleRecord => {
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
const modelAt = (
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
      const { value, distribution } = recordFrom(guide, i.name);
      return {
        from: 'value',
        value: movedInside(value, distribution.support, i.distribution.support),
      };
    },
  });

/** How a joint draw is run again. */
export interface Rescoring {
  /** Runs the guide again, with its parameters `live`, or `stopped`: without a gradient. */
  readonly guide?: 'live' | 'stopped';
  /** Runs the model again. */
  readonly model?: 'live' | 'stopped';
  /** What stands for each draw of the guide: a tensor of the same numbers with another gradient. */
  readonly value?: (value: Tensor, site: SampleRecord) => Tensor;
}

/**
 * The joint draw with one program or both run again at the same values: to pass gradients to other
 * places. A program that is not named stays as it was run.
 *
 * Log densities are then taken at the values, not through the noise that made them, so a draw's
 * gradient and that of the parameters inside log q are kept apart.
 *
 * @example
 * ```ts
 * const landing = {
 *   ...elbo({ closedFormKl: 'never' }),
 *   estimate: (joint: Joint) => estimateTerms(rescored(joint, { guide: 'stopped' })),
 * };
 * const inference = svi({
 *   model: () => observe('x', normal(0, 1), 0),
 *   guide: () => of({}),
 *   objective: landing,
 *   optimizer: sgd(0.1),
 * });
 * inference.evaluate(inference.init(key(0)), undefined).loss.dataSync()[0]; // 0.9189385
 * ```
 */
export const rescored = (joint: Joint, { guide, model, value = (x) => x }: Rescoring): Joint => {
  const { source, layout } = joint;
  const optionsFor = (parameters: 'live' | 'stopped'): JointOptions =>
    parameters === 'live'
      ? source
      : { ...source, parameter: (i) => stopGradient(source.parameter(i)) };
  const drawn = new Map(
    [...samplesOf(joint.guide.records)].map(([name, r]) => [
      name,
      r.origin === 'observed' ? r : { ...r, value: value(r.value, r) },
    ]),
  );
  return {
    ...joint,
    ...(guide && {
      guide: runProgram(source.guide, {
        ...optionsFor(guide),
        role: 'guide',
        layout,
        choose: (i) => ({ from: 'value', value: recordFrom(drawn, i.name).value }),
      }),
    }),
    ...(model && { model: modelAt(drawn, source.model, layout, optionsFor(model)) }),
  };
};

/** Runs guide and model under a derivation. */
export const drawJoint = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  options: JointOptions,
): Joint => {
  const layout = layoutFor(derivation);
  const estimators = new Map(derivation.latents.map((l) => [l.name, l.estimator]));
  const guideRun = runProgram(guide, {
    ...options,
    role: 'guide',
    layout,
    choose: (i) => {
      const estimator = estimators.get(i.name);
      const value =
        estimator?.tag === 'enumerate'
          ? enumerateSite(i.distribution, layout, estimator.slot)
          : undefined;
      return value === undefined ? { from: 'noise' } : { from: 'enumeration', value };
    },
  });
  const modelRun = modelAt(samplesOf(guideRun.records), model, layout, options);
  return {
    derivation,
    layout,
    guide: guideRun,
    model: modelRun,
    source: { ...options, model, guide },
  };
};
