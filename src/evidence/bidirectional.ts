/** Brackets on simulated data, whose latent values are exact draws from the posterior. */
import * as tf from '@tensorflow/tfjs';
import { mapped } from '../../dsl/records/dictionary.js';
import { type Program, type Tensor, condition } from '../../dsl/index.js';
import type { LatentName } from '../../dsl/program/condition.js';
import { foldIn } from '../random/index.js';
import { type Bracket, type BracketOptions, bracket } from './bracket.js';
import { type Values, simulateData } from './simulated-data.js';

export interface BidirectionalOptions<S = string> extends Omit<BracketOptions, 'posterior'> {
  /** The sites of the model that are data. */
  readonly observed: readonly S[];
}

/**
 * The bracket of data that the model itself draws: the latent values that made them are one exact
 * draw from their posterior, so both ends hold for any number of draws.
 *
 * - `model` is not conditioned; `guide` is a function of the simulated data by site.
 * - One exact draw for each element of the plates that all sites share; a model without such plates
 *   has one in all, and its upper end is wide.
 * - It tells of the guide on data that are like the model's, which real data may not be.
 * - Source: Grosse, Ghahramani and Adams 2015, section 3, arXiv:1511.02543.
 *
 * @example
 * ```ts
 * const model = plate('data', 200, program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   yield* sample('x', normal(z, 1));
 * }));
 * const guide = ({ x }: { readonly x: Tensor }) =>
 *   plate('data', 200, sample('z', normal(tf.mul(x, 0.5), 0.8)));
 * const { lower, upper, elements } = await evidence.bidirectional(model, guide, {
 *   observed: ['x'],
 *   key: key(0),
 *   samples: 100,
 * });
 * upper.holds; // 'withConfidence'
 * const width = (upper.nats - lower.nats) / elements;
 * 0 < width && width < 0.1; // true
 * ```
 */
export function bidirectional<E, const S extends string>(
  model: Program<E, unknown>,
  guide: (data: Readonly<Record<NoInfer<S>, Tensor>>) => Program<unknown, unknown>,
  options: BidirectionalOptions<LatentName<E, S>>,
): Promise<Bracket>;
export async function bidirectional(
  model: Program<unknown, unknown>,
  guide: (data: Values) => Program<unknown, unknown>,
  { observed, ...options }: BidirectionalOptions,
): Promise<Bracket> {
  const { data, latents } = simulateData(model, observed, {
    ...options,
    key: foldIn(options.key, 'simulated'),
  });
  const posterior = mapped(latents, (x) => tf.expandDims(x, 0));
  const given = condition(model, data);
  try {
    return await bracket(given, guide(data), { ...options, posterior });
  } finally {
    tf.dispose([data, latents, posterior]);
  }
}
