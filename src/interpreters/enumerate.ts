/**
 * Exact inference where every latent site is discrete: all joint values are summed over, plate
 * element by plate element.
 */
import * as tf from '@tensorflow/tfjs';
import { type Program, SiteError, type Tensor, type TensorLike } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type { Data } from '../../dsl/program/condition.js';
import { entryOf, promised } from '../../dsl/records/dictionary.js';
import type { SampleInstruction } from '../../dsl/program/instruction.js';
import type { Names } from '../../dsl/program/site.js';
import { type PlacedPlate, plateScale, platesShape } from '../../dsl/program/layout.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import { type LogChance, logSumOfProducts } from '../../dsl/numerics/log-sum-of-products.js';
import { depthOf } from './depth.js';
import { computed } from '../compile/computed.js';
import { type Tensors, whileRecording } from '../compile/recording/recorder.js';
import { putUnder } from '../../dsl/records/record-paths.js';
import { differentiate } from '../transform/differentiate.js';
import { drawsOf } from '../transform/draws.js';
import { type AllDraws, atEveryDraw, valueAlong } from './all-draws.js';
import {
  type Environment,
  type EnvironmentFor,
  checkedEnvironment,
  noiseOf,
  parameterOf,
} from './environment.js';
import { summedParts } from './known.js';
import { checkTaken, valueFor } from './given-values.js';
import { countJoint, eachOf, jointValues } from './joint-values.js';
import type { Layout } from './layout.js';
import { mixesElements } from './mixed-elements.js';
import type { FactorRecord, Run, SampleRecord, SiteRecord } from './record.js';
import { runProgram } from './run.js';
import { checkDensities, overPlates, siteLogProb, unmasked } from './score-record.js';

/** The exact evidence of a program and the posterior of its discrete sites `N`. */
export interface Enumerated<N extends string = string> {
  /** log p(observed), nats, a scalar. */
  readonly logEvidence: Tensor;
  /** p(site = value | observed), `[values, ...plates]`, by site. */
  readonly marginals: Readonly<Record<N, Tensor>>;
}

interface LogFactor extends LogChance {
  readonly plates: readonly PlacedPlate[];
}

interface Slot {
  readonly name: string;
  readonly slot: number;
  /** Those whose elements are summed over apart. */
  readonly plates: readonly PlacedPlate[];
  readonly around: readonly PlacedPlate[];
  /** How many values it has, and how many an element of it has. */
  readonly count: number;
  readonly each: number;
}

/** Whether terms mix the elements of a site, so that its joint values are summed over. */
const isJoint = ({ plates, around }: Slot): boolean => plates.length < around.length;

const named = (plates: readonly PlacedPlate[]): ReadonlySet<string> =>
  new Set(plates.map((p) => p.name));

const isSubset = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].every((x) => b.has(x));

const sameSet = (a: readonly PlacedPlate[], b: readonly PlacedPlate[]): boolean =>
  a.length === b.length && isSubset(named(a), named(b));

/** log Σ Π of factors over the axes of some sites, kept with length 1. */
const eliminateSlots = (
  factors: readonly LogFactor[],
  slots: readonly Slot[],
  width: number,
): Tensor => {
  const rank = Math.max(...factors.map(({ log }) => log.rank));
  const axes = slots.map(({ slot }) => rank - width - 1 - slot).filter((axis) => axis >= 0);
  return axes.length === 0
    ? factors.map(({ log }) => log).reduce((a, b) => tf.add(a, b))
    : logSumOfProducts(factors, axes);
};

/**
 * Sums out, innermost plates first: the discrete sites of a set of plates, then the plates that no
 * outer set has (Obermeyer et al. 2019, Tensor Variable Elimination, algorithm 1, arXiv:1902.03210).
 */
const eliminate = (
  factors: readonly LogFactor[],
  slots: readonly Slot[],
  width: number,
): Tensor => {
  const deepest = factors.reduce<LogFactor | undefined>(
    (a, b) => (a === undefined || b.plates.length > a.plates.length ? b : a),
    undefined,
  );
  if (deepest === undefined) return tf.scalar(0);
  const { plates } = deepest;
  const here = factors.filter((f) => sameSet(f.plates, plates));
  const rest = factors.filter((f) => !sameSet(f.plates, plates));
  const summed = eliminateSlots(
    here,
    slots.filter((s) => sameSet(s.plates, plates)),
    width,
  );
  if (plates.length === 0) return tf.sum(summed);
  // What is left to sum out later needs its plates, and no others.
  const left = slots.filter((t) => (summed.shape[summed.rank - width - 1 - t.slot] ?? 1) > 1);
  const kept = named(left.flatMap((t) => t.plates));
  const outer = plates.filter((q) => kept.has(q.name));
  if (outer.length === plates.length) return crossed(left);
  const gone = plates.filter((q) => !kept.has(q.name));
  const total = tf.sum(
    summed,
    gone.map((p) => summed.rank + p.axis),
    true,
  );
  const scale = plateScale(gone);
  const log = scale === 1 ? total : tf.mul(total, scale);
  return eliminate([...rest, { plates: outer, log }], slots, width);
};

const crossed = (left: readonly Slot[]): never => {
  throw new SiteError({
    site: left.map((t) => siteLabel(t.name)).join(', '),
    expected: 'plates that nest',
    received: 'plates that cross around sites that depend on each other',
    cure: 'Exact enumeration sums one plate inside another; use elbo for crossed plates.',
  });
};

/** Values are summed by the law that draws them, so that one that a mask does not count adds nothing. */
const asSummed = (r: SiteRecord): readonly (SampleRecord | FactorRecord)[] => {
  if (r.kind === 'factor') return [r];
  if (r.kind !== 'sample') return [];
  if (r.origin !== 'enumerated') return [r];
  const { known } = r;
  return known ? summedParts({ ...r, known }) : [unmasked(r)];
};

/** A site's chance, by its logarithm and, where that has no slope at 0, itself. */
const logChanceOf = (r: SampleRecord | FactorRecord, all: AllDraws): LogChance => {
  const filled = (f: () => Tensor): Tensor =>
    atEveryDraw(
      all,
      all.draws.each(() => overPlates(r, f())),
      0,
    );
  const log = filled(() => siteLogProb(r));
  if (r.kind === 'factor' || r.distribution.unmasked) return { log };
  const chance = r.distribution.sampler.enumeration?.chance;
  return { log, ...(chance && { chance: filled(() => chance(r.value)) }) };
};

/** What is drawn and not summed makes the evidence that of one draw. */
const checkNothingHidden = ([hidden]: readonly SampleRecord[]): void => {
  if (hidden === undefined) return;
  throw new SiteError({
    site: siteLabel(hidden.name),
    expected: 'sites alone, all of whose values are summed over',
    received: 'a draw that is no latent (noise, or hidden by block), of which there is no sum',
    cure: 'Sample it as a site, enumerate evaluation(program), or estimate by evidence.',
  });
};

/** A program's run, each latent site at a value that is given or chosen. */
const runAt = <E, A>(
  program: Program<E, A>,
  env: Environment,
  chosen: (i: SampleInstruction, plates: readonly PlacedPlate[]) => Tensor,
  validates: boolean,
): Run<A> => {
  const noise = noiseOf(env);
  const { values: given = {} } = env;
  return runProgram(program, {
    validates,
    noise,
    parameter: parameterOf(env.params ?? {}, noise),
    choose: (i, plates) => {
      const known = valueFor(given, i.name);
      return known === undefined
        ? { from: 'enumeration', value: chosen(i, plates) }
        : { from: 'value', value: known };
    },
  });
};

/** The first value of a site, at all elements. */
const firstValue = (i: SampleInstruction, plates: readonly PlacedPlate[]): Tensor => {
  const values = i.distribution.sampler.enumeration?.values() ?? tf.zeros([1]);
  const [value = tf.scalar(0)] = tf.unstack(values);
  return expandTo(value, [...platesShape(plates), ...i.distribution.eventShape]);
};

/** Whether terms depend on several elements of a site at once. */
const isMixed = <E, A>(program: Program<E, A>, env: Environment, site: SampleRecord): boolean =>
  whileRecording(() => {
    const value = tf.clone(site.value);
    const { records } = runAt(
      program,
      env,
      // A value of its own for each site: a constant may stand for other things as well.
      (i, plates) => (i.name === site.name ? value : tf.clone(firstValue(i, plates))),
      false,
    );
    const others = records.flatMap((r) =>
      r.kind === 'sample' && r.origin === 'enumerated' && r.name !== site.name ? [r.value] : [],
    );
    const moving = { tensors: others, outside: false };
    return mixesElements(value, site.plates, records.flatMap(asSummed), moving);
  });

/** The sites that are summed over, in the order of their visits, found at the first value of each. */
const slotsOf = <E, A>(program: Program<E, A>, env: Environment): readonly Slot[] => {
  const first = (i: SampleInstruction, plates: readonly PlacedPlate[]): Tensor => {
    if (i.distribution.sampler.enumeration === undefined) {
      throw new SiteError({
        site: siteLabel(i.name),
        expected: 'a discrete site with few values',
        received: i.distribution.family.name,
        cure: 'Give its value in values, or use svi for continuous sites.',
      });
    }
    return firstValue(i, plates);
  };
  const { records, hidden } = runAt(program, env, first, true);
  checkTaken(env.values ?? {}, records);
  checkDensities('enumerate', records);
  checkNothingHidden(hidden);
  return records
    .flatMap((r) => (r.kind === 'sample' && r.origin === 'enumerated' ? [r] : []))
    .map((r, slot): Slot => {
      const { name, plates, distribution } = r;
      const each = distribution.sampler.enumeration?.count ?? 1;
      return plates.some((p) => p.count > 1) && isMixed(program, env, r)
        ? { name, slot, plates: [], around: plates, each, count: countJoint(name, each, plates) }
        : { name, slot, plates, around: plates, each, count: each };
    });
};

/** The chance of the values of all elements together. */
const ofAllElements = ({ log, chance }: LogChance, { depth }: Layout): LogChance => {
  const axes = Array.from({ length: depth }, (_, i) => log.rank - depth + i);
  return {
    log: tf.sum(log, axes, true),
    ...(chance && { chance: tf.prod(chance, axes, true) }),
  };
};

/** log Σ over all values, as a function of what is added to the log chance of each, by site. */
const summedOver = <E, A>(
  program: Program<E, A>,
  env: Environment,
  slots: readonly Slot[],
  layout: Layout,
): { readonly potentials: Tensors; readonly logZ: (potentials: Tensors) => Tensor } => {
  const draws = drawsOf(slots.map((s) => s.count).toReversed());
  const { records } = draws.each(() =>
    runAt(
      program,
      env,
      (i, plates) => {
        const slot = slots.find((s) => s.name === i.name);
        const listed = i.distribution.sampler.enumeration?.values() ?? tf.zeros([1]);
        const values = slot && isJoint(slot) ? jointValues(listed, plates) : listed;
        const { length } = i.distribution.eventShape;
        return valueAlong(draws, slots.length - 1 - (slot?.slot ?? 0), values, length, plates);
      },
      false,
    ),
  );
  const factors = records.flatMap(asSummed).map((r) => {
    const own = logChanceOf(r, { draws, layout });
    const slot = slots.find((s) => s.name === r.name);
    return slot && isJoint(slot)
      ? { plates: [], ...ofAllElements(own, layout) }
      : { plates: r.plates, ...own };
  });
  const { depth } = layout;
  const potentials = slots.map((s) => {
    const batch = Array.from(
      { length: depth },
      (_, i) => s.plates.find((p) => p.axis === i - depth)?.count ?? 1,
    );
    return [
      s.name,
      tf.zeros([s.count, ...Array.from({ length: s.slot }, () => 1), ...batch]),
    ] as const;
  });
  return {
    potentials: Object.fromEntries(potentials),
    logZ: (unary) =>
      eliminate(
        [
          ...factors,
          ...slots.flatMap(({ name, plates }) => {
            const log = entryOf(unary, name);
            return log === undefined ? [] : [{ plates, log }];
          }),
        ],
        slots,
        depth,
      ).asScalar(),
  };
};

/**
 * The exact log evidence of a program whose latent sites are all discrete, and the posterior
 * marginals of each, the gradients of log evidence with respect to unary log potentials.
 *
 * - Gradient: exact, also by a probability of exactly 0 that a family was given as `probs`.
 *
 * A continuous latent site is a mistake, unless `env.values` gives its value; so are noise, which has no sum,
 * and a loss, which is no density.
 *
 * @example
 * ```ts
 * const coin = program(function* () {
 *   const fair = yield* sample('fair', bernoulli({ probs: 0.5 }));
 *   yield* observe('heads', bernoulli({ probs: tf.add(0.9, tf.mul(fair, -0.4)) }), 1);
 * });
 * enumerate(coin).logEvidence.dataSync()[0]; // -0.3566749
 * ```
 */
export const enumerate = <E, A, const V extends Data = Readonly<Record<never, TensorLike>>>(
  program: Program<E, A>,
  given: EnvironmentFor<E, V> = {},
): Enumerated<Exclude<Names<E, 'latent'>, keyof V>> =>
  tf.tidy(() => {
    const env = checkedEnvironment('enumerate', given);
    const slots = slotsOf(program, env);
    const layout: Layout = {
      particles: 1,
      depth: depthOf(program, env),
      enumerated: slots.length,
    };
    const made = computed({}, () => {
      const { potentials, logZ } = summedOver(program, env, slots, layout);
      const { loss, gradients } = differentiate(potentials, () => ({ loss: logZ(potentials) }));
      return { ...putUnder('marginals', gradients), logEvidence: loss };
    });
    return {
      logEvidence: made.logEvidence,
      marginals: promised(
        Object.fromEntries(
          slots.map((s) => {
            const found = entryOf(made, `marginals/${s.name}`) ?? tf.scalar(1);
            if (isJoint(s)) return [s.name, eachOf(found, s.each, s.around)];
            const m = tf.div(found, plateScale(s.plates));
            const plates = layout.depth - Math.max(0, ...s.plates.map((p) => -p.axis));
            const shape = [s.count, ...m.shape.slice(m.rank - layout.depth + plates)];
            return [s.name, tf.reshape(m, shape)];
          }),
        ),
      ),
    };
  });
