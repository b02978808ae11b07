/** The interpreter gives what an eager run gives, to the bit, and leaves nothing behind. */
import * as tf from '@tensorflow/tfjs';
import { type Tensor, useBackend } from 'marginalia';
import { type Graph, graphOf } from 'marginalia/compile';
import { blackBox } from 'marginalia/tensors';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundTo } from '../../../src/compile/compile.js';
import { interpretedExecutable } from './interpreted-executable.js';
import { interpreter } from '../../../src/compile/interpreter/interpreter.js';
import { recordGraph } from '../../../src/compile/recording/recorder.js';
import { wave } from '../compiled-values.js';
import { right } from '../../either.js';

type Named = Readonly<Record<string, Tensor>>;
type Operation = (...xs: Tensor[]) => Tensor | readonly Tensor[];

beforeAll(async () => {
  right(await useBackend('cpu')());
});

const listed = (made: Tensor | readonly Tensor[]): readonly Tensor[] =>
  made instanceof tf.Tensor ? [made] : made;

const named = (xs: readonly Tensor[]): Named => Object.fromEntries(xs.map((x, i) => [`x${i}`, x]));

/** What a function does, written down as it stands: nothing is rewritten, so bits are the same. */
const traced = (f: Operation, xs: readonly Tensor[]): Graph =>
  recordGraph(
    Object.fromEntries(
      xs.map((x, i) => [
        `x${i}`,
        { shape: x.shape, dtype: x.dtype === 'int32' ? 'int32' : 'float32' },
      ]),
    ),
    (inputs) => named(listed(f(...Object.values(inputs)))),
  );

/** What `f` gives with the number of tensors that it leaves. */
const counted = <A>(f: () => A): readonly [A, number] => {
  const before = tf.memory().numTensors;
  const made = f();
  return [made, tf.memory().numTensors - before];
};

const sameBits = (found: Named, expected: readonly Tensor[]): void => {
  expect(Object.keys(found)).toHaveLength(expected.length);
  expected.forEach((x, i) => {
    const y = found[`x${i}`];
    expect([y?.shape, y?.dtype]).toEqual([x.shape, x.dtype]);
    expect(y?.dataSync()).toEqual(x.dataSync());
  });
};

const index = (...values: number[]): Tensor => tf.tensor1d(values, 'int32');

const operations: readonly (readonly [string, Operation, readonly Tensor[]])[] = [
  ['a chain', (x) => tf.sum(tf.exp(tf.neg(tf.square(x))), -1), [wave([3, 4])]],
  ['broadcasting', (x, y) => tf.mul(tf.add(x, y), tf.div(x, y)), [wave([3, 1]), wave([4])]],
  ['a product', (x, y) => tf.matMul(x, y, true), [wave([5, 3]), wave([5, 2])]],
  ['a constant', (x) => tf.add(x, tf.tensor1d([1, 2, 3])), [wave([2, 3])]],
  ['a list of inputs', (x, y) => tf.concat([x, y, x], 1), [wave([2, 3]), wave([2, 1])]],
  ['a list of outputs', (x) => tf.split(x, [1, 3], 1), [wave([2, 4])]],
  ['one of a list of outputs', (x) => tf.split(x, 2, 1)[1] ?? x, [wave([2, 4])]],
  ['rows by number', (x, rows) => tf.gather(x, rows), [wave([5, 2]), index(4, 0, 4)]],
  ['a condition', (x, y) => tf.where(tf.greater(x, y), x, y), [wave([6]), wave([6], 4)]],
  [
    'an image',
    (x, w) => tf.conv2d(x.as4D(2, 5, 5, 1), w.as4D(3, 3, 1, 2), 2, 'same'),
    [wave([2, 5, 5, 1]), wave([3, 3, 1, 2])],
  ],
  ['an input that is an output', (x) => [x, tf.reshape(x, [6]), x], [wave([2, 3])]],
  ['a constant that is an output', () => tf.scalar(3), []],
  [
    'one value under two names',
    (x) => {
      const y = tf.exp(x);
      return [y, y, tf.neg(y)];
    },
    [wave([3])],
  ],
  ['nothing at all', (x) => tf.sum(x, 1), [tf.zeros([2, 0])]],
  [
    'host code',
    (x) => blackBox((v: Tensor) => v.dataSync()[0] ?? 0, { shape: [] })(tf.exp(x)),
    [wave([2])],
  ],
];

describe('agrees with an eager run', () => {
  it.each(operations)('%s', (_, f, xs) => {
    const expected = listed(f(...xs));
    const { run, close } = interpreter(traced(f, xs));
    sameBits(run(named(xs)), expected);
    const [found, left] = counted(() => run(named(xs)));
    sameBits(found, expected);
    expect(left).toBe(expected.length);
    tf.dispose(found);
    for (const x of xs) expect(x.isDisposed).toBe(false);
    const [, freed] = counted(close);
    expect(freed).toBeLessThanOrEqual(0);
    // It may be run again.
    sameBits(run(named(xs)), expected);
    close();
  });
});

it('keeps no more than its constants from run to run, and those in a tidy too', () => {
  const x = wave([3]);
  const { run, close } = interpreter(traced((v) => tf.add(v, tf.tensor1d([1, 2, 3])), [x]));
  const [, first] = counted(() => tf.tidy(() => void run({ x0: x })));
  expect(first).toBe(1);
  const [, second] = counted(() => tf.tidy(() => void run({ x0: x })));
  expect(second).toBe(0);
  const [, closed] = counted(close);
  expect(closed).toBe(-1);
});

it('holds no value after its last use', () => {
  const there: number[] = [];
  const look = blackBox(
    () => {
      there.push(tf.memory().numTensors);
      return 0;
    },
    { shape: [] },
  );
  const x = wave([3]);
  const last = (length: number): number => {
    const { run } = interpreter(
      traced((v) => look(Array.from({ length }).reduce<Tensor>((y) => tf.exp(y), v)), [x]),
    );
    tf.dispose(run({ x0: x }));
    return there.at(-1) ?? Number.NaN;
  };
  expect(last(9)).toBe(last(2));
});

it('records nothing for a gradient', () => {
  const x = wave([3]);
  const { run } = interpreter(traced((v) => tf.square(v), [x]));
  const slope = tf.grad((v: Tensor) => tf.sum(tf.add(v, run({ x0: v })['x0'] ?? v)));
  expect(slope(x).arraySync()).toEqual([1, 1, 1]);
});

it('frees what it made before an error', () => {
  const fails = blackBox(
    (): number => {
      throw new Error('no value today');
    },
    { shape: [] },
  );
  const x = wave([3]);
  const { run, close } = interpreter(traced((v) => fails(tf.exp(tf.neg(v))), [x]));
  const [, left] = counted(() => expect(() => run({ x0: x })).toThrow('no value today'));
  expect(left).toBe(0);
  close();
});

it('refuses inputs that it was not made for', () => {
  const { run } = interpreter(traced((v) => tf.exp(v), [wave([3])]));
  expect(() => run({})).toThrow("expected the input 'x0' to be float32 [3], but got none");
  expect(() => run({ x0: wave([4]) })).toThrow('but got float32 [4]');
  expect(() => run({ x0: index(1, 2, 3) })).toThrow('but got int32 [3]');
});

it('names an operation that no backend has, and the backend', () => {
  const graph: Graph = {
    values: [
      { shape: [], dtype: 'float32' },
      { shape: [], dtype: 'float32' },
    ],
    constants: new Map(),
    nodes: [{ kernel: 'Sandwich', inputs: { x: 0 }, attributes: {}, outputs: [1] }],
    inputs: [{ name: 'x', id: 0 }],
    outputs: [{ name: 'y', id: 1 }],
  };
  expect(() => interpreter(graph).run({ x: tf.scalar(1) })).toThrow(
    "expected the operation Sandwich in the backend 'cpu', but there is none",
  );
});

it('runs over arrays, of which one may be input and output', () => {
  const graph = right(
    graphOf(
      ({ a = tf.scalar(0), b = tf.scalar(0) }) => ({
        a: b,
        b: tf.add(a, 1),
        c: tf.reshape(a, [2, 1]),
      }),
      {
        a: tf.zeros([2]),
        b: tf.zeros([2]),
      },
    ),
  );
  const { inputs } = boundTo(graph);
  const c = new Float32Array(2);
  const { run, by, close } = interpretedExecutable({ graph, inputs, outputs: { ...inputs, c } });
  expect(by).toBe('TensorFlow.js, cpu');
  inputs['a']?.set([1, 2]);
  inputs['b']?.set([7, 8]);
  const [, left] = counted(run);
  expect([...(inputs['a'] ?? [])]).toEqual([7, 8]);
  expect([...(inputs['b'] ?? [])]).toEqual([2, 3]);
  expect([...c]).toEqual([1, 2]);
  const [, again] = counted(run);
  expect([left, again]).toEqual([1, 0]);
  void close();
});
