/** That compiled inference is the eager one. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Svi, type SviState, type Tensor, draw, foldIn, key } from '../src/index.js';
import { boundTo, executableOf } from '../src/compile/compile.js';
import { leavesOf } from '../src/compile/container.js';
import { traceStep } from '../src/inference/compiled-step.js';
import { compiledStepper } from '../src/inference/compiled-stepper.js';
import { namedState } from '../src/inference/named-state.js';
import { eagerStepper, freeState } from '../src/inference/stepper.js';
import { gap } from './compiled-values.js';
import { right } from './either.js';

/** The gradients of a state's next step, by one executor. */
const gradientsBy = async (
  executor: 'onnxruntime' | 'javascript',
  made: Svi<Tensor>,
  state: SviState,
  x: Tensor,
): Promise<Readonly<Record<string, Tensor>>> => {
  const graphs = traceStep(made, state, x);
  const bound = boundTo(graphs.gradients);
  const { run, close } = right(await executableOf(bound, { executor }));
  for (const [name, v] of [...Object.entries(namedState(state)), ...leavesOf(x)]) {
    bound.inputs[name]?.set(v.dataSync());
  }
  for (const { input, site, block, noise, batch } of graphs.noises) {
    const at = foldIn(foldIn(foldIn(state.key, state.step), site), block);
    bound.inputs[input]?.set(draw(at, noise, batch));
  }
  await run();
  await close();
  return Object.fromEntries(
    Object.entries(state.params).map(([name, { shape }]) => [
      name,
      tf.tensor(bound.outputs[`gradients/${name}`]?.slice() ?? [], shape),
    ]),
  );
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
