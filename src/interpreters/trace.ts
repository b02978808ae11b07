/**
 * Traces: what a program did, as data. `trace` draws every latent site, `replay` takes given
 * values, `simulate` keeps only the result and `score` only the log joint.
 */
import type * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor, asTensor } from '../../dsl/index.js';
import { familyName } from '../../dsl/distribution.js';
import { siteLabel } from '../../dsl/error.js';
import { plateScale } from '../../dsl/program/layout.js';
import { depthOf } from './depth.js';
import { type Environment, noiseOf, parameterOf } from './environment.js';
import { type Layout, single } from './layout.js';
import type { Run, SiteRecord } from './record.js';
import { type Choice, runProgram } from './run.js';
import { logJoint, siteLogProb } from './score-record.js';

/** One site of a trace. */
export interface TraceSite {
  readonly name: string;
  readonly kind: 'latent' | 'observed' | 'param' | 'deterministic' | 'factor';
  readonly value: Tensor;
  /** log p before sums over plates, nats; absent where the site has no probability. */
  readonly logProb?: Tensor;
  readonly family?: string;
  readonly plates: readonly string[];
  /** size / count over its plates. */
  readonly scale: number;
}

/** What a program did: its result, its sites in order, and their log joint in nats. */
export interface Trace<A> {
  readonly result: A;
  readonly sites: Readonly<Record<string, TraceSite>>;
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
        kind: r.origin === 'observed' ? 'observed' : 'latent',
        logProb: siteLogProb(r),
        family: familyName(r.distribution),
      };
    case 'factor':
      return { ...place, kind: 'factor', logProb: r.value };
    case 'param':
    case 'deterministic':
      return { ...place, kind: r.kind };
  }
};

/** A run with the layout that it was laid out in. */
interface LaidOut<A> extends Run<A> {
  readonly layout: Layout;
}

const run = <E, A>(
  program: Program<E, A>,
  env: Environment,
  otherwise: (name: string) => Choice,
): LaidOut<A> => {
  const noise = noiseOf(env);
  const { particles = 1 } = env;
  const layout =
    particles === 1 ? single : { particles, depth: depthOf(program, env), enumerated: 0 };
  const { result, records } = runProgram(program, {
    validates: true,
    layout,
    noise,
    parameter: parameterOf(env.params ?? {}, noise),
    choose: (i) => {
      const value = env.values?.[i.name];
      return value === undefined
        ? otherwise(i.name)
        : { from: 'value', value: asTensor(value, siteLabel(i.name)) };
    },
  });
  return { result, records, layout };
};

const fromNoise = (): Choice => ({ from: 'noise' });

const noValue = (name: string): Choice => {
  throw new SiteError({
    site: siteLabel(name),
    expected: 'a value for every latent site',
    received: 'none for this one',
    cure: 'Add it to values, or use trace with a key to draw it.',
  });
};

const traceOf = <A>(r: LaidOut<A>): Trace<A> => ({
  result: r.result,
  sites: Object.fromEntries(r.records.map((record) => [record.name, traceSite(record)])),
  logJoint: logJoint(r.records, r.layout),
});

/**
 * Runs a program forward and returns its result.
 *
 * - Errors: a distribution made from numbers that its family does not take, and an observation that it
 *   could not give, throw a `SiteError`: here, in `trace`, `replay`, `score`, `enumerate`, `predictive`
 *   and `evidence`, and at the start of training. Elements that a `mask` drops are not judged.
 *
 * @example
 * ```ts
 * simulate(sample('z', normal(0, 1)), { key: key(0), particles: 4 }).shape; // [4]
 * ```
 */
export const simulate = <E, A>(program: Program<E, A>, env: Environment): A =>
  run(program, env, fromNoise).result;

/**
 * Runs a program forward and records every site. Values in `env.values` replace draws.
 *
 * @example
 * ```ts
 * trace(sample('z', normal(0, 1)), { key: key(0) }).sites['z']?.kind; // 'latent'
 * ```
 */
export const trace = <E, A>(program: Program<E, A>, env: Environment): Trace<A> =>
  traceOf(run(program, env, fromNoise));

/**
 * Runs a program at the values of a trace's latent sites. A latent site that the trace does not
 * have is drawn where there is a key, and a mistake where there is none.
 *
 * @example
 * ```ts
 * const past = trace(sample('z', normal(0, 1)), { values: { z: 2 } });
 * replay(sample('z', normal(2, 1)), past).logJoint.dataSync()[0]; // -0.9189385
 * ```
 */
export const replay = <E, A, B>(
  program: Program<E, A>,
  past: Trace<B>,
  env: Environment = {},
): Trace<A> => {
  const latents = Object.values(past.sites).filter((s) => s.kind === 'latent');
  const values = Object.fromEntries(latents.map((s) => [s.name, s.value]));
  const all = { ...env, values: { ...values, ...env.values } };
  return traceOf(run(program, all, env.key === undefined ? noValue : fromNoise));
};

/**
 * The log joint of a program at given values, in nats: log p(observed, values), one a particle.
 *
 * @example
 * ```ts
 * score(sample('z', normal(0, 1)), { values: { z: 1 } }).dataSync()[0]; // -1.4189385
 * ```
 */
export const score = <E, A>(program: Program<E, A>, env: Environment): Tensor => {
  const { records, layout } = run(program, env, noValue);
  return logJoint(records, layout);
};
