/** A program that was run once, for the laws of what is made of it. */
import * as tf from '@tensorflow/tfjs';
import { only } from '../../../dsl/records/dictionary.js';
import { type Program, item } from '../../../dsl/index.js';
import { rewrite } from '../../../dsl/program/program.js';
import { type Trace, type TraceSite, logDensity, trace } from '../../interpreters/trace.js';
import type { Params } from '../../interpreters/params.js';
import type { Key } from '../../random/index.js';
import type { LawName } from '../law/catalogue.js';
import { type AnyProgram, nothing, paramsOf, settingsOf } from '../law/inference.js';
import type { LawOptions } from '../law/law-options.js';
import type { Claim } from '../law/law.js';

/** One program, its data given. */
export interface ProgramUnderTest extends LawOptions {
  readonly model: Program<unknown, unknown>;
  readonly params?: Params;
}

/** A run of it, with what laws compare others with. */
export interface Ran {
  readonly model: AnyProgram;
  readonly env: { readonly key: Key; readonly params: Params };
  readonly past: Trace<unknown>;
  readonly claim: (law: LawName) => Claim;
  readonly tolerance: number;
}

/** Runs a program once. */
export const ran = (law: ProgramUnderTest): Ran => {
  const { seed, key, tolerance } = settingsOf(law);
  const params = paramsOf(law.model, nothing, law.params);
  const env = { key, params };
  const past = trace(law.model, env);
  const named = Object.values(past.sites).filter((s) => s.logProb !== undefined);
  const of = law.label ?? `the model of ${named.map((s) => `'${s.name}'`).join(', ')}`;
  return { model: law.model, env, past, tolerance, claim: (name) => ({ law: name, of, seed }) };
};

const totalOf = ({ logProb, scale }: TraceSite): number =>
  logProb === undefined ? 0 : scale * item(tf.sum(logProb));

/** What rounding may do to a log joint. */
export const slackOf = ({ past, tolerance }: Ran) => {
  const terms = Object.values(past.sites).map(totalOf);
  const size = terms.reduce((sum, t) => sum + Math.abs(t), 1);
  return { absolute: tolerance * size, relative: 0 };
};

/** The sites of some kinds. */
export const sitesOf = (r: Ran, kinds: readonly TraceSite['kind'][]): readonly TraceSite[] =>
  Object.values(r.past.sites).filter((s) => kinds.includes(s.kind));

/** The values of a run's latent sites. */
export const latentValues = (past: Trace<unknown>) =>
  Object.fromEntries(
    Object.values(past.sites)
      .filter((s) => s.kind === 'latent')
      .map((s) => [s.name, s.value]),
  );

/** A site's term with its repeats over plates, found as what the site adds to a score. */
export const termOf = (r: Ran, site: TraceSite): number => {
  const hidden = rewrite<unknown, unknown, unknown>(r.model, () => ({
    each: (i) =>
      i.op === 'sample' && i.name === site.name
        ? { op: 'deterministic', name: i.name, value: site.value, plates: i.plates }
        : i,
  }));
  const values = latentValues(r.past);
  const without = only(values, (n) => n !== site.name);
  return (
    item(logDensity(r.model, { ...r.env, values })) -
    item(logDensity(hidden, { ...r.env, values: without }))
  );
};
