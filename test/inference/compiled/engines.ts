/** That compiled inference is the eager one. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type Svi, type Tensor, key } from 'marginalia';
import { executableOf } from '../../../src/compile/compile.js';
import { compiledStepper } from '../../../src/inference/compiled/compiled-stepper.js';
import { eagerStepper, freeState } from '../../../src/inference/stepper.js';
import { compiledDerivatives } from '../../compile/compiled-derivatives.js';
import { gap } from '../../compile/compiled-values.js';
import { right } from '../../either.js';

/** What runs compiled steps. */
type Executor = 'onnxruntime' | 'javascript';

/** Losses, gradients and states of both engines, by what runs the compiled one; frees the batch. */
export const sameInEveryEngine = async (
  made: Svi<Tensor>,
  x: Tensor,
  steps = 3,
  executors: readonly Executor[] = ['onnxruntime', 'javascript'],
): Promise<void> => {
  const first = made.init(key(4), x);
  const eager = eagerStepper(made, first);
  const expected = right(await eager.advance(x, steps));
  const gradients = made.gradients(first, x);
  const b = eager.state();
  for (const executor of executors) {
    const { gradients: found } = await compiledDerivatives(made, first, x, async (bound) =>
      right(await executableOf(bound, { executor })),
    );
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
    for (const [name, value] of Object.entries(b.carry)) {
      expect(gap(a.carry[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(1e-3);
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
