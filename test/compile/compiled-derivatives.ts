/** What the graphs of a compiled step compute at a state, before it is updated. */
import * as tf from '@tensorflow/tfjs';
import { type Svi, type SviState, type Tensor, foldIn } from 'marginalia';
import { drawNoise } from 'marginalia/random';
import { boundTo } from '../../src/compile/compile.js';
import { leavesOf } from '../../src/compile/container.js';
import type { Bound, Executable } from '../../src/compile/executable.js';
import { recordStep } from '../../src/inference/compiled/step-graphs.js';
import { namedState } from '../../src/inference/named-state.js';
import { drawKey, firstStages, partOf } from '../../src/inference/phases/stage.js';

export interface Derivatives {
  /** Of each phase by its name, which is empty where there is but one. */
  readonly losses: Readonly<Record<string, number>>;
  /** Named as `svi.gradients` names them; the caller frees. */
  readonly gradients: Readonly<Record<string, Tensor>>;
}

/** Losses and gradients of each phase at the parameters of a state, by what `make` makes of their graphs. */
export const compiledDerivatives = async <B>(
  made: Svi<B>,
  state: SviState,
  batch: B,
  make: (bound: Bound) => Promise<Executable>,
): Promise<Derivatives> => {
  const gradients: Record<string, Tensor> = {};
  const losses: Record<string, number> = {};
  const { phases } = recordStep(made, state, batch);
  for (const [i, stage] of firstStages(made.stages).entries()) {
    const graphs = phases[i];
    if (graphs === undefined) throw new Error(`no graphs of '${stage.name}'`);
    const part = partOf(stage, state);
    const bound = boundTo(graphs.gradients);
    const { run, close } = await make(bound);
    for (const [name, v] of [...Object.entries(namedState(state)), ...leavesOf(batch)]) {
      bound.inputs[name]?.set(v.dataSync());
    }
    bound.inputs['step']?.fill(part.step);
    for (const { input, site, block, noise, batch: shape } of graphs.noises) {
      const at = foldIn(foldIn(drawKey(part), site), block);
      bound.inputs[input]?.set(drawNoise(at, noise, shape));
    }
    await run();
    await close();
    losses[stage.name] = bound.outputs['loss']?.[0] ?? Number.NaN;
    for (const [name, { shape }] of Object.entries(state.params)) {
      const values = bound.outputs[`gradients/${name}`];
      const path = stage.name === '' ? name : `${stage.name}/${name}`;
      if (values !== undefined) gradients[path] = tf.tensor(values.slice(), shape);
    }
  }
  return { losses, gradients };
};
