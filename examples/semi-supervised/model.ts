/** M2: an image has a class y and a style z. The class is known of some images, and summed over for the others. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  bernoulli,
  condition,
  cosineDecay,
  elbo,
  expand,
  factor,
  independent,
  normal,
  plate,
  program,
  sample,
  svi,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import { dense, mlp } from 'marginalia/nn';
import { type Batch, type Sizes, type Training, together } from './batch.js';

/** q(y | x): a wide network of the image, half of which is left out in each step, for labels are few. */
export const classifierOf = ({ classes, hidden }: Sizes) =>
  mlp('classifier', { hidden: [4 * hidden], out: classes, dropout: 0.5 });

/** y ~ Categorical, z ~ N(0, I), x ~ Bernoulli(decoder(z, y)), for each image. */
const generation = ({ pixels, classes, latent, hidden }: Sizes) => {
  const [style, kind] = [
    dense('decoder/z', { units: hidden }),
    dense('decoder/y', { units: hidden }),
  ];
  const image = dense('decoder/x', { units: pixels });
  return program(function* () {
    const y = yield* sample('y', oneHotCategorical({ logits: tf.zeros([classes]) }));
    const z = yield* sample('z', independent(expand(normal(0, 1), [latent])));
    const h = tf.relu(tf.add(yield* style(z), yield* kind(y)));
    yield* sample('x', independent(bernoulli({ logits: yield* image(h) })));
  });
};

/** q(y | x) q(z | x, y). */
const inference = (sizes: Sizes) => {
  const classifier = classifierOf(sizes);
  const [image, kind] = [
    dense('encoder/x', { units: sizes.hidden }),
    dense('encoder/y', { units: sizes.hidden }),
  ];
  const loc = dense('encoder/loc', { units: sizes.latent });
  const logScale = dense('encoder/logScale', { units: sizes.latent });
  return (x: Tensor) =>
    program(function* () {
      const y = yield* sample('y', oneHotCategorical({ logits: yield* classifier(x) }));
      const h = tf.relu(tf.add(yield* image(x), yield* kind(y)));
      yield* sample('z', independent(normal(yield* loc(h), tf.exp(yield* logScale(h)))));
    });
};

/** The bound, and α log q(y | x) where y is known: there the bound alone trains no classifier. */
export const m2 = (sizes: Sizes, { alpha, steps }: Training) => {
  const [image, code, classifier] = [generation(sizes), inference(sizes), classifierOf(sizes)];
  return svi({
    model: (batch: Batch) =>
      program(function* () {
        const { count, x, y } = together(batch);
        yield* condition(plate('images', count, image), { x, y });
        const known = oneHotCategorical({ logits: yield* classifier(x) }).logProb(y.value);
        const term = factor('classification', tf.mul(tf.mul(known, y.where), alpha));
        yield* plate('images', count, term);
      }),
    guide: (batch: Batch) => {
      const { count, x } = together(batch);
      return plate('images', count, code(x));
    },
    objective: elbo(),
    optimizer: adam(cosineDecay(3e-3, steps)),
  });
};
