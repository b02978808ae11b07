/** What a kernel is told beside its inputs, read as what it should be. */
import * as tf from '@tensorflow/tfjs';
import { isHostCode } from '../../dsl/tensors/black-box.js';
import type { Shape } from '../../dsl/index.js';
import type { Attribute } from './graph.js';

/** An attribute as a list of numbers. */
export const numbers = (attribute: unknown): readonly number[] =>
  typeof attribute === 'number'
    ? [attribute]
    : Array.isArray(attribute)
      ? attribute.map(Number)
      : [];

/** An attribute as a number. */
export const numberOf = (attribute: unknown, otherwise: number): number =>
  typeof attribute === 'number' ? attribute : otherwise;

/** An attribute as pairs: how much is added before and after each axis. */
export const pairs = (attribute: unknown): readonly (readonly [number, number])[] =>
  Array.isArray(attribute)
    ? attribute.map((pair: unknown): readonly [number, number] => {
        const [before = 0, after = 0] = numbers(pair);
        return [before, after];
      })
    : [];

/** The axes that an attribute names, not negative; all of them where it names none. */
export const axesOf = (attribute: unknown, shape: Shape): readonly number[] =>
  attribute === undefined || attribute === null
    ? shape.map((_, i) => i)
    : tf.util.parseAxisParam([...numbers(attribute)], [...shape]);

/** The one axis that an attribute names, not negative; the first where it names none. One that is not there throws. */
export const axisIn = (attribute: unknown, shape: Shape): number =>
  axesOf(attribute ?? 0, shape)[0] ?? 0;

/** The same of what was checked before. */
export const axisOf = (attribute: unknown, shape: Shape): number => {
  const axis = numberOf(numbers(attribute)[0], 0);
  return axis < 0 ? axis + shape.length : axis;
};

const attributeOf = (value: unknown): Attribute => {
  if (value === null || value === undefined) return undefined;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') {
    return value;
  }
  if (isHostCode(value)) return value;
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(Object.values(value), attributeOf);
  }
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, attributeOf(v)]));
};

/** What a kernel is told, as plain data. */
export const attributesOf = (given: object): Readonly<Record<string, Attribute>> =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, attributeOf(value)]));
