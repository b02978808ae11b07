/** What a value is, in words: for messages about one that is not what was expected. */
import * as tf from '@tensorflow/tfjs';

/** What a value turns out to be. */
export type Kind =
  'program' | 'distribution' | 'promise' | 'tensor' | 'function' | 'text' | 'nothing' | 'other';

export interface Described {
  readonly kind: Kind;
  /** With its article: `a program`, `the number 3`. */
  readonly words: string;
}

/** Whether an object runs as a program; arrays iterate as well, and do not. */
const runs = (x: object): boolean =>
  Symbol.iterator in x && !Array.isArray(x) && !ArrayBuffer.isView(x);

const hasLaw = (x: object): boolean => 'family' in x && 'sampler' in x;

const describedObject = (x: object): Described => {
  if (x instanceof tf.Tensor) return { kind: 'tensor', words: `a tensor of ${x.dtype}` };
  if (runs(x)) return { kind: 'program', words: 'a program' };
  if (hasLaw(x)) return { kind: 'distribution', words: 'a distribution' };
  if ('then' in x) return { kind: 'promise', words: 'a promise' };
  if (Array.isArray(x)) return { kind: 'other', words: 'an array' };
  if (ArrayBuffer.isView(x)) return { kind: 'other', words: `a ${x.constructor.name}` };
  const fields = Object.keys(x).slice(0, 4).join(', ');
  return {
    kind: 'other',
    words: fields === '' ? 'an object' : `an object with the fields ${fields}`,
  };
};

/** Says what a value is. */
export const described = (x: unknown): Described => {
  switch (typeof x) {
    case 'function':
      return { kind: 'function', words: 'a function' };
    case 'string':
      return { kind: 'text', words: `the text '${x}'` };
    case 'undefined':
      return { kind: 'nothing', words: 'undefined' };
    case 'object':
      return x === null ? { kind: 'nothing', words: 'null' } : describedObject(x);
    default:
      return { kind: 'other', words: `the ${typeof x} ${String(x)}` };
  }
};
