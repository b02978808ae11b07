/** The joint draw: the guide run with its derivation's choices, then the model at its values. */
import { type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { enumerateSite } from '../interpreters/draw.js';
import type { Layout } from '../interpreters/layout.js';
import type { Run, SampleRecord } from '../interpreters/record.js';
import { samplesOf } from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import type { NoiseSource } from '../noise-source.js';
import type { Derivation } from './derivation.js';
import { movedInside } from './support-mask.js';

/** What an objective remembers from step to step: tensors by name. */
export type Memory = Readonly<Record<string, Tensor>>;

export interface JointOptions {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
  /** How many steps were taken before this one, a scalar, where there are steps. */
  readonly step?: Tensor;
  /** What the objective remembers, where it remembers something and there are steps. */
  readonly memory?: Memory;
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
      const { value, distribution } = recordFrom(guide, i.name);
      return {
        from: 'value',
        value: movedInside(value, distribution.support, i.distribution.support),
      };
    },
  });

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
