/** Running sums along an axis. */
import * as tf from '@tensorflow/tfjs';
import { running, runningOf } from './running.js';

export const cumsum = running('Cumsum', {
  x: ({ dy, attributes }) => {
    const { axis, exclusive, reverse } = runningOf(attributes);
    return tf.cumsum(dy, axis, exclusive, !reverse);
  },
});
