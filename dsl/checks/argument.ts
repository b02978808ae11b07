/** What a distribution was made from: named numbers, each with the domain that it must lie in. */
import * as tf from '@tensorflow/tfjs';
import { type Domain, firstOutside, showOutside } from './domain.js';
import { flattened } from '../tensors/nested.js';
import type { Tensor, TensorLike } from '../tensors/tensor.js';

/** A named tensor that a distribution was made from, as it was given. */
export interface Argument {
  readonly name: string;
  readonly value: Tensor;
  readonly domain: Domain;
  /** How many of its last axes belong to one law; the others are batch. */
  readonly own: number;
  /** How to stay in the domain, where that is not as for every argument of it. */
  readonly cure?: string;
}

/** The numbers in what is no tensor, rounded as one would hold them. */
export const numbersIn = (given: TensorLike, who: string): ArrayLike<number> =>
  given instanceof tf.Tensor ? [] : flattened(given, who).values;

/** An argument as it was given and as a tensor, its domain, how many last axes one law has, a cure. */
export type Given = readonly [
  given: TensorLike,
  value: Tensor,
  domain: Domain,
  own?: number,
  cure?: string,
];

/**
 * The arguments of a family by name. Numbers and arrays are judged at once, by a `RangeError`; a tensor
 * may have no value yet, and is judged where a program is run.
 *
 * @example
 * ```ts
 * const rate = 2;
 * const given = argumentsOf('waiting', { rate: [rate, asTensor(rate), positive] });
 * given.map((one) => [one.name, one.value.dataSync()[0]]); // [['rate', 2]]
 * E.isLeft(E.tryCatch(() => argumentsOf('waiting', { rate: [-1, asTensor(-1), positive] }), String)); // true
 * ```
 */
export const argumentsOf = (
  who: string,
  named: Readonly<Record<string, Given>>,
): readonly Argument[] =>
  Object.entries(named).map(([name, [given, value, domain, own = 0, cure]]) => {
    const outside = firstOutside(numbersIn(given, who), value.shape, domain);
    if (outside === undefined) return { name, value, domain, own, ...(cure && { cure }) };
    throw new RangeError(
      `${who}: expected ${name} to be ${domain.words}, but got ${showOutside(outside)}; ` +
        `${cure ?? domain.cure}.`,
    );
  });
