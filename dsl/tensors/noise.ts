/**
 * Base noise: the parameter-free randomness that a sampler consumes.
 *
 * Every draw in the language is z = push(ε, parameters) with ε from one of these laws
 * (Kingma and Welling, Auto-Encoding Variational Bayes, section 2.4, arXiv:1312.6114). Noise is
 * described here and drawn by the engine, so randomness is always an input of a program.
 */

/** The shape of a tensor: axis lengths, outermost first. */
export type Shape = readonly number[];

/**
 * The law of one block of independent noise.
 *
 * - `normal`: standard normal N(0, 1)
 * - `uniform`: the open unit interval (0, 1)
 * - `gumbel`: standard Gumbel, −log(−log u)
 */
export type NoiseLaw = 'normal' | 'uniform' | 'gumbel';

/** A block of noise for one draw: its law and the shape it has beside the batch axes. */
export interface Noise {
  readonly law: NoiseLaw;
  readonly shape: Shape;
}

/**
 * Describes a block of independent noise.
 *
 * @example
 * ```ts
 * baseNoise('normal', [3]); // { law: 'normal', shape: [3] }
 * ```
 */
export const baseNoise = (law: NoiseLaw, shape: Shape = []): Noise => ({ law, shape });
