/** Where a value that is not finite came from: the first parameter, value or term that has one. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Tensor } from '../../../dsl/index.js';
import { isMasked } from '../../../dsl/combinators/mask.js';
import type { TermDerivation } from '../../bounds/derivation.js';
import { type Joint, drawIndices, jointAt } from '../../bounds/joint.js';
import { rawTerm } from '../../bounds/terms.js';
import { computed } from '../../compile/computed.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import {
  type Place,
  indexOf,
  namedParameters,
  placeOf,
  valuesAt,
} from '../../interpreters/element.js';
import { platesShape } from '../../../dsl/program/layout.js';
import { type SampleRecord, type SiteRecord, samplesOf } from '../../interpreters/record.js';
import { nonFiniteGradient } from './non-finite-gradient.js';
import {
  type Evidence,
  type NonFiniteInput,
  type NonFiniteReason,
  reasonFor,
} from './non-finite-reason.js';
import { knownParameter } from '../../inference/svi-checks.js';
import type { Phase } from '../../inference/phases/phase.js';
import type { SviState } from '../../inference/svi-state.js';
import type { Svi } from '../../inference/inference.js';
import {
  type Stage,
  counted,
  dueStages,
  noiseAt,
  partOf,
  takeStage,
} from '../../inference/phases/stage.js';

/** The first element of a step that is not finite, and where it lies. */
export interface NonFinite extends Partial<Place> {
  readonly step: number;
  readonly site: string;
  /** What about the site: its parameter, its value, a term of the bound, or a gradient. */
  readonly what: string;
  /** What it points to, and so what may be done about it. */
  readonly reason: NonFiniteReason;
  readonly found: number;
  /** The parameters of the site's distribution at this element, and its value. */
  readonly inputs?: readonly NonFiniteInput[];
  /** Where gradients alone are not finite: of which parameters, and through the terms of which sites. */
  readonly gradients?: { readonly params: readonly string[]; readonly sites: readonly string[] };
  /** The phase that it is of, where there are several. */
  readonly phase?: string;
}

/** An element's index among particles and plates, and within the event as far as it is known. */
interface At {
  readonly batch: readonly number[];
  readonly entry: readonly number[];
}

interface Candidate {
  readonly site: string;
  readonly what: string;
  readonly tensor: Tensor;
  /** How many of the tensor's last axes lie within one event. */
  readonly eventRank: number;
  readonly plates: SiteRecord['plates'];
  readonly inputs: (at: At) => readonly NonFiniteInput[];
  readonly kind?: Evidence['kind'];
  /** Where an observation has to lie. */
  readonly support?: Evidence['support'];
}

interface Peeled {
  readonly part: Distribution;
  readonly rank: number;
}

/** The distribution of the independent parts of an event, and how many axes number them. */
const peel = (d: Distribution, rank = 0): Peeled =>
  d.structure?._tag === 'independent'
    ? peel(d.structure.base, rank + d.structure.rank)
    : { part: d, rank };

/** What an element of a distribution is made from; of a whole event where its part is not known. */
const parametersAt = (
  d: Distribution,
  { batch, entry }: At,
  label = '',
): readonly NonFiniteInput[] => {
  const { part, rank } = peel(d);
  const known = entry.length >= rank;
  const index = known ? [...batch, ...entry.slice(0, rank)] : batch;
  return namedParameters(part).map(({ name, tensor, own }) => ({
    name: `${label}${name}`,
    values: valuesAt(tensor, index, known ? own : own + rank),
  }));
};

const valueAt = ({ value, distribution }: SampleRecord, { batch, entry }: At): NonFiniteInput => ({
  name: 'value',
  values: valuesAt(value, [...batch, ...entry], distribution.eventShape.length - entry.length),
});

const ofRecord = (r: SiteRecord): Candidate => {
  const width = platesShape(r.plates).length;
  const place = { site: r.name, tensor: r.value, what: `${r.kind} value`, plates: r.plates };
  switch (r.kind) {
    case 'sample':
      return {
        ...place,
        eventRank: r.distribution.eventShape.length,
        kind: r.origin === 'observed' ? 'data' : 'computed',
        inputs: (at) => (r.origin === 'observed' ? [] : parametersAt(r.distribution, at)),
      };
    case 'factor':
      return { ...place, eventRank: 0, inputs: () => [] };
    case 'param':
      return {
        ...place,
        kind: 'parameter',
        plates: [],
        eventRank: r.value.rank,
        inputs: () => [],
      };
    case 'deterministic':
      return { ...place, eventRank: Math.max(0, r.value.rank - width), inputs: () => [] };
  }
};

/** A term at each part of an event, where that shows what its sum hides. */
const finest = (record: SampleRecord | undefined, whole: Tensor): readonly [Tensor, number] => {
  if (record === undefined) return [whole, 0];
  const { part, rank } = peel(record.distribution);
  if (rank === 0) return [whole, 0];
  const parts = part.logProb(record.value);
  return firstBad(parts) === undefined ? [whole, 0] : [parts, rank];
};

const ofTerm = (term: TermDerivation, joint: Joint): Candidate => {
  const [p, q] = [joint.model, joint.guide].map((r) => samplesOf(r.records).get(term.site));
  const whole = rawTerm(joint, term);
  const place = {
    site: term.site,
    what: `${term.kind} term`,
    plates: joint.model.records.find((r) => r.name === term.site)?.plates ?? [],
  };
  switch (term.kind) {
    case 'kl':
      return {
        ...place,
        tensor: whole,
        eventRank: 0,
        inputs: (at) => [
          ...(q ? parametersAt(q.distribution, at, 'guide ') : []),
          ...(p ? parametersAt(p.distribution, at, 'model ') : []),
        ],
      };
    case 'logLikelihood':
    case 'logPrior':
    case 'factor':
    case 'entropy': {
      const record = term.kind === 'entropy' ? q : p;
      const [tensor, eventRank] = finest(record, whole);
      return {
        ...place,
        tensor,
        eventRank,
        support: record?.origin === 'observed' ? record.distribution.support : undefined,
        inputs: (at) =>
          record ? [...parametersAt(record.distribution, at), valueAt(record, at)] : [],
      };
    }
  }
};

/** Data that a mask may leave out: whether they do harm is for their term to show. */
const isMaskedDatum = (r: SiteRecord): boolean =>
  r.kind === 'sample' && r.origin === 'observed' && isMasked(r.distribution);

/** What a step is made of, in the order in which it is computed; each is made when it is asked for. */
const candidates = (state: SviState, joint: Joint): readonly (() => Candidate)[] => [
  ...Object.entries(state.params).map(([site, tensor]) => (): Candidate => ({
    site,
    tensor,
    what: 'parameter',
    kind: 'parameter',
    eventRank: tensor.rank,
    plates: [],
    inputs: () => [],
  })),
  ...[...joint.guide.records, ...joint.model.records]
    .filter((r) => !isMaskedDatum(r))
    .map((r) => () => ofRecord(r)),
  ...joint.derivation.terms.map((term) => () => ofTerm(term, joint)),
];

const firstBad = (tensor: Tensor): { readonly at: number; readonly value: number } | undefined => {
  const values = tensor.dataSync();
  const at = values.findIndex((x) => !Number.isFinite(x));
  return at < 0 ? undefined : { at, value: values[at] ?? Number.NaN };
};

/** The first element of one phase's part of a step that is not finite, at the state that it finds. */
const firstOfPhase = <B>(
  { model, guide }: Pick<Phase<B>, 'model' | 'guide'>,
  state: SviState,
  batch: B,
  untrained: boolean,
): Omit<NonFinite, 'step'> | undefined => {
  const options = {
    noise: noiseAt(state),
    parameter: knownParameter(state.params),
    step: tf.scalar(state.step),
  };
  const { derivation } = state;
  // Each draw by itself, with numbers to look at.
  const draws = drawIndices(derivation).map((at) => {
    const joint = jointAt(model(batch), guide(batch), derivation, options, at);
    return { at, made: candidates(state, joint) };
  });
  for (const nth of draws[0]?.made.keys() ?? []) {
    for (const { at, made } of draws) {
      const candidate = made[nth]?.();
      const bad = candidate && firstBad(candidate.tensor);
      if (candidate === undefined || bad === undefined) continue;
      const {
        site,
        what,
        tensor,
        eventRank,
        plates,
        inputs,
        kind = 'computed',
        support,
      } = candidate;
      const index = indexOf(tensor.shape, bad.at);
      const batchRank = index.length - eventRank;
      const found = inputs({ batch: index.slice(0, batchRank), entry: index.slice(batchRank) });
      return {
        site,
        what,
        reason: reasonFor({ kind, inputs: found, support, untrained, batch }),
        found: bad.value,
        ...placeOf(index, eventRank, plates),
        ...(derivation.particles > 1 && kind === 'computed' && { particle: at.particle }),
        ...(found.length > 0 && { inputs: found }),
      };
    }
  }
  return undefined;
};

/** The same where the loss is not finite, and else a gradient that is not. */
const firstOfStage = <B>(
  stage: Stage<B>,
  state: SviState,
  batch: B,
  untrained: boolean,
): Omit<NonFinite, 'step'> | undefined => {
  const part = partOf(stage, state);
  // As it is written: an optimised graph has no log exp x, whose infinity is looked for.
  const made = computed(part.params, (params) => {
    const half = stage.phase.differentiate({ ...counted(part), params }, noiseAt(part), batch);
    return { loss: half.metrics.loss, ...putUnder('gradients', half.gradients) };
  });
  const gradients = takeUnder('gradients', made);
  // A finite loss may well be made of infinite terms: of values that have no weight.
  if (firstBad(made.loss) !== undefined) {
    return firstOfPhase(stage.phase, part, batch, untrained);
  }
  const slope = nonFiniteGradient(stage.phase, part, batch, gradients);
  if (slope === undefined) return undefined;
  const { params, sites, ...place } = slope;
  return { ...place, what: 'gradient', reason: 'gradient', gradients: { params, sites } };
};

/**
 * Repeats a step outside the gradient and finds the first element that is not finite, if any is:
 * its site, which parameter, value or term of it, the particle, the element of each plate, the entry
 * of the event, and the distribution's parameters and value there. Phases are repeated in turn, each
 * from where the one before left the parameters. Where the loss is finite and a gradient is not, it
 * finds the parameters whose gradient that is, and the sites whose terms make it so.
 *
 * @example
 * ```ts
 * const inference = svi({
 *   model: (scale: Tensor) => plate('data', 3, observe('x', normal(0, scale), [2, 3, 4])),
 *   guide: (_: Tensor) => of({}),
 *   objective: elbo(),
 *   optimizer: sgd(0.1),
 * });
 * const state = inference.init(key(0), asTensor([1, 1, 1]));
 * const cause = explainNonFinite(inference, state, asTensor([1, 0, 1]));
 * cause?.what; // 'logLikelihood term'
 * cause?.reason; // 'notPositive'
 * cause?.plates; // { data: 1 }
 * cause?.inputs?.map(({ name, values }) => [name, ...values]);
 * // [['loc', 0], ['scale', 0], ['value', 3]]
 * ```
 */
export const explainNonFinite = <B>(
  svi: Svi<B>,
  state: SviState,
  batch: B,
): NonFinite | undefined => {
  const found: NonFinite[] = [];
  tf.tidy(() => {
    let at = state;
    const due = dueStages(svi.stages, state.step);
    for (const stage of due) {
      const first = firstOfStage(stage, at, batch, at === state && state.step === 0);
      if (first !== undefined) {
        const phase = stage.name === '' ? {} : { phase: stage.name };
        found.push({ step: state.step, ...first, ...phase });
        return;
      }
      if (stage !== due.at(-1)) [at] = takeStage(stage, at, batch);
    }
  });
  return found[0];
};
