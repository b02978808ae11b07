/**
 * Traces: what a program did, as data. `trace` draws every latent site, `replay` takes given
 * values, `simulate` keeps only the result and `logDensity` only the log joint.
 */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { entryOf, mapped, promised } from '../../dsl/records/dictionary.js';
import { listedNames, meantBy } from '../../dsl/refusals/nearest.js';

import { siteLabel } from '../../dsl/refusals/error.js';
import type { Data } from '../../dsl/program/condition.js';
import { plateScale } from '../../dsl/program/layout.js';
import type { Names } from '../../dsl/program/site.js';
import {
  type Environment,
  type EnvironmentFor,
  checkedEnvironment,
  noiseOf,
  parameterOf,
} from './environment.js';
import { checkTaken, valueFor, valueOfDraw } from './given-values.js';
import type { Run, SiteRecord } from './record.js';
import { leavesOf, withLeaves } from '../compile/container.js';
import { computed } from '../compile/computed.js';
import type { Tensors } from '../compile/recording/recorder.js';
import { noiseOfDraws } from './noise-of-draws.js';
import type { NoiseSource } from '../random/noise-source.js';
import { type Draws, drawsOf, filled, oneDraw } from '../transform/draws.js';
import { type Choice, runProgram } from './run.js';
import { checkDensities, logJoint, siteLogProb } from './score-record.js';

/** One site of a trace. */
export interface TraceSite {
  readonly name: string;
  /** `partly`: a latent site that is observed at some elements of its plates. */
  readonly kind: 'latent' | 'partly' | 'observed' | 'param' | 'deterministic' | 'factor' | 'loss';
  readonly value: Tensor;
  /** log p before sums over plates, nats; absent where the site has no probability. */
  readonly logProb?: Tensor;
  readonly family?: string;
  readonly plates: readonly string[];
  /** size / count over its plates. */
  readonly scale: number;
}

/**
 * What a program did: its result, its sites `N` in order, and their log joint in nats, to which a loss, which
 * is the logarithm of no density, adds nothing.
 */
export interface Trace<A, N extends string = string> {
  readonly result: A;
  readonly sites: Readonly<Record<N, TraceSite>>;
  readonly logJoint: tf.Tensor;
}

const traceSite = (r: SiteRecord): TraceSite => {
  const place = {
    name: r.name,
    value: r.value,
    plates: r.plates.map((p) => p.name),
    scale: plateScale(r.plates),
  };
  switch (r.kind) {
    case 'sample':
      return {
        ...place,
        kind: r.origin === 'observed' ? 'observed' : r.known ? 'partly' : 'latent',
        logProb: siteLogProb(r),
        family: r.distribution.family.name,
      };
    case 'factor':
      return r.loss
        ? { ...place, kind: 'loss', value: tf.neg(r.value) }
        : { ...place, kind: 'factor', logProb: r.value };
    case 'param':
    case 'deterministic':
      return { ...place, kind: r.kind };
  }
};

/** How a program is run. */
interface Asked {
  readonly env: Environment;
  /** Where a value comes from that is not given. */
  readonly otherwise: (name: string) => Choice;
  /** Values of a trace, by site. */
  readonly past?: Readonly<Record<string, Tensor>>;
  /** What is asked of the records of a run. */
  readonly check?: (records: readonly SiteRecord[]) => void;
}

const runOnce = <E, A>(
  program: Program<E, A>,
  { env, otherwise, past = {}, check }: Asked,
  noise: NoiseSource,
  draws: Draws,
): Run<A> => {
  const { values = {} } = env;
  const done = runProgram(program, {
    validates: true,
    noise,
    parameter: parameterOf(env.params ?? {}, noise),
    choose: (i, plates) => {
      const value = valueFor(values, i.name) ?? entryOf(past, i.name);
      return value === undefined
        ? otherwise(i.name)
        : { from: 'value', value: valueOfDraw(value, i, draws, plates) };
    },
  });
  checkTaken(values, done.records);
  check?.(done.records);
  return done;
};

const traceOf = <A, N extends string>({ result, records }: Run<A>): Trace<A, N> => ({
  result,
  sites: promised(Object.fromEntries(records.map((record) => [record.name, traceSite(record)]))),
  logJoint: logJoint(records),
});

/** Whether a site has a value for each draw; what was observed, and parameters, are one for all. */
const isOfEach = ({ kind }: TraceSite): boolean => kind !== 'observed' && kind !== 'param';

/** The tensors of a trace that are one draw's. */
const tensorsOf = <A>({ result, sites, logJoint: log }: Trace<A>): Tensors => ({
  ...Object.fromEntries(leavesOf(result, 'result')),
  ...Object.fromEntries(
    Object.entries(sites).flatMap(([name, site]) => [
      ...(isOfEach(site) ? [[`value/${name}`, site.value] as const] : []),
      ...(site.logProb ? [[`logProb/${name}`, site.logProb] as const] : []),
    ]),
  ),
  logJoint: log,
});

/** Runs side by side: each draw is a run of its own, written down once and carried out for all. */
const traceAll = <E, A, N extends string>(
  program: Program<E, A>,
  asked: Asked,
  noise: NoiseSource,
  count: number,
): Trace<A, N> => {
  const found: Trace<A>[] = [];
  const made = computed({}, () => {
    const draws = drawsOf([count]);
    const one = draws.each(() =>
      traceOf(runOnce(program, asked, noiseOfDraws(noise, draws), draws)),
    );
    found.push(one);
    return mapped(tensorsOf(one), (x) => filled(draws, draws.all(x)));
  });
  const [one] = found;
  if (one === undefined) throw new Error('a program that was not run');
  return {
    result: withLeaves(one.result, made, 'result'),
    sites: promised(
      Object.fromEntries(
        Object.entries(one.sites).map(([name, { logProb, ...site }]) => [
          name,
          {
            ...site,
            value: entryOf(made, `value/${name}`) ?? site.value,
            ...(logProb && { logProb: entryOf(made, `logProb/${name}`) ?? logProb }),
          },
        ]),
      ),
    ),
    logJoint: made['logJoint'] ?? one.logJoint,
  };
};

const run = <E, A>(program: Program<E, A>, asked: Asked): Trace<A, Names<E>> => {
  const noise = noiseOf(asked.env);
  const { particles = 1 } = asked.env;
  return particles === 1
    ? traceOf(runOnce(program, asked, noise, oneDraw))
    : traceAll(program, asked, noise, particles);
};

const fromNoise = (): Choice => ({ from: 'noise' });

const noValue =
  ({ values = {} }: Environment) =>
  (name: string): Choice => {
    const given = Object.keys(values);
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a value for every latent site',
      received: given.length === 0 ? 'none' : `values for ${listedNames(given)} only`,
      cure: 'Add it to values, or use trace with a key to draw it.',
    });
  };

/**
 * Runs a program forward and returns its result.
 *
 * - Errors: a distribution made from numbers that its family does not take, and an observation that it
 *   could not give, throw a `SiteError`: here, in `trace`, `replay`, `logDensity`, `enumerate`, `predictive`
 *   and `evidence`, and at the start of training. Elements that a `mask` drops are not judged.
 *
 * @example
 * ```ts
 * const shifted = program(function* () {
 *   return tf.add(yield* sample('z', normal(0, 1)), 1);
 * });
 * simulate(shifted, { values: { z: 2 } }).dataSync()[0]; // 3
 * simulate(shifted, { key: key(0), particles: 4 }).shape; // [4]
 * ```
 */
export const simulate = <E, A, const V extends Data = Data>(
  program: Program<E, A>,
  env: EnvironmentFor<E, V>,
): A => run(program, { env: checkedEnvironment('simulate', env), otherwise: fromNoise }).result;

/**
 * Runs a program forward and records every site. Values in `env.values` replace draws; one that names
 * no latent site throws a `SiteError`.
 *
 * @example
 * ```ts
 * const { sites, logJoint } = trace(sample('z', normal(0, 1)), { values: { z: 1 } });
 * sites.z.kind; // 'latent'
 * logJoint.dataSync()[0]; // -1.4189385
 * ```
 */
export const trace = <E, A, const V extends Data = Data>(
  program: Program<E, A>,
  env: EnvironmentFor<E, V>,
): Trace<A, Names<E>> =>
  run(program, { env: checkedEnvironment('trace', env), otherwise: fromNoise });

/** Throws where a program has latent sites and a trace has others: nothing would be replayed. */
const checkReplayed = (past: readonly string[], records: readonly SiteRecord[]): void => {
  const samples = records.filter((r) => r.kind === 'sample' && r.origin !== 'observed');
  const names = samples.map((r) => r.name);
  const [first] = past;
  if (first === undefined || names.length === 0 || past.some((n) => names.includes(n))) return;
  throw new SiteError({
    site: past.map(siteLabel).join(', '),
    expected: 'a trace with some latent site of the program',
    received: 'one with none of them',
    cure: meantBy(first, names),
  });
};

/**
 * Runs a program at the values of a trace's latent sites. A latent site that the trace does not
 * have is drawn where there is a key, and a mistake where there is none; one that only the trace has is
 * passed over, unlike a name in `env.values`, and a trace with none of them is a mistake. A trace of several particles, as that of a guide, may come
 * from a program with fewer plates or more.
 *
 * @example
 * ```ts
 * const past = trace(sample('z', normal(0, 1)), { values: { z: 2 } });
 * replay(sample('z', normal(2, 1)), past).logJoint.dataSync()[0]; // -0.9189385
 * ```
 */
export const replay = <E, A, B, const V extends Data = Data>(
  program: Program<E, A>,
  past: Trace<B>,
  env: EnvironmentFor<E, V> = {},
): Trace<A, Names<E>> => {
  const latents = Object.values<TraceSite>(past.sites).filter(
    (s) => s.kind === 'latent' || s.kind === 'partly',
  );
  const names = latents.map((s) => s.name);
  const asked = checkedEnvironment('replay', env);
  return run(program, {
    env: asked,
    otherwise: asked.key === undefined ? noValue(asked) : fromNoise,
    past: Object.fromEntries(latents.map((s) => [s.name, s.value])),
    check: (records) => checkReplayed(names, records),
  });
};

/**
 * The log joint of a program at given values, in nats: log p(observed, values), one a particle; with noise,
 * that given the noise which `env.key` draws. Values that name no latent site, latent sites without a value,
 * and losses throw a `SiteError`.
 *
 * @example
 * ```ts
 * logDensity(sample('z', normal(0, 1)), { values: { z: 1 } }).dataSync()[0]; // -1.4189385
 * ```
 */
export const logDensity = <E, A, const V extends Data = Data>(
  program: Program<E, A>,
  env: EnvironmentFor<E, V>,
): Tensor => {
  const asked = checkedEnvironment('logDensity', env);
  const { logJoint: total } = run(program, {
    env: asked,
    otherwise: noValue(asked),
    check: (records) => checkDensities('logDensity', records),
  });
  return total;
};
