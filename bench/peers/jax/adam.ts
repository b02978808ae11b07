/** Adam (Kingma and Ba 2015, algorithm 1, arXiv:1412.6980) on records of jax-js arrays. */
import { numpy as np } from '@jax-js/jax';
import { at, mapNamed } from '../../contenders/arrays.js';
import type { Named } from './loss.js';

const [B1, B2, EPS] = [0.9, 0.999, 1e-8];

// A type, not an interface: jax-js takes records apart only where it sees all their fields.
export type AdamState = {
  readonly count: np.Array;
  readonly mean: Named;
  readonly square: Named;
};

export const initial = (params: Named): AdamState => ({
  count: np.array(0),
  mean: mapNamed(params, (p) => np.zeros(p.shape)),
  square: mapNamed(params, (p) => np.zeros(p.shape)),
});

/** The next parameters and state; owns its arguments. */
export const update = (
  params: Named,
  gradients: Named,
  state: AdamState,
  rate: number,
): readonly [Named, AdamState] => {
  const count = state.count.add(1);
  const correction = (beta: number): np.Array =>
    np.array(1).sub(np.exp(count.ref.mul(Math.log(beta))));
  const [c1, c2] = [correction(B1), correction(B2)];
  const mean = mapNamed(state.mean, (m, name) =>
    m.mul(B1).add(at(gradients, name).ref.mul(1 - B1)),
  );
  const square = mapNamed(state.square, (v, name) =>
    v.mul(B2).add(np.square(at(gradients, name)).mul(1 - B2)),
  );
  const next = mapNamed(params, (p, name) => {
    const direction = at(mean, name)
      .ref.div(c1.ref)
      .div(np.sqrt(at(square, name).ref.div(c2.ref)).add(EPS));
    return p.sub(direction.mul(rate));
  });
  c1.dispose();
  c2.dispose();
  return [next, { count, mean, square }];
};
