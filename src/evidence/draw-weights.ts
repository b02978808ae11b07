/** Importance weights of draws: of the guide, or of the posterior itself. */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { overwritten } from '../../dsl/combinators/partly.js';
import { isProgram } from '../../dsl/program/program.js';
import { entryOf } from '../../dsl/records/dictionary.js';
import { refuseUnknown } from '../../dsl/refusals/unknown-names.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { sizeOf } from '../../dsl/tensors/shape.js';
import type { Derivation } from '../bounds/derivation.js';
import { computedTensor } from '../compile/computed.js';
import {
  type Joint,
  drawJoint,
  drawsFor,
  judgeJoint,
  layoutFor,
  runBoth,
} from '../bounds/joint.js';
import { logWeights } from '../bounds/weights/log-weights.js';
import { parameterOf } from '../interpreters/environment.js';
import { runKnowing } from '../interpreters/known.js';
import { samplesOf } from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import { noiseOfDraws, noiseOfOne } from '../interpreters/noise-of-draws.js';
import type { NoiseSource } from '../random/noise-source.js';
import type { Draws } from '../transform/draws.js';
import type { Params } from '../interpreters/params.js';

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
  meaning: { requires: { support: 'covers', gradient: 'any' }, over: 'weights' },
  notation: { symbol: 'log p(data)' },
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
): Tensor => {
  const parameter = parameterOf(params, noise);
  if (validates) judgeJoint(model, guide, { noise: noiseOfOne(noise, count), parameter });
  return computedTensor(() =>
    logWeights(drawJoint(model, guide, weighing(count, depth), { noise, parameter })),
  );
};

/**
 * Exact draws from the posterior: a program that makes them, or the draws themselves by site,
 * `[draws, ...plates, ...event]`, independent of one another.
 */
export type PosteriorDraws<N extends string = string> =
  Program<unknown, unknown> | Readonly<Record<N, Tensor>>;

const missing = (name: string): SiteError =>
  new SiteError({
    site: siteLabel(name),
    expected: 'a draw of every latent site of the guide from the posterior',
    received: 'none for this one',
    cure: 'Give the posterior the same latent sites as the guide.',
  });

const DRAWN = 'a latent site of the guide, for there are draws of it from the posterior';

/** A draw of a site, with what the law of it knows in its place. */
const placedIn = ({ structure, eventShape }: Distribution, draw: Tensor): Tensor =>
  structure?._tag === 'partly' ? overwritten(structure, draw, eventShape.length) : draw;

/** Draws `first` to `first + count` of a site, each of a shape. */
const rowsAt = (
  name: string,
  all: Tensor,
  first: number,
  shape: readonly number[],
  count: number,
): Tensor => {
  const rows = tf.slice(all, [first], [Math.min(count, (all.shape[0] ?? 0) - first)]);
  if (rows.size !== count * sizeOf(shape)) {
    throw new SiteError({
      site: siteLabel(name),
      expected: `posterior draws of shape [draws, ${shape.join(', ')}]`,
      received: `[${all.shape.join(', ')}]`,
      cure: 'Put the draws along the left axis, then plates and event, as predictive gives them.',
    });
  }
  return tf.reshape(rows, [count, ...shape]);
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
  const parameter = parameterOf(params, noise);
  const jointOf = (draws: Draws, source: NoiseSource): Joint => {
    const options = { noise: source, parameter };
    const made = isProgram(posterior)
      ? samplesOf(runProgram(posterior, { ...options, choose: () => ({ from: 'noise' }) }).records)
      : new Map<string, { readonly value: Tensor }>();
    const valueOf = (i: SampleInstruction, plates: readonly PlacedPlate[]): Tensor | undefined => {
      const given = isProgram(posterior) ? undefined : entryOf(posterior, i.name);
      if (given === undefined) return made.get(i.name)?.value;
      const shape = [...platesShape(plates), ...i.distribution.eventShape];
      const rows = rowsAt(i.name, given, first, shape, count);
      return draws.sizes.length === 0 ? tf.reshape(rows, shape) : draws.one(rows);
    };
    const choose: RunOptions['choose'] = (i, plates) => {
      const value = valueOf(i, plates);
      if (value === undefined) throw missing(i.name);
      return { from: 'value', value: placedIn(i.distribution, value) };
    };
    return runKnowing(guide, (program) => {
      const runs = runBoth(program, model, options, choose);
      const latent = [...samplesOf(runs.guide.records).keys()];
      if (!isProgram(posterior)) refuseUnknown(Object.keys(posterior), latent, DRAWN);
      return {
        derivation,
        layout: layoutFor(derivation),
        draws,
        ...runs,
        source: { noise, parameter, model, guide: program },
      };
    });
  };
  if (validates && isProgram(posterior)) {
    runProgram(posterior, {
      noise: noiseOfOne(noise, count),
      parameter,
      validates,
      choose: () => ({ from: 'noise' }),
    });
  }
  return computedTensor(() => {
    const draws = drawsFor(derivation);
    const source = count === 1 ? noise : noiseOfDraws(noise, draws);
    return logWeights(draws.each(() => jointOf(draws, source)));
  });
};
