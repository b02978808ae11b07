/** What every contender is given for a case: the same data and the same initial parameters. */
import { type SviState, type Tensor, freeState, key } from 'marginalia';
import * as tf from '@tensorflow/tfjs';
import { type NumberArray, type NumberArrays, mapNamed } from './arrays.js';
import type { Case } from './case.js';
import type { Problem } from './contender.js';
import { type Batch, type Study, studyOf } from './study.js';

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

export const problemOf = (of: Case): Problem => {
  const study = studyOf(of);
  const batches = study.batches();
  const example = tensorsOf(batches[0] ?? {});
  const state = firstState(study, example);
  const initial = mapNamed(state.params, numbersOf);
  freeState(state);
  tf.dispose({ ...example });
  return { of, batches, initial };
};
