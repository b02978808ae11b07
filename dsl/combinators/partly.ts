/** A law whose value is known at some elements of its batch. */
import * as tf from '@tensorflow/tfjs';
import { choose, equal, unequal } from '../tensors/comparison.js';
import { type Distribution, type Gradient, lawOf } from '../law/distribution.js';
import { klDivergence } from '../divergences/kl.js';
import type { Known } from '../program/instruction.js';
import type { Support } from '../supports/support.js';
import type { Tensor } from '../tensors/tensor.js';
import { mask } from './mask.js';

/** With axes of length 1 on the right, for an event beside each element. */
const besideEvent = (where: Tensor, eventRank: number): Tensor =>
  eventRank === 0
    ? where
    : tf.reshape(where, [...where.shape, ...Array.from({ length: eventRank }, () => 1)]);

/** A value with what is known of it in its place. */
export const overwritten = ({ value, where }: Known, drawn: Tensor, eventRank: number): Tensor =>
  choose(besideEvent(where, eventRank), value, drawn);

/** 1 at the elements that are not known. */
export const unknownOf = ({ where }: Known): Tensor => tf.sub(1, unequal(where, tf.scalar(0)));

/** 1 where every number of an event is that of another. */
const sameEvent = (a: Tensor, b: Tensor, eventRank: number): Tensor => {
  const same = equal(a, b);
  const axes = Array.from({ length: eventRank }, (_, i) => same.rank - eventRank + i);
  return eventRank === 0 ? same : tf.min(same, axes);
};

/**
 * The law of what is drawn where a value is not known: a point mass at the value where it is.
 *
 * - log q has a term at unknown elements alone. At a known one a value of a finite support that is another has
 *   chance 0, so that a sum over all values has one term there.
 * - Gradient: that of the base, at unknown elements.
 */
export const partly = <S extends Support, G extends Gradient>(
  base: Distribution<S, G>,
  known: Known,
): Distribution<S, G> => {
  const { value, where } = known;
  const rank = base.eventShape.length;
  const { unmasked: _, ...unknown } = mask(base, unknownOf(known));
  const { sampler, unmasked } = base;
  const { relaxation, enumeration } = sampler;
  const placed = (drawn: Tensor): Tensor => overwritten(known, drawn, rank);
  const isKnown = (x: Tensor): Tensor => sameEvent(x, value, rank);
  /** 0, and −∞ for another value than the known one. */
  const logKnown = (x: Tensor): Tensor => choose(where, tf.log(isKnown(x)), tf.scalar(0));
  return {
    ...unknown,
    family: { name: base.family.name, axes: {} },
    structure: { _tag: 'partly', base, ...known },
    ...(base.arguments && { arguments: base.arguments }),
    sampler: {
      ...sampler,
      draw: (noise) => {
        const { value: drawn, ...from } = sampler.draw(noise);
        return { ...from, value: placed(drawn) };
      },
      ...(relaxation && {
        relaxation: {
          mean: () => placed(relaxation.mean()),
          draw: (noise, temperature) => placed(relaxation.draw(noise, temperature)),
        },
      }),
      ...(enumeration && {
        enumeration: {
          ...enumeration,
          ...(enumeration.chance && {
            chance: (x) => choose(where, isKnown(x), enumeration.chance?.(x) ?? tf.scalar(0)),
          }),
        },
      }),
    },
    logProb: (x, preimage) => {
      const log = unknown.logProb(x, preimage);
      return enumeration === undefined ? log : tf.add(log, logKnown(x));
    },
    ...(base.mean && { mean: () => placed(base.mean?.() ?? value) }),
    ...(base.variance && {
      variance: () => {
        const spread = base.variance?.() ?? tf.zerosLike(value);
        return choose(besideEvent(where, rank), tf.zerosLike(spread), spread);
      },
    }),
    klTo: (p) => {
      // A point mass has none to a law with a density: of what is known log p is a likelihood.
      const kl = klDivergence(base, p);
      return kl && choose(where, tf.scalar(0), kl);
    },
    ...(unmasked && { unmasked: () => partly(lawOf(base), known) }),
  };
};
