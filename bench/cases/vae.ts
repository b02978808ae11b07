/** The VAE step in the language. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, adam, condition, elbo, key, svi } from 'marginalia';
import { vaeGuide, vaeModel } from '../../examples/vae/model.js';
import type { Contender } from '../measure.js';
import type { VaeSizes } from '../peers/tfjs-vae.js';

/** One training step of the VAE of `npm start`, with a diagonal or full posterior. */
export const vaeCase = (
  name: string,
  { batch, ...sizes }: VaeSizes,
  posterior: 'diagonal' | 'full',
): Contender => {
  const model = vaeModel({ ...sizes, posterior });
  const inference = svi({
    model: (x: Tensor) => condition(model(batch), { x }),
    guide: vaeGuide({ ...sizes, posterior }),
    objective: elbo(),
    optimizer: adam(1e-3),
  });
  const x = tf.tidy(() =>
    tf.cast(
      tf.greater(tf.randomUniform([batch, sizes.pixels], 0, 1, 'float32', 2), 0.5),
      'float32',
    ),
  );
  let state = inference.init(key(0), x);
  return {
    name,
    step: () => {
      const [next, metrics] = inference.step(state, x);
      tf.dispose([state.params, state.optimizer, metrics.loss, ...Object.values(metrics.terms)]);
      state = next;
    },
    close: () => tf.dispose([x, state.params, state.optimizer]),
  };
};
