/** All joint values of the elements of a site, where terms mix them so that they cannot be summed over apart. */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { type PlacedPlate, plateScale, platesShape } from '../../dsl/program/layout.js';
import { sizeOf } from '../../dsl/tensors/shape.js';

/** More joint values than this are not summed over. */
const MOST_JOINT = 2 ** 16;

/** How many joint values the elements of some plates have. Throws a `SiteError` where those are too many. */
export const countJoint = (site: string, count: number, plates: readonly PlacedPlate[]): number => {
  const elements = sizeOf(platesShape(plates));
  const joint = count ** elements;
  if (joint <= MOST_JOINT && plateScale(plates) === 1) return joint;
  throw new SiteError({
    site: siteLabel(site),
    expected: `at most ${MOST_JOINT} joint values of elements that a term depends on together, and all of them`,
    received: `${count} values at each of ${elements} elements${plateScale(plates) === 1 ? '' : ', which are a subsample'}`,
    cure: 'Let terms depend on one element each, or estimate by elbo with scoreFunction().',
  });
};

/** Which value each element has in each joint value, `[joint][element]`. */
const digits = (count: number, elements: number): readonly number[] =>
  Array.from({ length: count ** elements * elements }, (_, i) => {
    const [joint, element] = [Math.floor(i / elements), i % elements];
    return Math.floor(joint / count ** (elements - 1 - element)) % count;
  });

/** The joint values of a site with some values, `[joint, ...plates, ...event]`. */
export const jointValues = (values: Tensor, plates: readonly PlacedPlate[]): Tensor => {
  const around = platesShape(plates);
  const [count = 1, ...event] = values.shape;
  const places = digits(count, sizeOf(around));
  return tf.reshape(tf.gather(values, tf.tensor1d([...places], 'int32')), [
    -1,
    ...around,
    ...event,
  ]);
};

/** The chance of each value at each element, `[values, ...plates]`, of those of joint values. */
export const eachOf = (joint: Tensor, count: number, plates: readonly PlacedPlate[]): Tensor => {
  const around = platesShape(plates);
  const elements = sizeOf(around);
  const places = tf.tensor2d([...digits(count, elements)], [joint.size, elements], 'int32');
  const hits = tf.oneHot(places, count);
  const chances = tf.mul(tf.reshape(joint, [joint.size, 1, 1]), hits);
  return tf.reshape(tf.transpose(tf.sum(chances, 0)), [count, ...around]);
};
