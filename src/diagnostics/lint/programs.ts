/** The two programs of an inference with the parameters that they are examined at. */
import type { Program } from '../../../dsl/index.js';
import { single } from '../../interpreters/layout.js';
import { type SampleRecord, type SiteRecord, samplesOf } from '../../interpreters/record.js';
import { type RunOptions, runProgram } from '../../interpreters/run.js';
import type { NoiseSource } from '../../noise-source.js';
import { type JointOptions, modelAt } from '../../bounds/joint.js';
import type { Role } from './examination.js';

export interface Programs {
  readonly model: Program<unknown, unknown>;
  readonly guide: Program<unknown, unknown>;
  readonly parameter: RunOptions['parameter'];
}

/** One draw of the guide's latent sites, by name. */
export const drawGuide = (
  { guide, parameter }: Programs,
  noise: NoiseSource,
): ReadonlyMap<string, SampleRecord> =>
  samplesOf(
    runProgram(guide, {
      role: 'guide',
      layout: single,
      noise,
      parameter,
      choose: () => ({ from: 'noise' }),
    }).records,
  );

/** Both programs at given values of the latent sites. */
export const runAt = (
  { model, guide, parameter }: Programs,
  latents: ReadonlyMap<string, SampleRecord>,
  noise: NoiseSource,
): Readonly<Record<Role, readonly SiteRecord[]>> => {
  const options: JointOptions = { noise, parameter };
  return {
    model: modelAt(latents, model, single, options).records,
    guide: runProgram(guide, {
      ...options,
      role: 'guide',
      layout: single,
      choose: (i) => {
        const given = latents.get(i.name);
        return given === undefined ? { from: 'noise' } : { from: 'value', value: given.value };
      },
    }).records,
  };
};
