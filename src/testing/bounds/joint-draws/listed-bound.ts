/** A bound at joint draws of its particles, each by its number: what every draw of finite sites is listed by. */
import { sizeOf } from '../../../../dsl/tensors/shape.js';
import type { Objective } from '../../../bounds/objective.js';
import type { NoiseInput } from '../../../inference/compiled/noisy-graph.js';
import { noiseOwner } from '../../../random/noise-source.js';
import type { Trial } from '../../law/inference.js';
import { type DrawnBound, type DrawnValue, drawnBound } from './drawn-bound.js';

/** States of the particles of one joint draw, a number each. */
export type Draw = readonly number[];

/** A bound of which every draw can be listed. */
export interface ListedBound {
  /** Joint values of all that one particle draws. */
  readonly states: number;
  readonly particles: number;
  readonly precision: ReturnType<DrawnBound['precision']>;
  readonly at: (draw: Draw) => DrawnValue;
}

/** A number that a particle draws: where it stands among the noise, and what it may be. */
interface Digit {
  readonly input: string;
  /** Where it stands for a particle. */
  readonly at: (particle: number) => number;
  readonly values: readonly (readonly number[])[];
}

/** The numbers that each particle draws, or nothing where one has no list of values. */
const digitsOf = (bound: DrawnBound, particles: number): readonly Digit[] | undefined => {
  const digits = bound.valueNoises.map((noise) => digitsIn(bound, noise, particles));
  return digits.every((d) => d !== undefined) ? digits.flat() : undefined;
};

const digitsIn = (
  { given }: DrawnBound,
  { input, site, noise, batch }: NoiseInput,
  particles: number,
): readonly Digit[] | undefined => {
  const { kind, name } = noiseOwner(site);
  const listed = given.get(name);
  if (kind !== 'site' || listed === undefined) return undefined;
  const width = sizeOf(noise.shape);
  const each = sizeOf(batch) / particles;
  return Array.from({ length: each }, (_, i) => ({
    input,
    at: (particle) => (particle * each + i) * width,
    values: listed.values,
  }));
};

/** The number of a value for each digit of a state. */
const valuesAt = (digits: readonly Digit[], state: number): readonly (readonly number[])[] => {
  let rest = state;
  return digits.map(({ values }) => {
    const digit = rest % values.length;
    rest = Math.floor(rest / values.length);
    return values[digit] ?? [];
  });
};

/** Other orders of a draw, in which what belongs together by its place is apart. */
const rearranged = (draw: Draw): readonly Draw[] => {
  const half = Math.ceil(draw.length / 2);
  const dealt = draw.slice(0, half).flatMap((s, i) => [s, ...draw.slice(half + i, half + i + 1)]);
  return [draw.toReversed(), dealt, [...draw.slice(1), ...draw.slice(0, 1)]];
};

const isClose = (a: number, b: number): boolean =>
  a === b || Math.abs(a - b) <= 1e-5 * Math.max(1, Math.abs(a), Math.abs(b));

/** Whether the order of particles is seen not to matter at a draw. */
export const isSymmetricAt = ({ at }: ListedBound, draw: Draw): boolean => {
  const { value } = at(draw);
  return rearranged(draw).every((order) => isClose(at(order).value, value));
};

/** Lists the draws of a bound; nothing where a site that is drawn has not a finite support. */
export const listedBound = (trial: Trial, objective: Objective): ListedBound | undefined => {
  const { particles } = objective;
  const bound = drawnBound(trial, objective);
  const digits = digitsOf(bound, particles);
  if (digits === undefined) return undefined;
  const noise = new Map(
    bound.valueNoises.map(({ input, noise: law, batch }) => [
      input,
      new Float64Array(sizeOf([...batch, ...law.shape])),
    ]),
  );
  const named = Object.fromEntries(noise);
  return {
    states: digits.reduce((product, d) => product * d.values.length, 1),
    particles,
    precision: bound.precision('value'),
    at: (draw) => {
      draw.forEach((state, particle) =>
        valuesAt(digits, state).forEach((value, i) => {
          const digit = digits[i];
          if (digit !== undefined) noise.get(digit.input)?.set(value, digit.at(particle));
        }),
      );
      return bound.value(bound.params, named);
    },
  };
};
