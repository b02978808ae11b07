/**
 * Learned parameters as data: a plain record of named unconstrained tensors. The value a program
 * sees is the image under the support's bijector, gathered at the rows its plates visit.
 */
import {
  type Initializer,
  type Shape,
  SiteError,
  type Tensor,
  bijectorTo,
} from '../../dsl/index.js';
import { described } from '../../dsl/tensors/described.js';
import { firstOutside, showOutside } from '../../dsl/checks/domain.js';
import type { ParamInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, placePlates } from '../../dsl/program/layout.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import { expandTo } from '../../dsl/tensors/tensor.js';
import * as tf from '@tensorflow/tfjs';
import { isRecording } from '../compile/recording/recorder.js';
import { type NoiseSource, noiseName } from '../random/noise-source.js';

/** Marks values in their supports, which would be taken for unconstrained ones otherwise. */
const constrained = Symbol('constrained');

/** Unconstrained parameters by name. */
export type Params<N extends string = string> = Readonly<Record<N, Tensor>> & {
  readonly [constrained]?: never;
};

/** Parameters in their supports by name, as programs see them: not what is given as `params`. */
export type ParamValues<N extends string = string> = Readonly<Record<N, Tensor>> & {
  readonly [constrained]: true;
};

/** Whether values are marked as lying in their supports. */
export const areInSupports = (values: Readonly<Record<string, Tensor>>): boolean =>
  constrained in values;

/** Marks parameters as lying in their supports. */
export const inSupports = <N extends string>(
  values: Readonly<Record<N, Tensor>>,
): ParamValues<N> => ({ ...values, [constrained]: true });

/** The axes that hold one value an element, leftmost first, at the plates' full sizes. */
const fullPlates = (plates: readonly PlacedPlate[]): Shape => {
  const depth = Math.max(0, ...plates.map((p) => -p.axis));
  return Array.from(
    { length: depth },
    (_, i) => plates.find((p) => p.axis === i - depth)?.size ?? 1,
  );
};

const isInitializer = (init: Tensor | Initializer): init is Initializer => 'noise' in init;

/** The shape that a parameter is kept in. */
const storedShape = (i: ParamInstruction): Shape => [
  ...fullPlates(placePlates(i.name, i.plates)),
  ...bijectorTo(i.support).inputShape(i.init.shape),
];

/** Throws where an initial value is outside of the support, unless it has no value yet. */
const checkInitial = ({ name, support }: ParamInstruction, value: Tensor): void => {
  if (isRecording()) return;
  // A number on the edge of a half line has no unconstrained image.
  const domain = bijectorTo(support).codomain;
  const outside = firstOutside(value.dataSync(), value.shape, domain);
  if (outside === undefined) return;
  throw new SiteError({
    site: `param '${name}'`,
    expected: `an initial value that is ${domain.words}, as its support needs`,
    received: showOutside(outside),
    cure: 'Start from a number inside the support, or give the param another support.',
  });
};

/** The unconstrained initial value of a parameter, noise drawn by its name. */
export const initialValue = (i: ParamInstruction, noise: NoiseSource): Tensor => {
  const value = isInitializer(i.init)
    ? i.init.push(noise(noiseName('param', i.name), 0, i.init.noise, i.init.shape))
    : i.init;
  const start = tf.cast(value, 'float32');
  checkInitial(i, start);
  const stored = bijectorTo(i.support).inverse(start);
  return tf.clone(expandTo(stored, storedShape(i)));
};

/** Throws for a parameter that was given as something else, as plain numbers are. */
export const checkStored = (i: ParamInstruction, stored: unknown): void => {
  if (stored instanceof tf.Tensor) return;
  throw new SiteError({
    site: `param '${i.name}'`,
    expected: `an unconstrained tensor of shape ${showShape(storedShape(i))}`,
    received: described(stored).words,
    cure: 'Give `params` as they stand in the state of a fit, or make tensors: tf.tensor(…).',
  });
};

/** The value that the program sees. */
export const constrainedValue = (i: ParamInstruction, stored: Tensor): Tensor => {
  const expected = storedShape(i);
  checkStored(i, stored);
  if (!sameShape(stored.shape, expected)) {
    throw new SiteError({
      site: `param '${i.name}'`,
      expected: `shape ${showShape(expected)}`,
      received: showShape(stored.shape),
      cure: 'Give each parameter one shape: use different names, and feed the same widths every time.',
    });
  }
  const plates = placePlates(i.name, i.plates);
  const depth = fullPlates(plates).length;
  const rows = plates.reduce<Tensor>(
    (x, p) =>
      p.indices === undefined ? x : tf.gather(x, tf.cast(p.indices, 'int32'), depth + p.axis),
    stored,
  );
  return bijectorTo(i.support).forward(rows);
};
