/** What a mixture is made of: laws of one family along a batch axis, or laws of several, one beside another. */
import * as tf from '@tensorflow/tfjs';
import type { Distribution, Enumeration, Structure } from '../law/distribution.js';
import { isWithin } from '../supports/inclusion.js';
import type { Support } from '../supports/support.js';
import { choose } from '../tensors/comparison.js';
import type { Noise, Shape } from '../tensors/noise.js';
import { broadcastAll, dropLast, lastAxes, sameShape, showShape } from '../tensors/shape.js';
import { type Tensor, expandTo } from '../tensors/tensor.js';

/** A function of one component, told how to give it the value of the whole. */
type OfComponent = (d: Distribution, given: (value: Tensor) => Tensor) => Tensor;

export interface Components {
  /** Of the mixture. */
  readonly name: string;
  readonly classes: number;
  /** Without the axis of the classes. */
  readonly batchShape: Shape;
  readonly eventShape: Shape;
  readonly support: Support;
  readonly structure: (mixing: Distribution) => Structure;
  readonly noise: readonly Noise[];
  /** Draws of all of them, `[..., K, ...event]`. */
  readonly draw: (noise: readonly Tensor[]) => Tensor;
  /** f of each, `[..., K, ...tail]`, where f of one has `tail` axes on its right that are no batch. */
  readonly each: (f: OfComponent, tail: number) => Tensor;
  /** Whether every one of them has it. */
  readonly have: (what: (d: Distribution) => unknown) => boolean;
  /** The values of the support, where all list theirs. */
  readonly enumeration: Enumeration | undefined;
}

/** Laws of one family, along the last batch axis. */
export const alike = (component: Distribution): Components => {
  const { batchShape, eventShape, sampler, support } = component;
  const rank = eventShape.length;
  const classes = batchShape.at(-1) ?? 0;
  const spread = (value: Tensor): Tensor => tf.expandDims(value, value.rank - rank);
  return {
    name: component.family.name,
    classes,
    batchShape: dropLast(batchShape, 1),
    eventShape,
    support,
    structure: (mixing) => ({ _tag: 'mixture', mixing, component }),
    noise: sampler.noise.map((n) => ({ law: n.law, shape: [classes, ...n.shape] })),
    draw: (noise) => sampler.draw(noise).value,
    each: (f) => f(component, spread),
    have: (what) => Boolean(what(component)),
    enumeration: sampler.enumeration,
  };
};

/** Whether a law is on a support, or inside it and able to say which numbers are its own. */
const fits = (d: Distribution, whole: Support): boolean =>
  d.support.name === whole.name || (d.support.inside !== undefined && isWithin(d.support, whole));

/** The law whose support holds those of all. */
const widest = (laws: readonly Distribution[]): Distribution => {
  const found = laws.find(({ support }) => laws.every((d) => fits(d, support)));
  if (found) return found;
  throw new RangeError(
    'mixture: expected components on one support, or on parts of one, but got ' +
      `${[...new Set(laws.map((d) => d.support.name))].join(' and ')}; transform them onto one.`,
  );
};

/** The law on a wider support, beyond its own part of which it has nothing. */
const confined = (d: Distribution, whole: Support): Distribution => {
  const { inside, name, some } = d.support;
  if (name === whole.name || inside === undefined) return d;
  const rank = d.eventShape.length;
  const { cdf: _, icdf: __, ...rest } = d;
  const { enumeration: ___, ...sampler } = d.sampler;
  return {
    ...rest,
    sampler,
    logProb: (value) => {
      const own = inside(value);
      const isOwn = rank === 0 ? own : tf.min(own, lastAxes(own.rank, rank));
      const beside = rank === 0 ? own : tf.min(own, lastAxes(own.rank, rank), true);
      const log = d.logProb(choose(beside, value, some(value.shape)));
      return choose(isOwn, log, tf.scalar(-Infinity));
    },
  };
};

/** Laws of several families, one for each class. */
export const unlike = (laws: readonly Distribution[]): Components => {
  const [first] = laws;
  if (first === undefined) {
    throw new RangeError(
      'mixture: expected one component for each class, but got none; give some.',
    );
  }
  const odd = laws.find((d) => !sameShape(d.eventShape, first.eventShape));
  if (odd) {
    throw new RangeError(
      `mixture: expected components of one event shape, ${showShape(first.eventShape)}, but got ` +
        `${showShape(odd.eventShape)}; wrap batch axes in independent(…).`,
    );
  }
  const whole = widest(laws);
  const rank = first.eventShape.length;
  const parts = laws.map((d) => confined(d, whole.support));
  const batchShape = broadcastAll(
    'mixture',
    laws.map((d) => d.batchShape),
  );
  const side = (xs: readonly Tensor[], tail: number): Tensor => {
    const shape = broadcastAll(
      'mixture',
      xs.map((x) => x.shape),
    );
    return tf.stack(
      xs.map((x) => expandTo(x, shape)),
      shape.length - tail,
    );
  };
  const listed = laws.every((d) => d.sampler.enumeration) ? whole.sampler.enumeration : undefined;
  return {
    name: [...new Set(laws.map((d) => d.family.name))].join(', '),
    classes: laws.length,
    batchShape,
    eventShape: first.eventShape,
    support: whole.support,
    structure: (mixing) => ({
      _tag: 'parts',
      parts: [mixing, ...laws].map((law) => ({ law, axes: 0 })),
    }),
    noise: laws.flatMap((d) => d.sampler.noise),
    draw: (noise) => {
      const from = (i: number): number =>
        laws.slice(0, i).reduce((n, d) => n + d.sampler.noise.length, 0);
      const drawn = laws.map((d, i) => d.sampler.draw(noise.slice(from(i), from(i + 1))).value);
      return side(drawn, rank);
    },
    each: (f, tail) =>
      side(
        parts.map((d) => f(d, (value) => value)),
        tail,
      ),
    have: (what) => parts.every((d) => Boolean(what(d))),
    enumeration: listed,
  };
};
