/** An inference that visits all its data: what evidence, posterior and coverage are about. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from '../../../dsl/index.js';
import type { SubsampleInstruction } from '../../../dsl/program/instruction.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import { type AnyProgram, type Inference, paramsOf, structureOf } from './inference.js';
import { visiting, visitingAll } from './visited-rows.js';

/** A model and its guide by rows. */
interface ByRows {
  readonly model: (rows: Tensor) => AnyProgram;
  readonly guide: (rows: Tensor) => AnyProgram;
  readonly size: number;
}

/** The plates of which model and guide visit a part. */
export const partialPlates = (inference: Pick<Inference, 'model' | 'guide' | 'params'>) => {
  const { model, guide } = inference;
  const params = paramsOf(model, guide, inference.params);
  const structure = structureOf({ model, guide, params });
  return [...structure.model, ...structure.guide].flatMap((s) =>
    s.plates.filter(({ count, size }) => count < size),
  );
};

/** The plates whose elements the engine draws. */
export const drawnPlates = (
  inference: Pick<Inference, 'model' | 'guide' | 'params'>,
): readonly SubsampleInstruction[] => {
  const seen = new Map<string, SubsampleInstruction>();
  const watched = (inner: AnyProgram): AnyProgram =>
    visiting(inner, (plate) => {
      seen.set(plate.name, plate);
      return undefined;
    });
  tf.tidy(() => {
    paramsOf(watched(inference.model), watched(inference.guide), inference.params);
  });
  return [...seen.values()];
};

/**
 * The inference with every element of its plates visited: those that the engine would draw from all at
 * once, and those that were given by `rows` of all.
 *
 * - Errors: where a part is all that it can visit, for `what` is of all data.
 */
export const overAllData = <I extends Inference>(
  inference: I,
  rows: ByRows | undefined,
  what: string,
): I => {
  const all = {
    ...inference,
    model: visitingAll(inference.model),
    guide: visitingAll(inference.guide),
  };
  const drawn = drawnPlates(inference);
  const parts = ((): ReturnType<typeof partialPlates> => {
    try {
      return partialPlates(all);
    } catch (error) {
      // Where nothing is drawn it is the program's own error.
      if (drawn.length === 0) throw error;
      throw new Error(
        `${what} is of all data: expected programs that can visit every element of plate ` +
          `'${drawn[0]?.name ?? ''}', but got '${reasonOf(error)}'; read data by the plate's indices.`,
        { cause: error },
      );
    }
  })();
  const [part] = parts;
  if (part === undefined) return all;
  if (rows !== undefined) {
    const every = tf.range(0, rows.size, 1, 'int32');
    return { ...inference, model: rows.model(every), guide: rows.guide(every) };
  }
  throw new Error(
    `${what} is of all data: expected programs that visit all of plate '${part.name}', but got ` +
      `${part.count} of ${part.size} elements; give \`rows\`, or model and guide of all rows.`,
  );
};
