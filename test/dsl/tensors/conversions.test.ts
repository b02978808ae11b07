/** What stands for a tensor, a program or chances, and what is said of anything else. */
import * as tf from '@tensorflow/tfjs';
import {
  bernoulli,
  categorical,
  condition,
  deterministic,
  elbo,
  evidence,
  intervene,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  predictive,
  program,
  sample,
  sgd,
  simulate,
  svi,
  trace,
  useBackend,
} from 'marginalia';
import { oneHotCategorical } from 'marginalia/distributions';
import { of } from 'marginalia/monad';
import { type TensorLike, asTensor } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';

const coins = bernoulli({ probs: 0.25 });
const [tail, head] = [Math.log(0.75), Math.log(0.25)];

describe('numbers stand for a tensor', () => {
  const forms: readonly (readonly [string, TensorLike])[] = [
    ['numbers', [1, 0, 1]],
    ['booleans', [true, false, true]],
    ['a Float32Array', Float32Array.of(1, 0, 1)],
    ['a Float64Array', Float64Array.of(1, 0, 1)],
    ['an Int32Array', Int32Array.of(1, 0, 1)],
    ['a Uint8Array', Uint8Array.of(1, 0, 1)],
    ['int32', tf.tensor1d([1, 0, 1], 'int32')],
    ['bool', tf.tensor1d([true, false, true], 'bool')],
  ];

  it.each(forms)('as %s, wherever a value is given', (_, x) => {
    const flips = plate('flips', 3, sample('x', coins));
    const expected = expect.closeTo(2 * head + tail, 5);
    expect(logDensity(plate('flips', 3, observe('x', coins, x)), {}).dataSync()[0]).toEqual(
      expected,
    );
    const seen = trace(plate('flips', 3, observe('x', coins, x)), {}).sites['x'];
    expect(seen?.value.dtype).toBe('float32');
    expect(logDensity(condition(flips, { x }), {}).dataSync()[0]).toEqual(expected);
    expect(logDensity(flips, { values: { x } }).dataSync()[0]).toEqual(expected);
    expect(simulate(intervene(flips, { x }), {}).dtype).toBe('float32');
    expect(bernoulli({ probs: x }).logProb(tf.ones([3])).dtype).toBe('float32');
    expect(normal(x, 1).mean?.().dtype).toBe('float32');
  });

  it('at every depth, rows of typed arrays among them', () => {
    const x = asTensor([
      [[1], [2]],
      [Float64Array.of(3), [true]],
    ]);
    expect([x.shape, x.dtype]).toEqual([[2, 2, 1], 'float32']);
    expect([...x.dataSync()]).toEqual([1, 2, 3, 1]);
    expect(asTensor([]).shape).toEqual([0]);
    expect(asTensor(false).shape).toEqual([]);
  });

  it('as a copy, which does not follow the array', () => {
    const numbers = Float32Array.of(1, 2);
    const x = asTensor(numbers);
    numbers[0] = 5;
    expect([...x.dataSync()]).toEqual([1, 2]);
  });

  it('and those of int32 stay indices to the program that gives them', () => {
    const k = tf.tensor1d([1, 0], 'int32');
    const picked = program(function* () {
      const seen = yield* observe('k', categorical({ probs: [0.5, 0.5] }), k);
      const named = yield* deterministic('named', k);
      return tf.gather(tf.tensor1d([5, 6]), tf.gather(seen, named));
    });
    expect([...simulate(plate('rows', 2, picked), {}).dataSync()]).toEqual([5, 6]);
  });

  it.each([
    [coins, [1, 0], head + tail],
    [categorical({ probs: [0.75, 0.25] }), [1, 0], head + tail],
    [oneHotCategorical({ probs: [0.75, 0.25] }), [0, 1], head],
  ] as const)('to a discrete density, in int32 and bool', (law, [a, b], total) => {
    for (const dtype of ['int32', 'bool'] as const) {
      const log = law.logProb(tf.tensor1d([a, b], dtype));
      expect(tf.sum(log).dataSync()[0]).toBeCloseTo(total, 5);
    }
  });
});

describe('what came, and the cure, is said', () => {
  const z = sample('z', normal(0, 1));

  it('of what is no tensor', () => {
    // @ts-expect-error -- refused
    expect(() => normal(z, 1)).toThrow(/got a program\. Write `yield\*` before it/);
    // @ts-expect-error -- refused
    expect(() => observe('x', coins, 'yes')).toThrow(/^site 'x': .* got the text 'yes'\. .*Number/);
    // @ts-expect-error -- refused
    expect(() => observe('x', coins, coins)).toThrow(/got a distribution\. Draw from it/);
    // @ts-expect-error -- refused
    expect(() => param('p', Promise.resolve(1))).toThrow(/^param 'p': .* promise\. Write `await`/);
    // @ts-expect-error -- refused
    expect(() => deterministic('d', [tf.scalar(1)])).toThrow(/got a tensor.* tf\.stack/);
    // @ts-expect-error -- refused
    expect(() => simulate(condition(z, { z: undefined }), {})).toThrow(/^site 'z': .* undefined/);
    expect(() => asTensor(tf.tensor1d(['a']))).toThrow('got a tensor of string');
  });

  it('of rows of different lengths', () => {
    expect(() => asTensor([[1, 2], [3]])).toThrow(
      /one shape, but got row 0 of shape \[2\] and row 1 of shape \[1\]\. .*mask/,
    );
    expect(() => observe('x', coins, [1, [2]])).toThrow(
      /^site 'x': .*\[\] and row 1 of shape \[1\]/,
    );
  });

  it('of `yield` without its star, inside handlers as well', () => {
    const untyped = (body: () => Generator<unknown, void, never>) => {
      // @ts-expect-error -- refused
      return program(body);
    };
    const starless = untyped(function* () {
      yield untyped(function* () {
        yield z;
      });
    });
    const says = /^site 'z': .*`yield\*` gives, but got a program, by `yield` without.*in place of/;
    expect(() => trace(starless, { key: key(0) })).toThrow(says);
    expect(() => trace(plate('rows', 2, starless), { key: key(0) })).toThrow(says);
  });

  it('of what is no program, and no distribution', () => {
    // @ts-expect-error -- refused
    expect(() => trace(plate('rows', 2, coins), { key: key(0) })).toThrow(
      /expected a program, but got a distribution\. Name a draw/,
    );
    // @ts-expect-error -- refused
    expect(() => trace(() => z, { key: key(0) })).toThrow(/got a function\. Call it/);
    // @ts-expect-error -- refused
    expect(() => sample('x', normal)).toThrow(
      /^site 'x': expected a distribution, but got a function/,
    );
    // @ts-expect-error -- refused
    expect(() => observe('x', 3, 3)).toThrow(/^site 'x': .* got the number 3/);
  });

  it('of chances without a name, or with both', () => {
    // @ts-expect-error -- refused
    expect(() => bernoulli(0.3)).toThrow(
      /got the number 0\.3; write bernoulli\(\{ probs: 0\.3 \}\)/,
    );
    // @ts-expect-error -- refused
    expect(() => categorical([0.3, 0.7])).toThrow('write categorical({ probs: [0.3, 0.7] })');
    // @ts-expect-error -- refused
    expect(() => oneHotCategorical({ p: [1, 2] })).toThrow('an object with the fields p');
    expect(() => bernoulli({ probs: 0.3, logits: 1 })).toThrow('got both; leave one out');
  });

  it('of a backend of another name', () => {
    // @ts-expect-error -- refused
    expect(() => useBackend('gpu')).toThrow(
      "one of 'best', 'tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu', but got 'gpu'",
    );
  });

  it('of parameters that are no tensors', async () => {
    const model = program(function* () {
      yield* sample('z', normal(yield* param('a', 0), 1));
    });
    const inference = svi({
      model: () => condition(model, { z: 1 }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: sgd(0.1),
    });
    const says = /^param 'a': .*tensor of shape \[\], but got the number 3\. Give `params`/;
    const options = { key: key(0), samples: 2, params: { a: 3 } };
    // @ts-expect-error -- refused
    expect(() => predictive(model, options)).toThrow(says);
    // @ts-expect-error -- refused
    await expect(evidence(model, model, options)).rejects.toThrow(says);
    // @ts-expect-error -- refused
    expect(() => inference.init(key(0), undefined, { a: 3 })).toThrow(says);
  });
});
