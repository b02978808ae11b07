/** What a guide says of each parameter, by itself and with its draws weighed by the model. */
import * as tf from '@tensorflow/tfjs';
import { type Key, type Tensor, foldIn, replay, trace } from 'marginalia';
import { psis } from 'marginalia/evidence';
import type { Params } from 'marginalia/inference';
import type { Fitting, Problem } from './problem.js';

/** A law of one number. */
export interface Summary {
  readonly mean: number;
  readonly sd: number;
  readonly low: number;
  readonly high: number;
}

/** Moments of a fitted guide, and how far its weights can be trusted. */
export interface Moments {
  readonly guide: Readonly<Record<string, Summary>>;
  /** With Pareto-smoothed importance weights. */
  readonly corrected: Readonly<Record<string, Summary>>;
  readonly paretoK: number;
  readonly effectiveSampleSize: number;
  /** log p(data) by the same weights, nats; up to a constant where a prior is flat. */
  readonly logEvidence: number;
}

const CHUNK = 1000;

/** Mean, sd and the 95 % in the middle, of weighted numbers. */
const summary = (xs: readonly number[], share: (i: number) => number): Summary => {
  const mean = xs.reduce((sum, x, i) => sum + share(i) * x, 0);
  const variance = xs.reduce((sum, x, i) => sum + share(i) * (x - mean) ** 2, 0);
  const order = Array.from(xs.keys()).toSorted((a, b) => (xs[a] ?? 0) - (xs[b] ?? 0));
  const quantile = (p: number): number => {
    let sum = 0;
    return xs[order.find((i) => (sum += share(i)) >= p) ?? order.at(-1) ?? 0] ?? Number.NaN;
  };
  return { mean, sd: Math.sqrt(variance), low: quantile(0.025), high: quantile(0.975) };
};

interface Drawn {
  readonly weights: readonly number[];
  readonly values: ReadonlyMap<string, readonly number[]>;
}

/** `beta[2]` is the second number of the site `beta`, `mu` all of the site `mu`. */
const placeOf = (name: string): { readonly site: string; readonly at: number } => {
  const found = /^(\w+)\[(\d+)\]$/.exec(name);
  return { site: found?.[1] ?? name, at: Number(found?.[2] ?? 1) - 1 };
};

const drawChunk = (
  { model }: Problem,
  { guide }: Fitting,
  rows: Tensor,
  params: Params,
  key: Key,
  names: readonly string[],
): Drawn => {
  const out: { weights: number[]; values: Map<string, number[]> } = {
    weights: [],
    values: new Map(),
  };
  tf.tidy(() => {
    const drawn = trace(guide(rows), { params, key, particles: CHUNK });
    const scored = replay(model(rows), drawn, { params, particles: CHUNK });
    out.weights.push(...tf.sub(scored.logJoint, drawn.logJoint).dataSync());
    for (const name of names) {
      const { site, at } = placeOf(name);
      const all = scored.sites[site]?.value ?? tf.fill([CHUNK], Number.NaN);
      const column = tf.slice(tf.reshape(all, [CHUNK, -1]), [0, at], [CHUNK, 1]);
      out.values.set(name, Array.from(column.dataSync()));
    }
  });
  return out;
};

/** Moments of the named parameters from `draws` draws of a guide. */
export const momentsOf = (
  problem: Problem,
  fitting: Fitting,
  {
    rows,
    params,
    key,
    draws,
    names,
  }: {
    readonly rows: Tensor;
    readonly params: Params;
    readonly key: Key;
    readonly draws: number;
    readonly names: readonly string[];
  },
): Moments => {
  const chunks = Array.from({ length: Math.ceil(draws / CHUNK) }, (_, i) =>
    drawChunk(problem, fitting, rows, params, foldIn(key, i), names),
  );
  const { logWeights, logMean, effectiveSampleSize, paretoK } = psis(
    chunks.flatMap((c) => c.weights),
  );
  const column = (name: string): readonly number[] =>
    chunks.flatMap((c) => c.values.get(name) ?? []);
  const summaries = (share: (i: number) => number): Readonly<Record<string, Summary>> =>
    Object.fromEntries(names.map((name) => [name, summary(column(name), share)]));
  const count = chunks.length * CHUNK;
  return {
    guide: summaries(() => 1 / count),
    corrected: summaries((i) => Math.exp(logWeights[i] ?? Number.NaN)),
    paretoK,
    effectiveSampleSize,
    logEvidence: logMean,
  };
};
