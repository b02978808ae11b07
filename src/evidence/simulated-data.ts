/** Data sets drawn from a model itself. */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { mapped, only } from '../../dsl/records/dictionary.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { refuseUnknown } from '../../dsl/refusals/unknown-names.js';
import { trace } from '../interpreters/trace.js';
import type { Params } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';

/** Values by site. */
export type Values = Readonly<Record<string, Tensor>>;

/** A data set drawn from a model, and the latent values that made it: the caller's. */
export interface Simulated {
  readonly data: Values;
  readonly latents: Values;
}

const OBSERVED = 'one that the model draws, passed without its condition, for it is observed';

/** Draws every site of a model and calls those in `observed` data. */
export const simulateData = (
  model: Program<unknown, unknown>,
  observed: readonly string[],
  { key, params }: { readonly key: Key; readonly params?: Params },
): Simulated => {
  const values = tidied(
    () => {
      const { sites } = trace(model, { key, ...(params && { params }) });
      const partly = Object.values(sites).find((s) => s.kind === 'partly');
      if (partly !== undefined) {
        throw new SiteError({
          site: siteLabel(partly.name),
          expected: 'a site that the model draws, for data are simulated from it',
          received: 'one that is partly observed',
          cure: 'Pass the model without its condition.',
        });
      }
      const drawn = Object.values(sites).filter((s) => s.kind === 'latent');
      refuseUnknown(
        observed,
        drawn.map((s) => s.name),
        OBSERVED,
      );
      return Object.fromEntries(drawn.map((s) => [s.name, tf.clone(s.value)]));
    },
    (all) => Object.values(all),
  );
  return {
    data: only(values, (name) => observed.includes(name)),
    latents: only(values, (name) => !observed.includes(name)),
  };
};

/** Draw number `row` of values that have their draws along the left axis. */
export const drawAt = (draws: Values, row: number): Values =>
  mapped(draws, (x) => tf.reshape(tf.slice(x, [row], [1]), x.shape.slice(1)));
