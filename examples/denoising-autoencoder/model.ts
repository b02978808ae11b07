/** An autoencoder that sees a corrupted image, drawn anew in every step, and has to make the clean one. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  bernoulli,
  expand,
  independent,
  noise,
  normal,
  plate,
  program,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { dropout, mlp, sequential } from 'marginalia/nn';
import { minimize } from 'marginalia/objectives';
import { choose } from 'marginalia/tensors';

const pixelsOf = (x: Tensor) => x.shape[1] ?? 0;

/** c(x̃ | x): each is a program of images, and none of them corrupts anything at evaluation. */
export const corruptions = {
  none: of<Tensor>,
  Gaussian: (x: Tensor) =>
    program(function* () {
      const law = independent(expand(normal(0, 0.5), [pixelsOf(x)]));
      return tf.add(x, yield* noise('corruption', law, { evaluation: 0 }));
    }),
  dropout: dropout('corruption', { rate: 0.5 }),
  'salt and pepper': (x: Tensor) =>
    program(function* () {
      const law = (probs: number) => independent(expand(bernoulli({ probs }), [pixelsOf(x)]));
      const hit = yield* noise('corruption', law(0.3), { evaluation: 0 });
      return choose(hit, yield* noise('white', law(0.5)), x);
    }),
};

export type Corruption = keyof typeof corruptions;

export const denoisingAutoencoder = (pixels: number, corruption: Corruption) => {
  const restore = sequential(
    mlp('encoder', { hidden: [256], out: 64, outActivation: 'relu' }),
    mlp('decoder', { hidden: [256], out: pixels, outActivation: 'sigmoid' }),
  );
  const loss = (x: Tensor) =>
    program(function* () {
      const corrupted = yield* plate('images', x.shape[0] ?? 0, corruptions[corruption](x));
      const restored = yield* restore(corrupted);
      return tf.mean(tf.sum(tf.squaredDifference(restored, x), -1));
    });
  return { restore, objective: minimize(loss) };
};
