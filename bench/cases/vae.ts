/** The VAE step in the language. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import { type Svi, type SviState, type Tensor, adam, condition, elbo, key, svi } from 'marginalia';
import { compiledStepper } from '../../src/inference/compiled-stepper.js';
import { type Stepper, eagerStepper, freeState } from '../../src/inference/stepper.js';
import { vaeGuide, vaeModel } from '../../examples/vae/model.js';
import type { Contender } from '../measure.js';
import type { VaeSizes } from '../peers/tfjs-vae.js';

const inferenceOf = ({ batch, ...sizes }: VaeSizes, posterior: 'diagonal' | 'full') => {
  const model = vaeModel({ ...sizes, posterior });
  return svi({
    model: (x: Tensor) => condition(model(batch), { x }),
    guide: vaeGuide({ ...sizes, posterior }),
    objective: elbo(),
    optimizer: adam(1e-3),
  });
};

/** One training step of the VAE of `npm start`, with a diagonal or full posterior. */
export const vaeCase = async (
  name: string,
  sizes: VaeSizes,
  posterior: 'diagonal' | 'full',
  engine: 'eager' | 'compiled',
): Promise<Contender> => {
  const inference = inferenceOf(sizes, posterior);
  const x = tf.tidy(() =>
    tf.cast(
      tf.greater(tf.randomUniform([sizes.batch, sizes.pixels], 0, 1, 'float32', 2), 0.5),
      'float32',
    ),
  );
  const first = inference.init(key(0), x);
  const stepper =
    engine === 'eager' ? eagerStepper(inference, first) : await compiled(inference, first, x);
  freeState(first);
  return {
    name,
    step: async () => {
      await stepper.advance(x);
    },
    close: async () => {
      await stepper.close();
      x.dispose();
    },
  };
};

const compiled = async (
  inference: Svi<Tensor>,
  first: SviState,
  x: Tensor,
): Promise<Stepper<Tensor>> => {
  const made = await compiledStepper(inference, first, x);
  if (E.isLeft(made)) throw new Error(made.left);
  return made.right;
};
