/** Importance weights of draws: of the guide, or of the posterior itself. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { overwritten } from '../../dsl/combinators/partly.js';
import { entryOf } from '../../dsl/dictionary.js';
import { meantBy } from '../../dsl/nearest.js';
import { siteLabel } from '../../dsl/error.js';
import { sizeOf } from '../../dsl/shape.js';
import type { Derivation } from '../bounds/derivation.js';
import { drawJoint, layoutFor, modelAt } from '../bounds/joint.js';
import { logWeights } from '../bounds/log-weights.js';
import { parameterOf } from '../interpreters/environment.js';
import { runKnowing } from '../interpreters/known.js';
import { batchShapeAt } from '../interpreters/layout.js';
import { type SiteRecord, samplesOf } from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import type { NoiseSource } from '../noise-source.js';
import type { Params } from '../params.js';

/** How many draws, and from what. */
export interface DrawOptions {
  readonly params: Params;
  readonly noise: NoiseSource;
  readonly count: number;
  /** The most plate axes around any site. */
  readonly depth: number;
  /** Whether arguments and observations are judged: once in a stream of draws. */
  readonly validates?: boolean;
}

/** Every site drawn, none summed: importance weights need a draw. */
export const weighing = (particles: number, depth: number): Derivation => ({
  objective: 'evidence',
  symbol: 'log p(data)',
  particles,
  depth,
  latents: [],
  terms: [],
});

/** log w of `count` draws of the guide, `[count, ...shared plates]`. */
export const drawWeights = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  { params, noise, count, depth, validates = false }: DrawOptions,
): Tensor =>
  logWeights(
    drawJoint(model, guide, weighing(count, depth), {
      noise,
      parameter: parameterOf(params, noise),
      validates,
    }),
  );

/**
 * Exact draws from the posterior: a program that makes them, or the draws themselves by site,
 * `[draws, ...plates, ...event]`, independent of one another.
 */
export type PosteriorDraws = Program<unknown, unknown> | Readonly<Record<string, Tensor>>;

/** Whether posterior draws are to be made by a program. */
export const isPosteriorProgram = (
  posterior: PosteriorDraws,
): posterior is Program<unknown, unknown> => Symbol.iterator in posterior;

const missing = (name: string): SiteError =>
  new SiteError({
    site: siteLabel(name),
    expected: 'a draw of every latent site of the guide from the posterior',
    received: 'none for this one',
    cure: 'Give the posterior the same latent sites as the guide.',
  });

/** Throws where draws are given for what is no latent site of the guide. */
const checkLatent = (names: readonly string[], records: readonly SiteRecord[]): void => {
  const latent = [...samplesOf(records).keys()];
  const name = names.find((n) => !latent.includes(n));
  if (name === undefined) return;
  throw new SiteError({
    site: siteLabel(name),
    expected: 'a latent site of the guide, for there are draws of it from the posterior',
    received: 'none of this name',
    cure: meantBy(name, latent),
  });
};

/** A draw of a site, with what the law of it knows in its place. */
const placedIn = ({ family, eventShape }: Distribution, draw: Tensor): Tensor =>
  family.tag === 'Partly' ? overwritten(family, draw, eventShape.length) : draw;

/** Draws `first` to `first + count` of a site, laid out as a run at this place has them. */
const rowsAt = (
  name: string,
  all: Tensor,
  first: number,
  shape: readonly number[],
  count: number,
): Tensor => {
  const rows = tf.slice(all, [first], [Math.min(count, (all.shape[0] ?? 0) - first)]);
  if (rows.size !== sizeOf(shape)) {
    throw new SiteError({
      site: siteLabel(name),
      expected: `posterior draws of shape [draws, ${shape.slice(count === 1 ? 0 : 1).join(', ')}]`,
      received: `[${all.shape.join(', ')}]`,
      cure: 'Put the draws along the left axis, then plates and event, as predictive gives them.',
    });
  }
  return tf.reshape(rows, [...shape]);
};

/**
 * log p(data, z) − log q(z) of exact posterior draws, `[count, ...shared plates]`: `first` is the
 * first of the given draws that is used, where they are given.
 */
export const posteriorWeights = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  posterior: PosteriorDraws,
  {
    params,
    noise,
    count,
    depth,
    first,
    validates = false,
  }: DrawOptions & { readonly first: number },
): Tensor => {
  const derivation = weighing(count, depth);
  const layout = layoutFor(derivation);
  const options = { noise, parameter: parameterOf(params, noise) };
  const made = isPosteriorProgram(posterior)
    ? samplesOf(
        runProgram(posterior, {
          ...options,
          layout,
          validates,
          choose: () => ({ from: 'noise' }),
        }).records,
      )
    : new Map<string, { readonly value: Tensor }>();
  const choose: RunOptions['choose'] = (i, plates) => {
    const given = isPosteriorProgram(posterior) ? undefined : entryOf(posterior, i.name);
    const shape = [...batchShapeAt(layout, plates), ...i.distribution.eventShape];
    const value =
      given === undefined ? made.get(i.name)?.value : rowsAt(i.name, given, first, shape, count);
    if (value === undefined) throw missing(i.name);
    return { from: 'value', value: placedIn(i.distribution, value) };
  };
  return logWeights(
    runKnowing(guide, (program) => {
      const guideRun = runProgram(program, { ...options, role: 'guide', layout, choose });
      if (!isPosteriorProgram(posterior)) checkLatent(Object.keys(posterior), guideRun.records);
      return {
        derivation,
        layout,
        guide: guideRun,
        model: modelAt(samplesOf(guideRun.records), model, layout, options),
        source: { ...options, model, guide: program },
      };
    }),
  );
};
