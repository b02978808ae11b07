/** What the public interpreters run a program with. */
import { checkOptions, recordOf, whole } from '../../dsl/refusals/options.js';
import { SiteError, type TensorLike } from '../../dsl/index.js';
import { entryOf } from '../../dsl/records/dictionary.js';
import { listedNames } from '../../dsl/refusals/nearest.js';
import type { Data, ForLatents } from '../../dsl/program/condition.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import { type NoiseSource, keyedNoise, noNoise } from '../random/noise-source.js';
import { type Params, areInSupports, initialValue } from './params.js';
import type { Key } from '../random/index.js';
import { keyRule } from '../random/key-rule.js';
import type { RunOptions } from './run.js';

export interface Environment {
  /** Where draws come from; needed where a latent site has no value. */
  readonly key?: Key;
  /** Learned parameters, unconstrained, all of them; at their initial values where it is left out. */
  readonly params?: Params;
  /** Values by site name. */
  readonly values?: Readonly<Record<string, TensorLike>>;
  /** Runs side by side: what comes out is `[particles, ...plates, ...event]`. */
  readonly particles?: number;
}

/** An environment for a program of the sites `E`; a value for what is no latent site does not compile. */
export type EnvironmentFor<E, V extends Data> = Omit<Environment, 'values'> & {
  readonly values?: ForLatents<E, V>;
};

/** Throws a `RangeError` for what is no environment; values and parameters are judged where they are used. */
export function checkedEnvironment<E, V extends Data>(
  who: string,
  env: EnvironmentFor<E, V>,
): Environment;
export function checkedEnvironment(who: string, env: Environment): Environment {
  checkOptions(who, env, {
    key: keyRule,
    params: recordOf('unconstrained tensors'),
    values: recordOf('values'),
    particles: whole(),
  });
  return env;
}

/** The stored parameter; the initial value of all where none are given. */
export const parameterOf =
  (params: Params, noise: NoiseSource) =>
  (i: ParamInstruction): ReturnType<RunOptions['parameter']> => {
    const names = Object.keys(params);
    const stored = entryOf(params, i.name);
    if (areInSupports(params)) {
      throw new SiteError({
        site: `param '${i.name}'`,
        expected: 'an unconstrained value',
        received: 'one in its support, as paramValues gives it',
        cure: 'Pass state.params.',
      });
    }
    if (stored === undefined && names.length > 0) {
      throw new SiteError({
        site: `param '${i.name}'`,
        expected: 'a value in params',
        received: `values of ${listedNames(names)} only`,
        cure: `Give '${i.name}' as well, or leave params out to start every parameter at its initial value.`,
      });
    }
    return stored ?? initialValue(i, noise);
  };

/** Noise from the environment's key. */
export const noiseOf = ({ key }: Environment): NoiseSource =>
  key === undefined ? noNoise : keyedNoise(key);
