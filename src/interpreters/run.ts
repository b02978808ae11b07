/**
 * A run of a program that records its sites. Simulating, replaying, scoring and enumerating differ
 * only in where the value of a latent site comes from.
 */
import * as tf from '@tensorflow/tfjs';
import {
  type Preimage,
  type Program,
  SiteError,
  type Tensor,
  baseNoise,
  stopGradient,
} from '../../dsl/index.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type {
  Instruction,
  NoiseInstruction,
  ParamInstruction,
  SampleInstruction,
  SubsampleInstruction,
} from '../../dsl/program/instruction.js';
import { sharedPreimage } from '../../dsl/law/preimage.js';
import { type PlacedPlate, placePlates } from '../../dsl/program/layout.js';
import { asFloat } from '../../dsl/tensors/tensor.js';
import { type NoiseSource, noiseName } from '../random/noise-source.js';
import { constrainedValue } from './params.js';
import { checkBatch, checkGiven, drawNoise, drawSite, rowMean } from './draw.js';
import { interpret } from './interpret.js';
import { checkKnown, withKnown } from './known.js';
import type { ParamRecord, Run, SampleRecord, SiteRecord } from './record.js';
import { assertValid } from './validate.js';

/** Where the value of a latent site comes from. */
export type Choice =
  | { readonly from: 'noise' }
  | { readonly from: 'value'; readonly value: Tensor; readonly preimage?: Preimage | undefined }
  | { readonly from: 'enumeration'; readonly value: Tensor };

export interface RunOptions {
  readonly noise: NoiseSource;
  /** The unconstrained tensor of a parameter. */
  readonly parameter: (i: ParamInstruction) => Tensor;
  readonly choose: (i: SampleInstruction, plates: readonly PlacedPlate[]) => Choice;
  /** Which of the two programs of an inference this is, for messages. */
  readonly role?: 'model' | 'guide';
  /** Whether arguments and observations are judged, for which values are read: never in a step. */
  readonly validates?: boolean;
  /** Told of every recorded latent site as soon as it has a value. */
  readonly onLatent?: (record: SampleRecord) => void;
  /** Told of every site that is drawn and neither scored nor recorded. */
  readonly onHidden?: (record: SampleRecord) => void;
}

const drawn: Choice = { from: 'noise' };

/** The plates of a visit with their axes; one around itself would count its elements squared. */
const placed = (i: Exclude<Instruction, SubsampleInstruction>): readonly PlacedPlate[] => {
  const names = i.plates.map((p) => p.name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) {
    throw new SiteError({
      site: siteLabel(i.name),
      expected: `plate '${twice}' around it once`,
      received: 'one plate entered twice',
      cure: 'Enter each plate once around a site; give a plate inside it a name of its own.',
    });
  }
  return placePlates(i.name, i.plates);
};

const sampleRecord = (i: SampleInstruction, options: RunOptions): SampleRecord => {
  const { name, distribution } = i;
  const plates = placed(i);
  checkBatch(name, distribution, plates, options.role, i.observed !== undefined);
  const { known } = i;
  const record = { kind: 'sample', name, distribution, plates, ...(known && { known }) } as const;
  if (known !== undefined) checkKnown(i, known, plates);
  const observed = i.observed && asFloat(i.observed);
  if (observed !== undefined) checkGiven(name, distribution, observed);
  if (options.validates === true)
    assertValid({ ...i, ...(observed && { observed }), role: options.role });
  if (observed !== undefined) {
    return { ...record, value: observed, noise: [], origin: 'observed' };
  }
  const choice = i.hidden ? drawn : options.choose(i, plates);
  if (known !== undefined && choice.from !== 'enumeration') {
    const { value, preimage } =
      choice.from === 'value' ? choice : drawSite(name, distribution, plates, options.noise);
    checkGiven(name, distribution, value);
    const held = sharedPreimage(preimage);
    return {
      ...record,
      value: withKnown(i, known, value),
      noise: [],
      origin: 'given',
      ...(held && { preimage: held }),
    };
  }
  switch (choice.from) {
    case 'noise':
      return {
        ...record,
        ...drawSite(name, distribution, plates, options.noise),
        origin: 'drawn',
      };
    case 'value':
      checkGiven(name, distribution, choice.value);
      return {
        ...record,
        value: choice.value,
        noise: [],
        origin: 'given',
        ...(choice.preimage && { preimage: choice.preimage }),
      };
    case 'enumeration':
      return { ...record, value: choice.value, noise: [], origin: 'enumerated' };
  }
};

/** The `count` indices with the smallest uniforms: every subset is equally likely. */
const subsample = (size: number, count: number, uniforms: Tensor): Tensor =>
  tf.topk(tf.reshape(tf.neg(uniforms), [size]), count).indices;

/** What was used of the noise of a name so far: a second visit is another draw. */
type UsedBlocks = Map<string, number>;

/** A draw that is no latent; it is told of as one that a handler hides, unless something stands for it. */
const noiseValue = (i: NoiseInstruction, options: RunOptions, used: UsedBlocks): Tensor => {
  const { name, distribution } = i;
  const plates = placed(i);
  checkBatch(name, distribution, plates, options.role);
  if (options.validates === true) assertValid({ ...i, role: options.role });
  const from = used.get(name) ?? 0;
  used.set(name, from + distribution.sampler.noise.length);
  const draw = drawNoise(i, plates, options.noise, from);
  const stands = i.evaluating && i.evaluation !== undefined;
  if (!stands) {
    options.onHidden?.({ kind: 'sample', name, distribution, plates, origin: 'drawn', ...draw });
  }
  return draw.value;
};

/** The average after a run, in which every row, particle and summed value counts the same. */
const averaged = (
  stored: Tensor,
  { value, momentum }: NonNullable<ParamInstruction['running']>,
): Tensor => {
  const left = Array.from({ length: value.rank - stored.rank }, (_, i) => i);
  const now = left.length === 0 ? value : tf.mean(value, left);
  return stopGradient(tf.add(tf.mul(stored, momentum), tf.mul(now, 1 - momentum)));
};

const recordOf = (i: Instruction, options: RunOptions, used: UsedBlocks): SiteRecord | Tensor => {
  switch (i.op) {
    case 'sample':
      return sampleRecord(i, options);
    case 'noise':
      return noiseValue(i, options, used);
    case 'inTraining':
      return i.evaluating ? i.otherwise : i.training;
    case 'rowMean':
      return rowMean(i, placed(i));
    case 'param': {
      const plates = placed(i);
      const stored = options.parameter(i);
      const value = constrainedValue(i, stored);
      const next = i.running && averaged(stored, i.running);
      const record = { kind: 'param', name: i.name, stored, value, support: i.support } as const;
      return { ...record, plates, ...(next && { next }) };
    }
    case 'deterministic':
      return {
        kind: 'deterministic',
        name: i.name,
        value: i.value,
        plates: placed(i),
      };
    case 'factor':
      return {
        kind: 'factor',
        name: i.name,
        value: i.logFactor,
        plates: placed(i),
        ...(i.loss && { loss: true }),
      };
    case 'subsample':
      return subsample(
        i.size,
        i.count,
        options.noise(noiseName('plate', i.name), 0, baseNoise('uniform', [i.size]), []),
      );
  }
};

const showPlates = ({ plates }: ParamRecord): string =>
  plates.length === 0 ? 'no plate' : plates.map((p) => `plate '${p.name}'`).join(', ');

/** One value for each element of a plate is none for another's, whatever their sizes are. */
const checkPlates = (before: ParamRecord, now: ParamRecord): void => {
  const [first, second] = [before, now].map(showPlates);
  if (first === second) return;
  throw new SiteError({
    site: `param '${now.name}'`,
    expected: `one value for each element of ${first}, as at its first visit`,
    received: `a visit in ${second}`,
    cure: 'Give it a name of its own there, or one value for all elements: shared(param(…)).',
  });
};

const isRecord = (x: SiteRecord | Tensor): x is SiteRecord => 'kind' in x && 'name' in x;

/** Runs a program and records each site; a site visited twice is a mistake, a shared param is not. */
export const runProgram = <E, A>(program: Program<E, A>, given: RunOptions): Run<A> => {
  const records = new Map<string, SiteRecord>();
  const hiddenOnes: SampleRecord[] = [];
  const options: RunOptions = {
    ...given,
    onHidden: (record) => {
      hiddenOnes.push(record);
      given.onHidden?.(record);
    },
  };
  const used: UsedBlocks = new Map();
  const result = interpret(program, (i) => {
    const answer = recordOf(i, options, used);
    if (!isRecord(answer)) return answer;
    const hidden = i.op === 'sample' && i.hidden;
    if (hidden && answer.kind === 'sample') options.onHidden?.(answer);
    if (!hidden) {
      const before = records.get(answer.name);
      if (before?.kind === 'param' && answer.kind === 'param') checkPlates(before, answer);
      else if (before !== undefined) {
        throw new SiteError({
          site: siteLabel(answer.name),
          expected: 'one site of this name',
          received: `a ${before.kind} and a ${answer.kind} site`,
          cure: 'Give every site a name of its own; in a loop, compute it: `z${i}`.',
        });
      }
      records.set(answer.name, answer);
      if (answer.kind === 'sample' && answer.origin !== 'observed') options.onLatent?.(answer);
    }
    // Whole numbers that were observed may be meant as indices: only their density wants float32.
    return (i.op === 'sample' && i.observed) || answer.value;
  });
  return { result, records: [...records.values()], hidden: hiddenOnes };
};
