/** Repeated draws of a gradient by several estimators, and how long they take. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf, mapped } from '../../../dsl/records/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import type { Carry } from '../../bounds/carry.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import type { SviState } from '../../inference/svi-state.js';
import { type Stage, counted } from '../../inference/phases/stage.js';
import { keyedNoise } from '../../random/noise-source.js';
import { type Key, foldIn } from '../../random/index.js';

/** Draws one gradient of some parameters: the numbers, what is remembered next, and the time. */
const drawGradient = async <B>(
  { phase }: Stage<B>,
  state: SviState,
  batch: B,
  derivation: Derivation,
  carry: Carry,
  names: readonly string[],
  key: Key,
): Promise<{ readonly values: Float64Array; readonly carry: Carry; readonly ms: number }> => {
  const began = performance.now();
  const made: { readonly found: readonly Tensor[]; readonly carry: Carry }[] = [];
  tf.tidy(() => {
    const { gradients, carry: next } = phase.differentiate(
      { ...counted(state), derivation, carry },
      keyedNoise(key),
      batch,
    );
    const found = names.flatMap((name) => entryOf(gradients, name) ?? []);
    const kept = mapped(next, (x) => x.clone());
    made.push({ found, carry: kept });
    return [...found, ...Object.values(kept)];
  });
  const [result = { found: [], carry: {} }] = made;
  const values = await Promise.all(result.found.map((x) => x.data()));
  const ms = performance.now() - began;
  tf.dispose([...result.found]);
  return { values: Float64Array.from(values.flatMap((v) => [...v])), carry: result.carry, ms };
};

/** The gradients that each derivation gives, all with the same noise, in turns so that times compare. */
export const measure = async <B>(
  stage: Stage<B>,
  state: SviState,
  batch: B,
  structure: Structure,
  derivations: readonly Derivation[],
  names: readonly string[],
  { key, draws = 100 }: { readonly key: Key; readonly draws?: number },
): Promise<readonly { readonly gradients: readonly Float64Array[]; readonly ms: number }[]> => {
  const runs = derivations.map((derivation) => ({
    derivation,
    carry: tf.tidy(() => ({ ...stage.phase.objective.carry?.(derivation, structure) })),
    gradients: new Array<Float64Array>(),
    times: new Array<number>(),
  }));
  // The first gradient warms the machine up, and a running average.
  for (let draw = -1; draw < draws; draw += 1) {
    for (const run of runs) {
      const { values, carry, ms } = await drawGradient(
        stage,
        state,
        batch,
        run.derivation,
        run.carry,
        names,
        foldIn(key, draw + 1),
      );
      tf.dispose(run.carry);
      run.carry = carry;
      if (draw < 0) continue;
      run.gradients.push(values);
      run.times.push(ms);
    }
  }
  return runs.map(({ carry, gradients, times }) => {
    tf.dispose(carry);
    const sorted = times.toSorted((a, b) => a - b);
    return { gradients, ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
  });
};
