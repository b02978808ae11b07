/** What every contender is given for a case: the same data and the same initial parameters. */
import { type SviState, type Tensor, freeState, key } from 'marginalia';
import * as tf from '@tensorflow/tfjs';
import { type NumberArray, type NumberArrays, mapNamed } from './contenders/arrays.js';
import { type Case, isStepCase } from './case.js';
import { tinyInputs } from './cases/call.js';
import { fitInference } from './cases/fit.js';
import type { Problem } from './contenders/contender.js';
import type { Batch, Study } from './study.js';
import { studyOf } from './cases/study-of.js';

export const tensorsOf = (arrays: NumberArrays): Batch =>
  mapNamed(arrays, ({ shape, values }) =>
    tf.tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
  );

/** The first state of a case; the same in every process. */
export const firstState = ({ inference }: Study, batch: Batch): SviState =>
  inference.init(key(0), batch);

const numbersOf = (x: Tensor): NumberArray => ({
  shape: x.shape,
  values: Float32Array.from(x.dataSync()),
});

const initialOf = (state: SviState): NumberArrays => {
  const initial = mapNamed(state.params, numbersOf);
  freeState(state);
  return initial;
};

/** The batches of a case and where its parameters start. */
const startOf = (of: Case): Pick<Problem, 'batches' | 'initial'> => {
  if (isStepCase(of)) {
    const study = studyOf(of);
    const batches = study.batches();
    const example = tensorsOf(batches[0] ?? {});
    const initial = initialOf(firstState(study, example));
    tf.dispose({ ...example });
    return { batches, initial };
  }
  switch (of.kind) {
    case 'fit': {
      const example = tf.zeros([2, of.pixels]);
      const initial = initialOf(fitInference(of).init(key(0), example));
      example.dispose();
      return { batches: [], initial };
    }
    case 'call':
      return { batches: [tinyInputs(of)], initial: {} };
    case 'first-posterior':
      return { batches: [], initial: {} };
  }
};

/** The problem of a case; `data` is the folder of the images of one that reads them. */
export const problemOf = (of: Case, data: string | null = null): Problem => ({
  of,
  data,
  ...startOf(of),
});
