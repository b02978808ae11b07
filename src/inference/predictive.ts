/** Draws from the prior or posterior predictive distribution. */
import { keyRule } from '../random/key-rule.js';
import { anything, checkOptions, recordOf, required, whole } from '../../dsl/refusals/options.js';
import { type Program, type Tensor, isWithin, of } from '../../dsl/index.js';
import { promised } from '../../dsl/records/dictionary.js';
import { platesShape } from '../../dsl/program/layout.js';
import type { Names } from '../../dsl/program/site.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { GuideMisfitError, type Misfit } from '../bounds/misfit.js';
import { plateDifferences } from '../bounds/dependence/plate-elements.js';
import { parameterOf } from '../interpreters/environment.js';
import { runKnowing } from '../interpreters/known.js';
import { type DeterministicRecord, type SampleRecord, samplesOf } from '../interpreters/record.js';
import { runProgram } from '../interpreters/run.js';
import { computed } from '../compile/computed.js';
import { isRecording } from '../compile/recording/recorder.js';
import { noiseOfDraws, noiseOfOne } from '../interpreters/noise-of-draws.js';
import { drawsOf, filled } from '../transform/draws.js';
import { type NoiseSource, keyedNoise } from '../random/noise-source.js';
import type { Params } from '../interpreters/params.js';
import type { Key } from '../random/index.js';
import { tidied } from '../../dsl/tensors/tidied.js';

export interface PredictiveOptions {
  readonly key: Key;
  readonly params?: Params;
  /** How many draws, along the left axis. */
  readonly samples: number;
  /** Draws the latent sites it has; without one they come from the prior. */
  readonly guide?: Program<unknown, unknown>;
}

/** The sites of a row that are drawn or computed. */
export type DrawnNames<E> = Names<E, 'latent' | 'observed' | 'deterministic'>;

type Draws = ReadonlyMap<string, SampleRecord>;

/** A site's value at every element of its own plates, `[...plates, ...event]`. */
const overOwnPlates = (r: SampleRecord | DeterministicRecord): Tensor => {
  const plates = platesShape(r.plates);
  const { shape } = r.value;
  const event =
    r.kind === 'sample'
      ? r.distribution.eventShape
      : shape.slice(Math.min(plates.length, shape.length));
  return expandTo(r.value, [...plates, ...event]);
};

/**
 * Where a guide's draws are no values of the model's sites. It may lack sites, and its plates may be of
 * another size, but what it has must be drawn in as many places.
 */
const misfitsOf = (guide: Draws, model: Draws): readonly Misfit[] => [
  ...plateDifferences([...model.values()], [...guide.values()]).map((apart): Misfit => ({
    _tag: 'elements',
    ...apart,
  })),
  ...[...guide.values()].flatMap((q): readonly Misfit[] => {
    const site = q.name;
    const p = model.get(site);
    if (q.origin === 'observed' || q.known) return [{ _tag: 'observedInGuide', site }];
    if (p === undefined) return [{ _tag: 'extra', site }];
    if (p.origin === 'observed') return [{ _tag: 'observedInModel', site }];
    const [a, b] = [p, q].map(({ plates }) =>
      plates.map(({ name, count, axis }) => `'${name}' (${count} on axis ${axis})`).join(', '),
    );
    if (a !== b) return [{ _tag: 'plates', site, model: `plates ${a}`, guide: `plates ${b}` }];
    const [inner, outer] = [q.distribution.support, p.distribution.support];
    if (isWithin(inner, outer)) return [];
    const [innerName, outerName] = [inner.name, outer.name];
    return [{ _tag: 'support', site, inner: innerName, outer: outerName, rule: 'within' }];
  }),
];

/** The draws themselves, from any noise. */
export const drawPredictive = <E>(
  model: Program<E, unknown>,
  guide: Program<unknown, unknown> | undefined,
  {
    params,
    noise,
    samples,
  }: { readonly params: Params; readonly noise: NoiseSource; readonly samples: number },
): Readonly<Record<DrawnNames<E>, Tensor>> => {
  const parameter = parameterOf(params, noise);
  const drawWith = (source: NoiseSource) => {
    const options = { noise: source, parameter, validates: true };
    const run = (program: Program<unknown, unknown>) => {
      const guided = runProgram(program, { ...options, choose: () => ({ from: 'noise' }) });
      const drawn = samplesOf(guided.records);
      const made = runProgram(model, {
        ...options,
        choose: (i) => {
          const record = drawn.get(i.name);
          return record === undefined ? { from: 'noise' } : { from: 'value', value: record.value };
        },
      });
      const misfits = misfitsOf(drawn, samplesOf(made.records));
      if (misfits.length > 0) throw new GuideMisfitError(misfits);
      return { guide: guided, model: made };
    };
    return runKnowing(guide ?? of(undefined), run).model.records;
  };
  // What is judged by its numbers is judged at one draw: where all are written down there are none.
  if (!isRecording()) drawWith(noiseOfOne(noise, samples));
  const drawn = computed({}, () => {
    // One sample keeps its axis too, so that shapes do not depend on how many were asked for.
    const draws = drawsOf([samples]);
    const records = draws.each(() =>
      drawWith(noiseOfDraws(noise, draws)).flatMap((r) =>
        r.kind === 'sample' || r.kind === 'deterministic'
          ? [[r.name, overOwnPlates(r)] as const]
          : [],
      ),
    );
    return Object.fromEntries(records.map(([name, x]) => [name, filled(draws, draws.all(x))]));
  });
  return promised(drawn);
};

/**
 * Draws of every sample and deterministic site of a model, `[samples, ...plates, ...event]` by name.
 *
 * Sites that the guide has take its values, all others are drawn from the model: pass the model
 * without its condition to predict data.
 *
 * - Errors: a guide with a latent site that is not the model's, or in other plates or elements of them, or
 *   on a support that the model's does not contain, throws a `GuideMisfitError`.
 *
 * @example
 * ```ts
 * const draws = predictive(sample('z', normal(100, 1)), { key: key(0), samples: 5 });
 * draws.z.shape; // [5]
 * draws.z.dataSync().every((z) => z > 90 && z < 110); // true
 * ```
 */
export const predictive = <E>(
  model: Program<E, unknown>,
  options: PredictiveOptions,
): Readonly<Record<DrawnNames<E>, Tensor>> => {
  checkOptions('predictive', options, {
    key: required(keyRule),
    params: recordOf('unconstrained tensors'),
    samples: required(whole()),
    guide: anything,
  });
  const { key, params = {}, samples, guide } = options;
  return tidied(
    () => drawPredictive(model, guide, { params, noise: keyedNoise(key), samples }),
    (draws) => Object.values<Tensor>(draws),
  );
};
