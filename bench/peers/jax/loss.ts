/**
 * Losses by hand in jax-js. Its arrays are owned: a use takes one away, and `.ref` is a use that
 * leaves it.
 */
import type { numpy as np } from '@jax-js/jax';

export type Named = Readonly<Record<string, np.Array>>;

/** −bound in nats; owns its arguments. Scales are given by their logarithms. */
export type Loss = (params: Named, key: np.Array, batch: Named) => np.Array;
