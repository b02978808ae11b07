/** Plates: named axes along which sites are independent given what is outside. */
import * as tf from '@tensorflow/tfjs';
import { SiteError } from '../refusals/error.js';
import { anything, checkOptions } from '../refusals/options.js';
import type { Tensor } from '../tensors/tensor.js';
import type { Instruction, PlateFrame } from './instruction.js';
import { checkName } from './name.js';
import { type Program, type Visit, rewrite } from './program.js';
import type { InPlate } from './site.js';

/** How a plate is laid out; a bare number is its size. */
export interface PlateOptions {
  /** The full number of elements. */
  readonly size: number;
  /** Visit this many elements, drawn by the engine; model and guide visit the same. */
  readonly subsample?: number;
  /** Visit these elements, `[count]` int32: at most `size` of 0, …, size − 1, which may repeat. */
  readonly indices?: Tensor;
  /**
   * Visit this many elements, whichever they are, as a minibatch is: for a body in which no element has
   * anything of its own, a parameter or a known constant; that takes `indices`.
   */
  readonly count?: number;
  /** The batch axis to use, negative, counted from the right; for plates that cross. */
  readonly axis?: number;
}

const within = (i: Instruction, frame: PlateFrame): Instruction => {
  if (i.op === 'param' && !i.shared && frame.indices === undefined && frame.count < frame.size) {
    throw new SiteError({
      site: `param '${i.name}'`,
      expected: `to know which ${frame.count} of the ${frame.size} elements of plate '${frame.name}' are visited, for each has a value`,
      received: 'how many alone',
      cure: `Share it, shared(param(…)), or carry the rows' numbers in the batch and pass them as the plate's indices.`,
    });
  }
  switch (i.op) {
    case 'sample':
    case 'noise':
    case 'inTraining':
    case 'rowMean':
    case 'deterministic':
    case 'factor':
      return { ...i, plates: [frame, ...i.plates] };
    case 'param':
      return i.shared ? i : { ...i, plates: [frame, ...i.plates] };
    case 'subsample':
      return i;
  }
};

const checkLayout = (
  name: string,
  { size, subsample, indices, count, axis }: PlateOptions,
): void => {
  const complain = (expected: string, received: string, cure: string): never => {
    throw new SiteError({ site: `plate '${name}'`, expected, received, cure });
  };
  if (!Number.isInteger(size) || size < 1) {
    complain('a size of at least 1', String(size), 'Give the full number of elements.');
  }
  if (
    subsample !== undefined &&
    (!Number.isInteger(subsample) || subsample < 1 || subsample > size)
  ) {
    complain(`a subsample of 1 to ${size}`, String(subsample), 'Visit at most the whole plate.');
  }
  if (count !== undefined && (!Number.isInteger(count) || count < 1 || count > size)) {
    complain(`a count of 1 to ${size}`, String(count), 'Give size the full number of elements.');
  }
  if (count !== undefined && (subsample !== undefined || indices !== undefined)) {
    complain(
      'one of count, subsample and indices',
      `count and ${indices === undefined ? 'subsample' : 'indices'}`,
      'Indices and subsample say themselves how many they are.',
    );
  }
  if (indices !== undefined && (indices.rank !== 1 || indices.dtype !== 'int32')) {
    complain(
      'indices of shape [count], int32',
      `[${indices.shape.join(', ')}], ${indices.dtype}`,
      "Make them with tf.tensor1d(rows, 'int32').",
    );
  }
  if (indices?.size === 0) {
    complain(
      'indices of at least one element',
      'none',
      'Visit some of its elements; leave the plate out where there are no data.',
    );
  }
  if (indices !== undefined && indices.size > size) {
    complain(
      `at most ${size} indices`,
      String(indices.size),
      'Give size the full number of elements, of which the indices are some.',
    );
  }
  if (axis !== undefined && (!Number.isInteger(axis) || axis >= 0)) {
    complain('a negative axis', String(axis), 'Count batch axes from the right: -1, -2, ….');
  }
};

/**
 * Runs `body` once for all elements of a named plate, along a batch axis of its own: the outermost
 * plate has the rightmost axis, each inner one the next to its left, so that values from outer
 * plates broadcast inside.
 *
 * When only some elements are visited, terms of the bound inside the plate are scaled by
 * size / count, once, by the engine. A body that is a function is given the indices it visits. Of a minibatch
 * whose rows have nothing of their own, `{ size: 60000, count: x.shape[0] }` says all that is needed.
 *
 * Errors: a size, subsample, count, axis or number of indices that does not fit, 0 among them, throws a
 * `SiteError`. So do indices that lie outside, or that differ between two visits of the plate, when a
 * bound is derived, as `svi` does before the first step, and a parameter of each element where a `count`
 * does not say which they are; model and guide that visit other elements throw a
 * `GuideMisfitError` there.
 *
 * @example
 * ```ts
 * const draws = plate('data', 3, sample('x', normal(0, 1)));
 * simulate(draws, { key: key(0) }).shape; // [3]
 * ```
 */
export const plate = <const P extends string, E, A>(
  name: P,
  options: number | PlateOptions,
  body: Program<E, A> | ((indices: Tensor) => Program<E, A>),
): Program<InPlate<E, P>, A> => {
  const asked: PlateOptions = typeof options === 'number' ? { size: options } : options;
  checkName('plate', name);
  checkOptions(`plate '${name}'`, asked, {
    size: anything,
    subsample: anything,
    indices: anything,
    count: anything,
    axis: anything,
  });
  checkLayout(name, asked);
  const { size, subsample, axis } = asked;
  if (typeof body === 'function' && asked.count !== undefined && asked.count < size) {
    throw new SiteError({
      site: `plate '${name}'`,
      expected: 'indices, for its body is a function of them',
      received: 'a count of elements, whichever they are',
      cure: 'Pass indices, or a body that needs none.',
    });
  }
  return {
    *[Symbol.iterator](): Generator<Visit<InPlate<E, P>>, A, Tensor> {
      const indices: Tensor | undefined =
        asked.indices ??
        (subsample === undefined || subsample === size
          ? undefined
          : yield { instruction: { op: 'subsample', name, size, count: subsample } });
      const frame: PlateFrame = {
        name,
        size,
        count: indices?.shape[0] ?? asked.count ?? size,
        ...(axis !== undefined && { axis }),
        ...(indices && { indices }),
        ...(indices && asked.indices === undefined && { drawn: true }),
      };
      const inner =
        typeof body === 'function' ? body(indices ?? tf.range(0, size, 1, 'int32')) : body;
      return yield* rewrite<InPlate<E, P>, E, A>(inner, () => ({
        each: (i) => within(i, frame),
      }));
    },
  };
};
