/** Networks that parametrise a law: p(y | x), with what the law is made from a function of x. */
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  condition,
  elbo,
  independent,
  multivariateNormal,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from 'marginalia';
import { of } from 'marginalia/monad';
import { dense, mlp } from 'marginalia/nn';

/** Inputs `[rows, 1]` and outputs `[rows, ...event]`. */
export type Pairs = { readonly x: Tensor; readonly y: Tensor };

/** From what the hidden layers made to the law of y. */
export const outputLayers = {
  Normal: (h: Tensor) =>
    program(function* () {
      const scale = yield* shared(param('scale', 1, { support: positive }));
      return independent(normal(yield* dense('loc', { units: 1 })(h), scale));
    }),
  'diagonal Normal': (h: Tensor) =>
    program(function* () {
      const loc = yield* dense('loc', { units: 2 })(h);
      const logScale = yield* dense('logScale', { units: 2 })(h);
      return independent(normal(loc, tf.exp(logScale)));
    }),
  'full Normal': (h: Tensor) =>
    program(function* () {
      const loc = yield* dense('loc', { units: 2 })(h);
      const logScale = yield* dense('logScale', { units: 2 })(h);
      const lower = yield* dense('lower', { units: 1 })(h);
      return multivariateNormal(loc, { logScale, lower });
    }),
  Bernoulli: (h: Tensor) =>
    program(function* () {
      return independent(bernoulli({ logits: yield* dense('logits', { units: 1 })(h) }));
    }),
  Categorical: (h: Tensor) =>
    program(function* () {
      return categorical({ logits: yield* dense('logits', { units: 3 })(h) });
    }),
} satisfies Record<string, (h: Tensor) => Program<unknown, Distribution>>;

export type OutputLayer = keyof typeof outputLayers;

export const conditionalLaw = (layer: OutputLayer) => {
  const hidden = mlp('hidden', { hidden: [64, 64], activation: 'tanh' });
  const law = (x: Tensor): Program<unknown, Distribution> =>
    program(function* () {
      return yield* outputLayers[layer](yield* hidden(x));
    });
  const rows = (x: Tensor) =>
    plate(
      'rows',
      x.shape[0] ?? 0,
      program(function* () {
        yield* sample('y', yield* law(x));
      }),
    );
  return {
    law,
    // Nothing is latent: the bound is log p(y | x) itself.
    model: ({ x, y }: Pairs) => condition(rows(x), { y }),
    guide: () => of(undefined),
    objective: elbo(),
  };
};
