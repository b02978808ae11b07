/**
 * What the model draws: runs of it whose latent sites, or all sites, are drawn from the model. Their
 * noise is their own, so that they are independent of the guide's draws.
 */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor, stopGradient } from '../../dsl/index.js';
import { entryOf } from '../../dsl/records/dictionary.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { rewrite } from '../../dsl/program/program.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { type Run, samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { logJoint } from '../interpreters/score-record.js';
import { type NoiseSource, noiseName } from '../random/noise-source.js';
import { sharedPreimage } from '../../dsl/law/preimage.js';
import { type Joint, type JointSource, optionsOfDraw } from './joint.js';

const noiseOfModel =
  (noise: NoiseSource): NoiseSource =>
  (site, ...rest) =>
    noise(noiseName('dream', site), ...rest);

/** What a run of draws of the model is given. */
const modelDrawOptions = ({ source, derivation, draws }: Joint): JointSource =>
  optionsOfDraw(derivation, draws, { ...source, noise: noiseOfModel(source.noise) });

/** The model run with its latent sites drawn from it; observed sites keep their values. */
export const priorDraws = (joint: Joint): Run<unknown> =>
  joint.draws.each(() =>
    runProgram(joint.source.model, {
      ...modelDrawOptions(joint),
      role: 'model',
      choose: () => ({ from: 'noise' }),
    }),
  );

/** The program with its observed sites drawn, those that are known in part among them. */
const unconditioned = (model: Program<unknown, unknown>): Program<unknown, unknown> =>
  rewrite(model, () => ({
    each: (i) => {
      if (i.op !== 'sample') return i;
      const { observed: _, known: __, ...latent } = i;
      return latent;
    },
  }));

/**
 * log q of a draw of the model, summed over plates and scaled up: the model draws every site, observed ones too,
 * and `guide` is scored at what it drew. The model's parameters have no gradient.
 */
export const logGuideOfModelDraws = (
  joint: Joint,
  guide: (drawn: Readonly<Record<string, Tensor>>) => Program<unknown, unknown>,
): Tensor => {
  const { source, layout, draws } = joint;
  const options = modelDrawOptions(joint);
  const log = draws.each(() => {
    const { records } = runProgram(unconditioned(source.model), {
      ...options,
      parameter: (i) => stopGradient(source.parameter(i)),
      role: 'model',
      choose: () => ({ from: 'noise' }),
    });
    const samples = samplesOf(records);
    const drawn = Object.fromEntries([...samples].map(([name, r]) => [name, r.value]));
    const scored = runProgram(guide(drawn), {
      ...options,
      role: 'guide',
      choose: (i) => {
        const value = entryOf(drawn, i.name);
        if (value !== undefined) {
          const preimage = sharedPreimage(samples.get(i.name)?.preimage);
          return { from: 'value', value, preimage };
        }
        throw new SiteError({
          site: `${siteLabel(i.name)} of the guide`,
          expected: 'a site that the model draws as well',
          received: 'one that it has not',
          cure: 'Give the guide the sites of the model, and no others.',
        });
      },
    });
    return logJoint(scored.records);
  });
  const all = draws.all(log);
  return layout.particles === 1 ? all : expandTo(tf.reshape(all, [-1]), [layout.particles]);
};
