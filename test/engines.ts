/** That compiled inference is the eager one. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Svi, type SviState, type Tensor, draw, foldIn, key } from '../src/index.js';
import { boundTo, executableOf } from '../src/compile/compile.js';
import { leavesOf } from '../src/compile/container.js';
import { traceStep } from '../src/inference/compiled/step-graphs.js';
import { compiledStepper } from '../src/inference/compiled/compiled-stepper.js';
import { namedState } from '../src/inference/named-state.js';
import { drawKey, firstTurns, partOf } from '../src/inference/turn.js';
import { eagerStepper, freeState } from '../src/inference/stepper.js';
import { gap } from './compiled-values.js';
import { right } from './either.js';

/** The gradients of each phase at a state, by one executor, named as `svi.gradients` names them. */
const gradientsBy = async (
  executor: 'onnxruntime' | 'javascript',
  made: Svi<Tensor>,
  state: SviState,
  x: Tensor,
): Promise<Readonly<Record<string, Tensor>>> => {
  const found: Record<string, Tensor> = {};
  const { phases } = traceStep(made, state, x);
  for (const [i, turn] of firstTurns(made.turns).entries()) {
    const graphs = phases[i];
    if (graphs === undefined) throw new Error(`no graphs of '${turn.name}'`);
    const part = partOf(turn, state);
    const bound = boundTo(graphs.gradients);
    const { run, close } = right(await executableOf(bound, { executor }));
    for (const [name, v] of [...Object.entries(namedState(state)), ...leavesOf(x)]) {
      bound.inputs[name]?.set(v.dataSync());
    }
    bound.inputs['step']?.fill(part.step);
    for (const { input, site, block, noise, batch } of graphs.noises) {
      const at = foldIn(foldIn(drawKey(part), site), block);
      bound.inputs[input]?.set(draw(at, noise, batch));
    }
    await run();
    await close();
    for (const [name, { shape }] of Object.entries(state.params)) {
      const values = bound.outputs[`gradients/${name}`];
      const path = turn.name === '' ? name : `${turn.name}/${name}`;
      if (values !== undefined) found[path] = tf.tensor(values.slice(), shape);
    }
  }
  return found;
};

/** Losses, gradients and states of both engines, whatever runs the compiled one; frees the batch. */
export const sameInEveryEngine = async (made: Svi<Tensor>, x: Tensor, steps = 3): Promise<void> => {
  const first = made.init(key(4), x);
  const eager = eagerStepper(made, first);
  const expected = right(await eager.advance(x, steps));
  const gradients = made.gradients(first, x);
  const b = eager.state();
  for (const executor of ['onnxruntime', 'javascript'] as const) {
    const found = await gradientsBy(executor, made, first, x);
    for (const [name, value] of Object.entries(gradients)) {
      expect(gap(found[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-4);
    }
    const compiled = right(await compiledStepper(made, first, x, { executor }));
    const losses = right(await compiled.advance(x, steps));
    expect(losses).toHaveLength(steps);
    for (const [name, own] of Object.entries(eager.phaseLosses())) {
      own.forEach((loss, i) =>
        expect(
          Math.abs((compiled.phaseLosses()[name]?.[i] ?? NaN) / loss - 1),
          `${executor}, ${name}`,
        ).toBeLessThan(1e-4),
      );
    }
    losses.forEach((loss, i) =>
      expect(Math.abs(loss / (expected[i] ?? 0) - 1), executor).toBeLessThan(1e-4),
    );
    const a = compiled.state();
    for (const [name, value] of Object.entries(b.params)) {
      expect(gap(a.params[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    for (const [name, value] of Object.entries(b.memory)) {
      expect(gap(a.memory[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    for (const [name, value] of Object.entries(b.optimizer)) {
      expect(gap(a.optimizer[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
    }
    [a].forEach(freeState);
    tf.dispose(found);
    await compiled.close();
  }
  [b, first].forEach(freeState);
  tf.dispose(gradients);
  await eager.close();
  x.dispose();
};
