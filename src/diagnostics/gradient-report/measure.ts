/** Repeated draws of a gradient by several estimators, and how long they take. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf, mapped } from '../../../dsl/dictionary.js';
import type { Derivation } from '../../bounds/derivation.js';
import type { Memory } from '../../bounds/memory.js';
import type { Structure } from '../../bounds/dependence/structure.js';
import type { SviState } from '../../inference/svi-state.js';
import { type Turn, counted } from '../../inference/phases/turn.js';
import { keyedNoise } from '../../random/noise-source.js';
import { type Key, foldIn } from '../../random/index.js';

/** Draws one gradient of some parameters: the numbers, what is remembered next, and the time. */
const drawGradient = async <B>(
  { phase }: Turn<B>,
  state: SviState,
  batch: B,
  derivation: Derivation,
  memory: Memory,
  names: readonly string[],
  key: Key,
): Promise<{ readonly values: Float64Array; readonly memory: Memory; readonly ms: number }> => {
  const began = performance.now();
  const made: { readonly found: readonly Tensor[]; readonly memory: Memory }[] = [];
  tf.tidy(() => {
    const { gradients, memory: next } = phase.differentiate(
      { ...counted(state), derivation, memory },
      keyedNoise(key),
      batch,
    );
    const found = names.flatMap((name) => entryOf(gradients, name) ?? []);
    const kept = mapped(next, (x) => x.clone());
    made.push({ found, memory: kept });
    return [...found, ...Object.values(kept)];
  });
  const [result = { found: [], memory: {} }] = made;
  const values = await Promise.all(result.found.map((x) => x.data()));
  const ms = performance.now() - began;
  tf.dispose([...result.found]);
  return { values: Float64Array.from(values.flatMap((v) => [...v])), memory: result.memory, ms };
};

/** The gradients that each derivation gives, all with the same noise, in turns so that times compare. */
export const measure = async <B>(
  turn: Turn<B>,
  state: SviState,
  batch: B,
  structure: Structure,
  derivations: readonly Derivation[],
  names: readonly string[],
  { key, draws = 100 }: { readonly key: Key; readonly draws?: number },
): Promise<readonly { readonly gradients: readonly Float64Array[]; readonly ms: number }[]> => {
  const runs = derivations.map((derivation) => ({
    derivation,
    memory: tf.tidy(() => ({ ...turn.phase.objective.memory?.(derivation, structure) })),
    gradients: new Array<Float64Array>(),
    times: new Array<number>(),
  }));
  // The first gradient warms the machine up, and a running average.
  for (let draw = -1; draw < draws; draw += 1) {
    for (const run of runs) {
      const { values, memory, ms } = await drawGradient(
        turn,
        state,
        batch,
        run.derivation,
        run.memory,
        names,
        foldIn(key, draw + 1),
      );
      tf.dispose(run.memory);
      run.memory = memory;
      if (draw < 0) continue;
      run.gradients.push(values);
      run.times.push(ms);
    }
  }
  return runs.map(({ memory, gradients, times }) => {
    tf.dispose(memory);
    const sorted = times.toSorted((a, b) => a - b);
    return { gradients, ms: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN };
  });
};
