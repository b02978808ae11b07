/** Functions with a gradient of their own (`tf.customGrad`, and all that is made by it) as they are traced. */
import * as tf from '@tensorflow/tfjs';
import { type OwnRule, type Recording, idOf, recordOwn, standFor, tensorOf } from './recording.js';

type CustomGradient<T extends tf.Tensor> = Parameters<typeof tf.customGrad<T>>[0];

const listed = (x: tf.Tensor | tf.Tensor[]): tf.Tensor[] => (Array.isArray(x) ? x : [x]);

/** TensorFlow.js's types tell kinds of tensors apart, by their rank; an adjoint has that of its value. */
function ofKind<T extends tf.Tensor>(like: T, x: tf.Tensor): T;
function ofKind(_like: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return x;
}

/** The same function, which is written down beside what it does. */
const writtenDown =
  <T extends tf.Tensor>(r: Recording, f: CustomGradient<T>): CustomGradient<T> =>
  (...args) => {
    const inputs = args.filter((x) => x instanceof tf.Tensor);
    const saving = args.find((x) => typeof x === 'function');
    // By number: the tensors may be freed by a `tf.tidy` around before the rule is asked.
    let saved: readonly number[] = [];
    const save = (xs: tf.Tensor[]): void => {
      saved = xs.map((x) => idOf(r, x));
      saving?.(xs);
    };
    const made = f(...inputs, save);
    // What it made may be one of its inputs.
    const value = made.value.clone();
    const rule: OwnRule = (dy) =>
      listed(
        made.gradFunc(
          ofKind(value, dy),
          saved.map((id) => tensorOf(r, id)),
        ),
      );
    const ids = inputs.map((x) => idOf(r, x));
    standFor(r, value, recordOwn(r, idOf(r, value), ids, rule));
    return { value, gradFunc: made.gradFunc };
  };

/** Runs `body` with the gradients that functions say are theirs written down. */
export const withOwnGradients = <A>(r: Recording, body: () => A): A => {
  const engine = tf.engine();
  const { customGrad } = engine;
  const original = customGrad.bind(engine);
  const watched: Pick<typeof engine, 'customGrad'> = {
    customGrad: <T extends tf.Tensor>(f: CustomGradient<T>) => original<T>(writtenDown(r, f)),
  };
  Object.assign(engine, watched);
  try {
    return body();
  } finally {
    Object.assign(engine, { customGrad });
  }
};
