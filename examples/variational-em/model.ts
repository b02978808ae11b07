/** Variational EM: z ~ N(0, I), x ~ N(W z + b, σ² I), and a q(z) of its own for each datum. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  adam,
  condition,
  cosineDecay,
  elbo,
  expand,
  independent,
  normal,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
  svi,
} from 'marginalia';
import { phases } from 'marginalia/inference';

export const LATENT = 2;

const model = (x: Tensor) => {
  const [rows = 0, width = 0] = x.shape;
  const start = tf.sin(tf.reshape(tf.range(1, LATENT * width + 1), [LATENT, width]));
  const row = program(function* () {
    const weight = yield* shared(param('model/weight', tf.mul(0.5, start)));
    const bias = yield* shared(param('model/bias', tf.zeros([width])));
    const scale = yield* shared(param('model/scale', 1, { support: positive }));
    const z = yield* sample('z', independent(expand(normal(0, 1), [LATENT])));
    yield* sample('x', independent(normal(tf.add(tf.matMul(z, weight), bias), scale)));
  });
  return condition(plate('rows', rows, row), { x });
};

/** Mean field: q(z_i) = N(m_i, diag s_i²), with numbers of its own for each datum and no encoder. */
const guide = (x: Tensor) =>
  plate(
    'rows',
    x.shape[0] ?? 0,
    program(function* () {
      const loc = yield* param('q/loc', tf.zeros([LATENT]));
      const scale = yield* param('q/scale', tf.ones([LATENT]), { support: positive });
      yield* sample('z', independent(normal(loc, scale)));
    }),
  );

const bound = { model, guide, objective: elbo({ particles: 4 }) };

/** Three steps in q at the model as it is (E), then one in the model at q (M). */
export const variationalEm = (steps: number) =>
  phases({
    e: {
      svi: svi({ ...bound, optimizer: adam(cosineDecay(0.05, 3 * steps)), trains: ['q'] }),
      times: 3,
    },
    m: svi({ ...bound, optimizer: adam(cosineDecay(0.03, steps)), trains: ['model'] }),
  });

/** The same bound to look at: E_q[log p(x, z) − log q(z)], which draws differ less about the nearer q is. */
export const measured = svi({
  model,
  guide,
  objective: elbo({ particles: 64, closedFormKl: 'never' }),
});
