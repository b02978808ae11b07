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

/** One joint draw of guide and model, with how its bound was derived. */
export interface Joint {
  readonly derivation: Derivation;
  readonly layout: Layout;
  readonly guide: Run<unknown>;
  readonly model: Run<unknown>;
}

export interface JointOptions {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
}

/** The left axes of a run under a derivation. */
export const layoutFor = ({ particles, depth, latents }: Derivation): Layout => ({
  particles,
  depth,
  enumerated: latents.filter((l) => l.estimator.tag === 'enumerate').length,
});

const valueFrom = (guide: ReadonlyMap<string, SampleRecord>, name: string): Tensor => {
  const record = guide.get(name);
  if (record === undefined) {
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a value from the guide',
      received: 'none, although the guide had this site when it was checked',
      cure: 'Visit the same sites on every run; which sites there are must not depend on data.',
    });
  }
  return record.value;
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
  const values = samplesOf(guideRun.records);
  const modelRun = runProgram(model, {
    ...options,
    role: 'model',
    layout,
    choose: (i) => ({ from: 'value', value: valueFrom(values, i.name) }),
  });
  return { derivation, layout, guide: guideRun, model: modelRun };
};
