/** Derivatives and batching of functions of tensors: values, nesting, forms, and what is refused. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { grad, hessian, jacobian, valueAndGrad, vmap } from 'marginalia/autodiff';
import { describe, expect, it } from 'vitest';
import { computedTensor } from '../../src/compile/computed.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];

const expectClose = (found: Tensor, expected: readonly number[], digits = 4): void => {
  expect(found.size).toBe(expected.length);
  numbers(found).forEach((x, i) => expect(x).toBeCloseTo(expected[i] ?? Number.NaN, digits));
};

const at = [0.3, -0.7, 1.2];

describe('values', () => {
  it('of a gradient, beside that of the function', () => {
    const { value, grad: slope } = valueAndGrad((x: Tensor) =>
      tf.sum(tf.mul(tf.sin(x), tf.exp(x))),
    )(tf.tensor1d(at));
    expectClose(value, [at.reduce((so, x) => so + Math.sin(x) * Math.exp(x), 0)]);
    expectClose(
      slope,
      at.map((x) => (Math.sin(x) + Math.cos(x)) * Math.exp(x)),
    );
  });

  it('of a Jacobian have the shape of the result and then that of x', () => {
    const J = jacobian((x: Tensor) => tf.stack([tf.prod(x), tf.sum(tf.square(x))]))(
      tf.tensor2d([[1, 2, 3]]),
    );
    expect(J.shape).toEqual([2, 1, 3]);
    expectClose(J, [6, 3, 2, 2, 4, 6]);
    expect(jacobian((x: Tensor) => tf.mul(x, 3))(tf.scalar(1)).shape).toEqual([]);
    // What f does not use has derivatives of 0.
    expectClose(jacobian(() => tf.ones([2]))(tf.tensor1d([5])), [0, 0]);
  });

  it('of second derivatives', () => {
    const H = hessian((x: Tensor) => tf.sum(tf.mul(tf.cumsum(tf.square(x)), x)))(tf.tensor1d(at));
    // Σ_i x_i Σ_{j ≤ i} x_j²: of x_a and x_b with b > a, 2 x_a; twice of x_a, 6 x_a + 2 Σ_{i > a} x_i.
    const [a = 0, b = 0, c = 0] = at;
    const [ab, ac, bc] = [2 * a, 2 * a, 2 * b];
    expectClose(H, [6 * a + 2 * (b + c), ab, ac, ab, 6 * b + 2 * c, bc, ac, bc, 6 * c]);
    expect(hessian((x: Tensor) => tf.sum(x))(tf.zeros([2, 2])).shape).toEqual([2, 2, 2, 2]);
  });

  it('are zeros for what is not used, in its shape', () => {
    const { used, unused } = grad((x: { readonly used: Tensor; readonly unused: Tensor }) =>
      tf.sum(x.used),
    )({ used: tf.tensor1d([1, 2]), unused: tf.ones([2, 3]) });
    expectClose(used, [1, 1]);
    expect(unused.shape).toEqual([2, 3]);
    expectClose(unused, [0, 0, 0, 0, 0, 0]);
  });

  it('are those of what was broadcast: sums over where it was repeated', () => {
    const rows = tf.ones([4, 3]);
    const f = (x: Tensor): Tensor => tf.sum(tf.mul(tf.add(rows, x), 2));
    expectClose(grad(f)(tf.tensor1d([1, 2, 3])), [8, 8, 8]);
    expectClose(grad(f)(tf.ones([4, 1])), [6, 6, 6, 6]);
    expectClose(grad(f)(tf.scalar(1)), [24]);
    // What is owed is the same all along an axis of length 4.
    expectClose(grad((x: Tensor) => tf.sum(tf.add(rows, x)))(tf.tensor1d([1, 2, 3])), [4, 4, 4]);
  });
});

describe('batching', () => {
  const all = tf.keep(
    tf.tensor2d([
      [1, 2, 3],
      [-1, 0.5, 4],
    ]),
  );

  it('sees one row: reductions, indices and shapes are its own', () => {
    expectClose(vmap((x: Tensor) => tf.max(x))(all), [3, 4]);
    expectClose(vmap((x: Tensor) => tf.gather(x, 1))(all), [2, 0.5]);
    expectClose(vmap((x: Tensor) => tf.reverse(tf.cumsum(x)))(all), [6, 3, 1, 3.5, -0.5, -1]);
    const seen: (readonly number[])[] = [];
    const ranks = vmap((x: Tensor) => {
      seen.push(x.shape);
      return tf.outerProduct(x.as1D(), x.as1D());
    })(all);
    expect(seen).toEqual([[3]]);
    expect(ranks.shape).toEqual([2, 3, 3]);
  });

  it('gives each row what does not depend on it', () => {
    const made = vmap((x: Tensor) => ({ one: tf.scalar(7), two: tf.zerosLike(x), three: x }))(all);
    expect([made.one.shape, made.two.shape]).toEqual([[2], [2, 3]]);
    expectClose(made.one, [7, 7]);
    expectClose(made.three, numbers(all));
    const whole = vmap(() => tf.tensor1d([1, 2], 'int32'))(all);
    expect([whole.dtype, ...numbers(whole)]).toEqual(['int32', 1, 2, 1, 2]);
  });

  it('has what all rows share beside the rows', () => {
    const W = tf.tensor2d([
      [1, 0],
      [0, 2],
      [1, 1],
    ]);
    const made = vmap((x: Tensor) => tf.squeeze(tf.matMul(tf.expandDims(x, 0), W), [0]))(all);
    expect(made.shape).toEqual([2, 2]);
    expectClose(made, [4, 7, 3, 5]);
    expect(W.isDisposed).toBe(false);
  });

  it('takes rows of lists and records at once', () => {
    const x = { w: all, more: [tf.tensor1d([10, 20]), tf.tensor1d([1, 2], 'int32')] } as const;
    const made = vmap(({ w, more: [a, b] }: typeof x) => [tf.add(tf.sum(w), a), b] as const)(x);
    expectClose(made[0], [16, 23.5]);
    expect([made[1].dtype, ...numbers(made[1])]).toEqual(['int32', 1, 2]);
  });

  it('of batching is row by row of row', () => {
    const table = tf.tensor3d([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    const rows = vmap((x: Tensor) => vmap((v: Tensor) => tf.prod(v))(x))(table);
    expect(rows.shape).toEqual([2, 2]);
    expectClose(rows, [2, 12, 30, 56]);
    // The outer row is shared by all inner ones.
    const both = vmap((x: Tensor) => vmap((v: Tensor) => tf.add(tf.sum(x), tf.sum(v)))(x))(table);
    expectClose(both, [13, 17, 37, 41]);
  });
});

describe('nesting', () => {
  const all = tf.keep(
    tf.tensor2d([
      [0.2, 0.5],
      [-0.4, 1.1],
      [0.9, -0.3],
    ]),
  );
  const rows = [
    [0.2, 0.5],
    [-0.4, 1.1],
    [0.9, -0.3],
  ] as const;
  /** x²y³, and its derivatives. */
  const f = (x: Tensor): Tensor => {
    const [a, b] = tf.unstack(x);
    return tf.mul(tf.square(a ?? x), tf.pow(b ?? x, 3));
  };
  const slopes = rows.flatMap(([a, b]) => [2 * a * b ** 3, 3 * a * a * b * b]);
  const curves = rows.flatMap(([a, b]) => [
    2 * b ** 3,
    6 * a * b * b,
    6 * a * b * b,
    6 * a * a * b,
  ]);

  it('batches gradients, and differentiates batches', () => {
    expectClose(vmap(grad(f))(all), slopes);
    expectClose(grad((x: Tensor) => tf.sum(vmap(f)(x)))(all), slopes);
  });

  it('batches second derivatives, which are derivatives of derivatives in any order', () => {
    expectClose(vmap(hessian(f))(all), curves);
    expectClose(vmap(jacobian(grad(f)))(all), curves);
    expectClose(
      vmap((x: Tensor) => {
        const slope = (i: number) => (v: Tensor) => tf.gather(grad(f)(v), i);
        return tf.stack([grad(slope(0))(x), grad(slope(1))(x)]);
      })(all),
      curves,
    );
    // Rows of a batch do not depend on each other.
    const whole = jacobian((x: Tensor) => vmap(f)(x))(all);
    expect(whole.shape).toEqual([3, 3, 2]);
    rows.forEach((_, i) =>
      expectClose(
        tf.slice(whole, [i, 0, 0], [1, 3, 2]),
        rows.flatMap((_row, j) => (i === j ? slopes.slice(2 * i, 2 * i + 2) : [0, 0])),
      ),
    );
  });

  it('differentiates as often as is asked', () => {
    const d = (g: (x: Tensor) => Tensor) => grad(g);
    const x = tf.scalar(0.4);
    expectClose(d(d(d(d((v: Tensor) => tf.sin(v)))))(x), [Math.sin(0.4)]);
  });

  it('differentiates the norm of a gradient by what it is a function of', () => {
    const w = tf.tensor1d([0.5, -0.2]);
    const x = tf.tensor1d([1, 2]);
    // |∂/∂x tanh(w·x)|² = (1 − tanh²)² |w|².
    const penalty = (v: Tensor): Tensor =>
      tf.sum(tf.square(grad((u: Tensor) => tf.tanh(tf.sum(tf.mul(v, u))))(x)));
    const byHand = ([a = 0, b = 0]: readonly number[]): number =>
      (1 - Math.tanh(a + 2 * b) ** 2) ** 2 * (a * a + b * b);
    const h = 1e-4;
    expectClose(penalty(w), [byHand([0.5, -0.2])]);
    expectClose(grad(penalty)(w), [
      (byHand([0.5 + h, -0.2]) - byHand([0.5 - h, -0.2])) / (2 * h),
      (byHand([0.5, -0.2 + h]) - byHand([0.5, -0.2 - h])) / (2 * h),
    ]);
  });
});

describe('what a function is given', () => {
  it('may be lists and records, whose form the gradient has', () => {
    const x = {
      w: tf.tensor1d([1, 2]),
      layers: [{ b: tf.scalar(3) }, { b: tf.scalar(4) }],
    } as const;
    const slope = grad(({ w, layers: [one, two] }: typeof x) =>
      tf.add(tf.mul(tf.sum(w), one.b), tf.mul(tf.square(one.b), two.b)),
    )(x);
    expectClose(slope.w, [3, 3]);
    expectClose(slope.layers[0].b, [3 + 24]);
    expectClose(slope.layers[1].b, [9]);
  });

  it('may be one tensor twice, which is differentiated at each place by itself', () => {
    const slopes = (x: Tensor): readonly Tensor[] =>
      grad(([a = x, b = x]: readonly Tensor[]) => tf.sum(tf.mul(tf.square(a), b)))([x, x]);
    expect(slopes(tf.scalar(3)).map(numbers)).toEqual([[18], [9]]);
    const each = vmap((x: Tensor) => slopes(x))(tf.tensor1d([3, 1]));
    expect(each.map(numbers)).toEqual([
      [18, 2],
      [9, 1],
    ]);
  });

  it('is constant where it is not given', () => {
    const c = tf.scalar(5);
    expectClose(grad((x: Tensor) => tf.mul(tf.mul(c, c), x))(tf.scalar(2)), [25]);
    // The same tensor, outside and as the argument.
    expectClose(grad((x: Tensor) => tf.mul(c, x))(c), [5]);
    expectClose(vmap((x: Tensor) => tf.add(x, c))(tf.tensor1d([1, 2])), [6, 7]);
    // What is outside has one shape there and another where it was reshaped, with the same numbers.
    const row = tf.tensor1d([1, 2]);
    const column = tf.reshape(row, [2, 1]);
    const both = grad((x: Tensor) => tf.sum(tf.mul(tf.mul(row, column), tf.mul(x, row))));
    expectClose(both(tf.scalar(1)), [15]);
    // An outer argument in an inner function is constant there, and is not in the outer one.
    expectClose(
      grad((x: Tensor) => grad((y: Tensor) => tf.mul(tf.square(x), tf.pow(y, 3)))(tf.scalar(2)))(
        tf.scalar(3),
      ),
      [2 * 3 * 3 * 4],
    );
    expect(c.isDisposed).toBe(false);
  });
});

describe('errors', () => {
  it('name what is to be a scalar, and the cure', () => {
    expect(() => grad((x: Tensor) => tf.square(x))(tf.ones([2]))).toThrow(
      /a scalar, but got shape \[2\]; sum it, or use jacobian/,
    );
  });

  it('tell of rows that are not as many', () => {
    const sum = vmap(([a, b]: readonly [Tensor, Tensor]) => tf.add(a, b));
    expect(() => sum([tf.ones([2]), tf.ones([3])])).toThrow(/shapes \[2\], \[3\]; give all/);
    expect(() => vmap((x: Tensor) => x)(tf.scalar(1))).toThrow(
      /one first axis, but got shapes \[\]/,
    );
  });

  it('refuse that numbers are read, which are not there', () => {
    expect(() => grad((x: Tensor) => tf.scalar(x.dataSync()[0] ?? 0))(tf.scalar(1))).toThrow(
      /dataSync reads the value of a tensor/,
    );
    expect(() => vmap((x: Tensor) => tf.scalar(x.dataSync()[0] ?? 0))(tf.ones([2]))).toThrow(
      /dataSync reads the value of a tensor/,
    );
    // What is outside has its numbers again.
    expect(numbers(tf.ones([1]))).toEqual([1]);
  });

  it('refuse a row outside of the function that it was given to', () => {
    const kept: Tensor[] = [];
    const leaks = (x: Tensor): Tensor => {
      const sums = vmap((row: Tensor) => {
        kept.push(tf.mul(row, 2));
        return tf.sum(row);
      })(x);
      return tf.add(tf.sum(sums), tf.sum(kept[0] ?? x));
    };
    expect(() => grad(leaks)(tf.ones([3, 2]))).toThrow(
      /belongs to one of several draws, outside of that draw; return it from the function that vmap/,
    );
  });
});

describe('memory', () => {
  it('holds what is given back, and nothing else', () => {
    const x = tf.ones([3, 2]);
    const f = (v: Tensor): Tensor => tf.sum(tf.mul(tf.square(v), tf.exp(v)));
    const before = tf.memory().numTensors;
    const made: readonly (readonly [() => readonly Tensor[], number])[] = [
      [() => [grad(f)(x)], 1],
      [() => Object.values(valueAndGrad(f)(x)), 2],
      [() => [vmap(f)(x)], 1],
      [() => [vmap(grad(f))(x)], 1],
      [() => [jacobian((v: Tensor) => tf.tanh(v))(x)], 1],
      [() => [hessian(f)(x)], 1],
    ];
    for (const [make, count] of made) {
      const results = make();
      expect(tf.memory().numTensors).toBe(before + count);
      tf.dispose([...results]);
    }
    // What is given back is no argument, though it has its numbers.
    tf.dispose(vmap((v: Tensor) => v)(x));
    expect(x.isDisposed).toBe(false);
    expect(() => grad((v: Tensor) => tf.square(v))(x)).toThrow();
    expect(tf.memory().numTensors).toBe(before);
    x.dispose();
  });
});

describe('TensorFlow.js', () => {
  it('may time kernels, and look at their numbers, while a function is traced', async () => {
    const x = tf.tensor1d([1, 2]);
    const looks = 'CHECK_COMPUTATION_FOR_ERRORS';
    const before = tf.env().getBool(looks);
    tf.env().set(looks, true);
    try {
      const found: number[] = [];
      const { kernels } = await tf.profile(() => {
        const slope = grad((v: Tensor) => tf.sum(tf.square(v)))(x);
        found.push(...slope.dataSync());
        return slope;
      });
      expect(found).toEqual([2, 4]);
      expect(kernels.length).toBeGreaterThan(0);
    } finally {
      tf.env().set(looks, before);
    }
  });

  it('may have a kernel that it had not when a function was first traced', () => {
    const x = tf.tensor1d([1, 2]);
    grad((v: Tensor) => tf.sum(v))(x);
    tf.registerKernel({
      kernelName: 'Late',
      backendName: tf.getBackend(),
      kernelFunc: ({ inputs: { x: given } }) => tf.add(x, given?.shape[0] ?? 0),
    });
    try {
      const late = (v: Tensor): Tensor => tf.engine().runKernel<Tensor>('Late', { x: v });
      expect(computedTensor(() => late(tf.neg(x))).arraySync()).toEqual([3, 4]);
    } finally {
      tf.unregisterKernel('Late', tf.getBackend());
    }
  });
});
