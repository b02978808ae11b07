/** The two programs of an inference with the parameters that they are examined at. */
import * as tf from '@tensorflow/tfjs';
import type { Program } from '../../dsl/index.js';
import { runKnowing } from '../interpreters/known.js';
import { type SampleRecord, type SiteRecord, samplesOf } from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import type { NoiseSource } from '../random/noise-source.js';
import { type JointOptions, modelAt } from '../bounds/joint.js';
import type { Role } from './examination.js';

export interface Programs {
  readonly model: Program<unknown, unknown>;
  readonly guide: Program<unknown, unknown>;
  readonly parameter: RunOptions['parameter'];
}

/** What a joint draw is made with: no step was taken yet, which schedules need to know. */
export const atStart = ({ parameter }: Programs, noise: NoiseSource): JointOptions => ({
  noise,
  parameter,
  step: tf.scalar(0),
});

/** One draw of the guide. */
const drawn = (programs: Programs, noise: NoiseSource): readonly SiteRecord[] =>
  runProgram(programs.guide, {
    ...atStart(programs, noise),
    role: 'guide',
    choose: () => ({ from: 'noise' }),
  }).records;

/** One draw of the guide's latent sites, by name. */
export const drawGuide = (
  programs: Programs,
  noise: NoiseSource,
): ReadonlyMap<string, SampleRecord> => samplesOf(drawn(programs, noise));

/** One draw of the guide, and the model at it. */
export const runBoth = (
  programs: Programs,
  noise: NoiseSource,
): Readonly<Record<Role, readonly SiteRecord[]>> => {
  const { guide, model } = runKnowing(programs.guide, (known) => {
    const drawnBy = drawn({ ...programs, guide: known }, noise);
    const made = modelAt(samplesOf(drawnBy), programs.model, atStart(programs, noise));
    return { guide: { records: drawnBy }, model: made };
  });
  return { guide: guide.records, model: model.records };
};

/** Both programs at given values of the latent sites. */
export const runAt = (
  programs: Programs,
  latents: ReadonlyMap<string, SampleRecord>,
  noise: NoiseSource,
): Readonly<Record<Role, readonly SiteRecord[]>> => {
  const options = atStart(programs, noise);
  return {
    model: modelAt(latents, programs.model, options).records,
    guide: runProgram(programs.guide, {
      ...options,
      role: 'guide',
      choose: (i) => {
        const given = latents.get(i.name);
        return given === undefined ? { from: 'noise' } : { from: 'value', value: given.value };
      },
    }).records,
  };
};
