/** What the public interpreters run a program with. */
import type { TensorLike } from '../../dsl/index.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import { type NoiseSource, keyedNoise, noNoise } from '../noise-source.js';
import { type Params, initialValue } from '../params.js';
import type { Key } from '../random/index.js';
import type { RunOptions } from './run.js';

export interface Environment {
  /** Where draws come from; needed where a latent site has no value. */
  readonly key?: Key;
  /** Learned parameters, unconstrained; one that is missing starts at its initial value. */
  readonly params?: Params;
  /** Values by site name. */
  readonly values?: Readonly<Record<string, TensorLike>>;
  /** Runs side by side, along a left axis. */
  readonly particles?: number;
}

/** The stored parameter, or its initial value where there is none. */
export const parameterOf =
  (params: Params, noise: NoiseSource) =>
  (i: ParamInstruction): ReturnType<RunOptions['parameter']> =>
    params[i.name] ?? initialValue(i, noise);

/** Noise from the environment's key. */
export const noiseOf = ({ key }: Environment): NoiseSource =>
  key === undefined ? noNoise : keyedNoise(key);
