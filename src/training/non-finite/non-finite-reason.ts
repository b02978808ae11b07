/** Why a number of a step is not finite, judged by where it was found and what it was computed from. */
import type { Support, Tensor } from '../../../dsl/index.js';
import { leavesOf } from '../../compile/container.js';

/** A number, or all numbers of an event, that an element was computed from. */
export interface NonFiniteInput {
  readonly name: string;
  readonly values: readonly number[];
}

/**
 * What made a number that is not finite:
 * - `data`: data that are not finite
 * - `initialValue`: a parameter that is not finite before anything was trained
 * - `earlierStep`: one that is not since an earlier update
 * - `notPositive`: a scale, rate, concentration or number of degrees of freedom that is not above 0
 * - `outsideSupport`: an observation that is no value of its family
 * - `gradient`: a slope that is not finite where the loss is
 * - `start`: something else, before anything was trained
 * - `training`: something else, since then
 */
export type NonFiniteReason =
  | 'data'
  | 'initialValue'
  | 'earlierStep'
  | 'notPositive'
  | 'outsideSupport'
  | 'gradient'
  | 'start'
  | 'training';

/** What a reason is judged by. */
export interface Evidence {
  readonly kind: 'parameter' | 'data' | 'computed';
  readonly inputs: readonly NonFiniteInput[];
  /** Where an observation of these inputs has to lie. */
  readonly support?: Support | undefined;
  /** Whether no update was taken before. */
  readonly untrained: boolean;
  readonly batch: unknown;
}

const POSITIVE: readonly string[] = ['scale', 'rate', 'concentration', 'df', 'scaleTril'];

const ownName = (name: string): string => name.slice(name.lastIndexOf(' ') + 1);

/** The numbers of an input that have to be positive: of a triangular matrix, its diagonal. */
const positiveNumbers = ({ name, values }: NonFiniteInput): readonly number[] => {
  if (!POSITIVE.includes(ownName(name))) return [];
  const size = Math.sqrt(values.length);
  return ownName(name) === 'scaleTril' ? values.filter((_, i) => i % (size + 1) === 0) : values;
};

/** The first input that has to be positive and is not. */
export const notPositive = (inputs: readonly NonFiniteInput[]): NonFiniteInput | undefined =>
  inputs.find((input) => positiveNumbers(input).some((x) => x <= 0));

const areFinite = (numbers: Iterable<number>): boolean => [...numbers].every(Number.isFinite);

const holdsNonFinite = (batch: unknown): boolean =>
  leavesOf(batch).some(([, x]: readonly [string, Tensor]) => !areFinite(x.dataSync()));

/** The reason that what was found points to. */
export const reasonFor = ({
  kind,
  inputs,
  support,
  untrained,
  batch,
}: Evidence): NonFiniteReason => {
  if (kind === 'parameter') return untrained ? 'initialValue' : 'earlierStep';
  if (kind === 'data') return 'data';
  if (notPositive(inputs) !== undefined) return 'notPositive';
  const finite = inputs.length > 0 && inputs.every(({ values }) => areFinite(values));
  const value = inputs.find(({ name }) => name === 'value')?.values ?? [];
  const bad = support === undefined ? !finite && holdsNonFinite(batch) : !areFinite(value);
  if (bad) return 'data';
  // Of a matrix an entry below the diagonal: single ones say no more.
  if (finite && support !== undefined && !value.every((x) => support.entry(x, 1, 0))) {
    return 'outsideSupport';
  }
  return untrained ? 'start' : 'training';
};
