/** The values of several objectives at one draw. */
import * as tf from '@tensorflow/tfjs';
import { computed } from '../../compile/computed.js';
import { estimateOf } from '../../bounds/estimate-of.js';
import type { Joint } from '../../bounds/joint.js';
import type { Objective } from '../../bounds/objective.js';
import type { NoiseSource } from '../../random/noise-source.js';
import { type Estimator, type Trial, estimatorOf } from './inference.js';

/** What a joint draw follows from beside its noise; nothing of an objective that remembers something. */
const drawnBy = ({ carry }: Objective, { derivation }: Estimator): string | undefined =>
  carry === undefined ? JSON.stringify([derivation.particles, derivation.latents]) : undefined;

/** The value of each objective at some noise; those that draw alike share one run of the programs. */
export const valuesAt = (
  trial: Trial,
  objectives: readonly Objective[],
): ((noise: NoiseSource) => readonly number[]) => {
  const all = objectives.map((objective) => {
    const estimator = estimatorOf(trial, objective, trial.structure);
    return { objective, estimator, draw: drawnBy(objective, estimator) };
  });
  return (noise) => {
    const found = new Map<number, number>();
    tf.tidy(() => {
      const values = computed({}, () => {
        const known = new Map<string, Joint>();
        return Object.fromEntries(
          all.map(({ objective, estimator, draw }, i) => {
            const before = draw === undefined ? undefined : known.get(draw);
            const joint = before ?? estimator.joint(noise, trial.params);
            if (draw !== undefined) known.set(draw, joint);
            const { derivation } = estimator;
            return [String(i), estimateOf(objective, { ...joint, derivation }).value];
          }),
        );
      });
      all.forEach((_, i) => found.set(i, values[String(i)]?.dataSync()[0] ?? Number.NaN));
    });
    return all.map((_, i) => found.get(i) ?? Number.NaN);
  };
};
