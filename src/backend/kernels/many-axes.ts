/** Operands of many axes: what a backend does along six at most is done along as few as there are kinds of axes. */
import * as tf from '@tensorflow/tfjs';
import { type MendedKernel, inputOf } from './host.js';
import type { Mend } from './register.js';

/** The most axes that XNNPACK, by which `wasm` adds and multiplies, broadcasts along. */
const MOST_AXES = 6;

/** Neighbouring axes along which the same operands vary, as one. */
interface Run {
  readonly a: number;
  readonly b: number;
}

/** Whether one run goes on in the next axis. */
const goesOn = (run: Run, axis: Run): boolean =>
  (run.a === 1) === (axis.a === 1) && (run.b === 1) === (axis.b === 1);

const runsOf = (rank: number, a: readonly number[], b: readonly number[]): readonly Run[] => {
  const at = (own: readonly number[], i: number): number => own[i - rank + own.length] ?? 1;
  return Array.from({ length: rank }, (_, i): Run => ({ a: at(a, i), b: at(b, i) }))
    .filter((axis) => axis.a !== 1 || axis.b !== 1)
    .reduce<readonly Run[]>((runs, axis) => {
      const last = runs.at(-1);
      return last !== undefined && goesOn(last, axis)
        ? [...runs.slice(0, -1), { a: last.a * axis.a, b: last.b * axis.b }]
        : [...runs, axis];
    }, []);
};

/** A kernel of two operands along any number of axes; `spread` does what takes too many even so. */
export const manyAxes =
  (spread: MendedKernel): Mend =>
  (before) =>
  (host, inputs, attributes) => {
    const [a, b] = [inputOf(inputs, 'a'), inputOf(inputs, 'b')];
    const shape = tf.broadcast_util.assertAndGetBroadcastShape(a.shape, b.shape);
    if (before === undefined) return spread(host, inputs, attributes);
    if (shape.length <= MOST_AXES) return host.run(before, inputs, attributes);
    const runs = runsOf(shape.length, a.shape, b.shape);
    if (runs.length > MOST_AXES) return spread(host, inputs, attributes);
    const made = host.run(
      before,
      {
        a: { ...a, shape: runs.map((run) => run.a) },
        b: { ...b, shape: runs.map((run) => run.b) },
      },
      attributes,
    );
    return { ...made, shape };
  };
