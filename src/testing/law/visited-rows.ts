/** Programs that visit given elements of a plate, in place of those that the engine would draw. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import type { SubsampleInstruction } from '../../../dsl/program/instruction.js';
import { type Visit, instructionOf, visitsOf } from '../../../dsl/program/program.js';
import type { AnyProgram } from './inference.js';

/**
 * The program whose subsampled plates visit the elements that `rowsOf` gives, `[count]` int32; those for
 * which it gives nothing are left to the engine. A plate counts size / count for each that it visits.
 */
export const visiting = (
  inner: AnyProgram,
  rowsOf: (plate: SubsampleInstruction) => Tensor | undefined,
): AnyProgram => ({
  *[Symbol.iterator](): Generator<Visit<unknown>, unknown, Tensor> {
    const visits = visitsOf(inner);
    let next = visits.next();
    while (next.done !== true) {
      const instruction = instructionOf(next.value);
      const rows = instruction.op === 'subsample' ? rowsOf(instruction) : undefined;
      next = visits.next(rows ?? (yield { instruction }));
    }
    return next.value;
  },
});

/** The program whose subsampled plates visit all their elements, each of which counts once. */
export const visitingAll = (inner: AnyProgram): AnyProgram =>
  visiting(inner, ({ size }) => tf.range(0, size, 1, 'int32'));
