/** Host code as a function of tensors: one draw a call, whatever lies left of it, in every engine. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import {
  type Tensor,
  bernoulli,
  categorical,
  deterministic,
  elbo,
  factor,
  fit,
  freeState,
  independent,
  key,
  normal,
  param,
  plate,
  program,
  rowsOf,
  sample,
  sgd,
  simulate,
  svi,
  trace,
} from 'marginalia';
import { compile, graphOf } from 'marginalia/compile';
import { enumerate } from 'marginalia/handlers';
import { type TensorLike, blackBox } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { right } from '../../either.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

/** The sum of the squares, by plain JavaScript, which keeps the shapes that it is given. */
const recording = () => {
  const shapes: string[] = [];
  const f = (x: Tensor): number => {
    shapes.push(JSON.stringify(x.shape));
    return [...x.dataSync()].reduce((sum, v) => sum + v * v, 0);
  };
  return { shapes, f };
};

const squares = blackBox(recording().f, { shape: [] });

describe('outside a program', () => {
  it('it is the function, on all of its argument', () => {
    expect(squares([1, 2, 3]).dataSync()[0]).toBe(14);
    const pair = blackBox((x: Tensor, y: Tensor) => [x.dataSync()[0] ?? 0, y.dataSync()[1] ?? 0], {
      shape: [2],
      dtype: 'int32',
    });
    const found = pair(4, [5, 6]);
    expect([found.dtype, ...numbers(found)]).toEqual(['int32', 4, 6]);
  });

  it.each<[string, TensorLike, RegExp]>([
    ['another shape', [1, 2], /a result of shape \[3\], as declared, but got shape \[2\]/],
    ['no whole number', [1, 2.5, 3], /whole numbers, as dtype 'int32' declares, but got 2.5/],
  ])('a result of %s is refused', (_, result, message) => {
    expect(() => blackBox(() => result, { shape: [3], dtype: 'int32' })(0)).toThrow(message);
  });

  it('frees what is made in it', () => {
    const x = tf.tensor1d([1, 2]);
    const before = tf.memory().numTensors;
    const y = blackBox((v: Tensor) => tf.sum(tf.square(v)), { shape: [] })(x);
    expect(tf.memory().numTensors).toBe(before + 1);
    tf.dispose([x, y]);
  });
});

describe('in a program', () => {
  it('it sees one draw of each particle', () => {
    const { shapes, f } = recording();
    const box = blackBox(f, { shape: [] });
    const model = program(function* () {
      const z = yield* sample('z', independent(normal([0, 1, 2], 1)));
      return yield* deterministic('y', box(z));
    });
    const { sites } = trace(model, { key: key(0), particles: 5 });
    const z = numbers(sites.z?.value);
    const rows = Array.from({ length: 5 }, (_, k) => z.slice(3 * k, 3 * k + 3));
    const expected = rows.map((r) => Math.fround(r.reduce((sum, v) => sum + v * v, 0)));
    expect(new Set(shapes)).toEqual(new Set(['[3]']));
    expect(numbers(sites.y?.value)).toEqual(expected);
  });

  it('it is given constants whole, though they are as long as the particles are many', () => {
    const { shapes, f } = recording();
    const box = blackBox((z: Tensor, table: Tensor) => f(table) + Number(z.arraySync()), {
      shape: [],
    });
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      return yield* deterministic(
        'y',
        box(z, [
          [1, 1],
          [1, 1],
          [1, 1],
        ]),
      );
    });
    const { sites } = trace(model, { key: key(0), particles: 3 });
    expect(new Set(shapes)).toEqual(new Set(['[3,2]']));
    const z = numbers(sites.z?.value);
    expect(numbers(sites.y?.value)).toEqual(z.map((v) => Math.fround(6 + v)));
  });

  it('a value outside a plate and one of its elements meet, under particles', () => {
    const { shapes, f } = recording();
    const model = program(function* () {
      const z = yield* sample('z', normal(0, 1));
      const far = yield* deterministic('far', blackBox(f, { shape: [] })(z));
      yield* plate(
        'data',
        4,
        program(function* () {
          const w = yield* sample('w', normal(far, 1));
          const near = blackBox((all: Tensor) => tf.add(all, 1), { shape: [4] })(w);
          yield* deterministic('both', tf.add(near, far));
        }),
      );
    });
    const { sites } = trace(model, { key: key(2), particles: 3 });
    const [far, w, both] = [sites.far, sites.w, sites.both].map((s) => numbers(s?.value));
    expect(new Set(shapes)).toEqual(new Set(['[]']));
    expect(both).toEqual(
      w?.map((v, i) => Math.fround(Math.fround(v + 1) + (far?.[Math.floor(i / 4)] ?? 0))),
    );
  });

  it('it is called for every value that is summed over', () => {
    const gain = blackBox((k: Tensor) => [0, 10, 200][Number(k.arraySync())] ?? NaN, { shape: [] });
    const model = program(function* () {
      const k = yield* sample('k', categorical({ probs: [0.5, 0.3, 0.2] }));
      yield* factor('gain', gain(k));
    });
    // log Σ p exp(gain), of which the last term is all that float32 keeps.
    expect(enumerate(model).logEvidence.dataSync()[0]).toBeCloseTo(200 + Math.log(0.2), 4);
  });

  it('its draws do not depend on whether it is there', () => {
    const model = (f: (z: Tensor) => Tensor) =>
      program(function* () {
        const z = yield* sample('z', normal(0, 1));
        return yield* sample('y', normal(f(z), 1));
      });
    const plain = simulate(
      model((z) => z),
      { key: key(4), particles: 3 },
    );
    const boxed = simulate(model(blackBox((z: Tensor) => z, { shape: [] })), {
      key: key(4),
      particles: 3,
    });
    expect(numbers(boxed)).toEqual(numbers(plain));
  });
});

describe('as a graph', () => {
  const f = ({ x = tf.scalar(0) }) => ({
    y: tf.add(blackBox((v: Tensor) => tf.reverse(v), { shape: [2] })(x), 1),
    z: tf.add(blackBox((v: Tensor) => tf.exp(v), { shape: [2] })(x), 1),
  });

  it('it is called at every run, each function by itself, and never while the graph is made', async () => {
    const made = await compile(f, { x: tf.tensor1d([1, 2]) })();
    if (E.isLeft(made)) throw new Error(made.left._tag);
    for (const at of [1, -3]) {
      const x = tf.tensor1d([at, 0]);
      const found = await made.right.run({ x });
      expect(numbers(found['y'])).toEqual([1, at + 1]);
      expect(found['z']?.dataSync()[0]).toBeCloseTo(Math.exp(at) + 1, 4);
      tf.dispose([x, found]);
    }
    await made.right.close();
    let called = 0;
    const counted = blackBox(() => (called += 1), { shape: [] });
    expect(
      E.isRight(graphOf(({ x = tf.scalar(0) }) => ({ y: counted(x) }), { x: tf.scalar(0) })),
    ).toBe(true);
    expect(called).toBe(0);
  });

  it('ONNX Runtime is asked for what lies between its calls', async () => {
    const between = ({ x = tf.scalar(0) }) => {
      const doubled = tf.matMul(tf.reshape(x, [1, 2]), tf.tensor2d([2, 0, 0, 2], [2, 2]));
      const turned = blackBox((v: Tensor) => tf.reverse(v, 1), { shape: [1, 2] })(doubled);
      return { y: tf.sum(tf.softmax(turned), 0) };
    };
    const made = await compile(between, { x: tf.tensor1d([1, 2]) }, { executor: 'onnxruntime' })();
    if (E.isLeft(made)) throw new Error(made.left._tag);
    expect(made.right.by).toMatch(/ONNX Runtime.* and host code/);
    const { y } = await made.right.run({ x: tf.tensor1d([0, 0.5]) });
    expect(numbers(y)[0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    await made.right.close();
  });
});

it('a step is the same in every engine, under particles and plates', async () => {
  const inference = svi({
    model: (x: Tensor) =>
      program(function* () {
        const z = yield* sample('z', independent(normal([0, 0], 1)));
        yield* plate(
          'data',
          3,
          program(function* () {
            const w = yield* sample('w', normal(0, 1));
            const shift = blackBox((u: Tensor, v: Tensor) => tf.mul(tf.round(v), tf.sum(u)), {
              shape: [3],
            });
            yield* factor('fit', tf.neg(tf.square(tf.sub(x, shift(z, w)))));
          }),
        );
      }),
    guide: () =>
      program(function* () {
        yield* sample('z', independent(normal(yield* param('z/loc', [0.3, -0.2]), 0.5)));
        yield* plate('data', 3, sample('w', normal(yield* param('w/loc', 0.4), 0.7)));
      }),
    objective: elbo({ particles: 4 }),
    optimizer: sgd(0.01),
  });
  const found = [];
  for (const engine of ['eager', 'compiled'] as const) {
    const fitted = right(
      await fit({
        svi: inference,
        data: rowsOf(Float32Array.of(1, 2, 3), []),
        batchSize: 3,
        length: { steps: 4 },
        key: key(1),
        engine,
      })(),
    );
    found.push(Object.values(fitted.state.params).flatMap(numbers));
    freeState(fitted.state);
  }
  const [eager = [], compiled = []] = found;
  expect(eager.some((v, i) => v !== [0.3, -0.2, 0.4][i])).toBe(true);
  compiled.forEach((v, i) => expect(v).toBeCloseTo(eager[i] ?? NaN, 5));
});

it('a value of a plate that is summed over is given whole, as tensors have it', async () => {
  const inferenceBy = (height: (z: Tensor) => Tensor) =>
    svi({
      model: (x: Tensor) =>
        plate(
          'data',
          3,
          program(function* () {
            const z = yield* sample('z', bernoulli({ probs: 0.3 }));
            yield* factor('fit', tf.neg(tf.square(tf.sub(x, height(z)))));
          }),
        ),
      guide: () =>
        plate(
          'data',
          3,
          program(function* () {
            yield* sample('z', bernoulli({ logits: yield* param('logits', 0.3) }));
          }),
        ),
      objective: elbo({ particles: 2 }),
      optimizer: sgd(0.1),
    });
  const tensors = inferenceBy((z) => tf.add(tf.mul(2, z), [0, 1, 2]));
  const byHost = blackBox((z: Tensor) => [...z.dataSync()].map((v, i) => 2 * v + i), {
    shape: [3],
  });
  const found = [];
  for (const [inference, engine] of [
    [tensors, 'eager'],
    [inferenceBy(byHost), 'eager'],
    [inferenceBy(byHost), 'compiled'],
  ] as const) {
    const data = rowsOf(Float32Array.of(1, 2, 3), []);
    const options = { data, batchSize: 3, length: { steps: 2 }, key: key(1), engine };
    const { state } = right(await fit({ svi: inference, ...options })());
    found.push(Object.values(state.params).flatMap(numbers));
    freeState(state);
  }
  const [wanted = [], ...others] = found;
  for (const other of others) {
    expect(other).toHaveLength(3);
    other.forEach((v, i) => expect(v).toBeCloseTo(wanted[i] ?? NaN, 5));
  }
});
