/** Every flow: a bijector by the public laws, conditional, batched, autoregressive where it says so, and the same compiled. */
import * as tf from '@tensorflow/tfjs';
import {
  type Tensor,
  independent,
  item,
  key,
  normal,
  plate,
  program,
  sample,
  simulate,
  trace,
  transformed,
} from 'marginalia';
import { jacobian } from 'marginalia/autodiff';
import type { Bijector } from 'marginalia/distributions';
import {
  type Flow,
  affineCoupling,
  inverseAutoregressive,
  maskedAutoregressive,
  planar,
  splineCoupling,
  stacked,
} from 'marginalia/nn';
import { checkBijector } from 'marginalia/testing';
import { asTensor } from 'marginalia/tensors';
import { describe, expect, it } from 'vitest';
import { flows, moved, movedWeights, started, vectors } from './flow-cases.js';

const numbers = (x: Tensor): readonly number[] => [...x.dataSync()];

const expectClose = (received: Tensor, expected: Tensor, within = 1e-5): void => {
  expect(received.shape).toEqual(expected.shape);
  const gap = item(tf.max(tf.abs(tf.sub(received, expected))));
  expect(gap).toBeLessThan(within);
};

const table = Object.entries(flows);
const context = tf.tensor2d([
  [0.4, -1],
  [1.5, 0.2],
]);

describe.each(table)('%s', (name, build) => {
  it('keeps the laws of a bijector, in double precision', () => {
    const given = { shape: [2, 3], values: numbers(vectors([2, 3])) };
    checkBijector(() => moved(build({ dim: 3, context })), given, { label: name });
  });

  it('starts as the identity', () => {
    const own = build({ dim: 3, context });
    const flow = simulate(own, { params: started(own) });
    const x = vectors([2, 3]);
    expectClose(flow.forward(x), x, 2e-6);
    expectClose(flow.logAbsDetJacobian(x), tf.zeros([2]), 2e-6);
  });

  it('is another in another context, under batches as in a loop', () => {
    const x = vectors([4, 1, 3]);
    const flow = moved(build({ dim: 3, context }));
    const y = flow.forward(x);
    expect(y.shape).toEqual([4, 2, 3]);
    expect(flow.outputShape([4, 1, 3])).toEqual([4, 2, 3]);
    const at = (row: number): Bijector =>
      moved(build({ dim: 3, context: tf.gather(context, row) }));
    for (const row of [0, 1]) {
      const own = tf.squeeze(tf.slice(y, [0, row, 0], [4, 1, 3]), [1]);
      const alone = at(row);
      const x3 = tf.squeeze(x, [1]);
      expectClose(alone.forward(x3), own);
      expectClose(alone.inverse(own), x3, 1e-3);
      expectClose(
        alone.logAbsDetJacobian(x3),
        tf.squeeze(tf.slice(flow.logAbsDetJacobian(x), [0, row], [4, 1]), [1]),
      );
    }
    const [one, other] = [0, 1].map((row) => at(row).forward(vectors([3])));
    const reached = numbers(tf.abs(tf.sub(one ?? x, other ?? x)));
    const kept = name.endsWith('Coupling') ? 1 : 0;
    // The first vector's first entry lies beyond a spline's bound.
    const least = name.includes('spline') || name === 'stacked' ? 1 : kept;
    reached.slice(0, kept).forEach((r) => expect(r).toBe(0));
    reached.slice(least).forEach((r) => expect(r).toBeGreaterThan(1e-3));
  });

  it('draws and scores particles in plates as vectors by themselves', () => {
    const x = tf.expandDims(context, 0);
    const q = (flow: Flow) => transformed(independent(normal([0, 0, 0], 1)), flow);
    const guide = program(function* () {
      const flow = yield* build({ dim: 3, context });
      yield* plate('data', 2, sample('z', q(flow)));
    });
    const params = movedWeights(build({ dim: 3, context }));
    const { sites } = trace(guide, { key: key(5), params, particles: 3 });
    const { value, logProb = tf.scalar(Number.NaN) } = sites['z'] ?? expect.fail();
    expect(value.shape).toEqual([3, 2, 3]);
    for (const [row, given] of tf.unstack(tf.squeeze(x, [0])).entries()) {
      const flow = moved(build({ dim: 3, context: given }));
      tf.unstack(value).forEach((draw, i) => {
        const scored = q(flow).logProb(tf.gather(draw, row));
        expectClose(scored, tf.gather(tf.gather(logProb, i), row), 2e-3);
      });
    }
  });

  it('names all of its weights and its context', () => {
    const own = build({ dim: 3, context });
    const count = Object.keys(started(own)).length;
    expect(new Set(moved(own).parameters).size).toBeGreaterThan(count);
  });
});

describe('autoregressive flows', () => {
  const x = asTensor([0.3, -0.8, 1.1, 0.5]);
  const wide = { dim: 4, hidden: [9, 6], activation: 'tanh' } as const;
  it.each([
    ['maskedAutoregressive', maskedAutoregressive('f', wide)],
    ['inverseAutoregressive', inverseAutoregressive('f', wide)],
    ['of splines', inverseAutoregressive('f', { ...wide, spline: { bins: 3 } })],
  ])('%s: an entry is moved by those before it, by all of them, and by no other', (_, flow) => {
    const rows = jacobian(moved(flow).forward)(x).arraySync();
    expect(rows).toHaveLength(4);
    [rows].flat(2).forEach((slope, at) => {
      const [i, j] = [Math.floor(at / 4), at % 4];
      if (j > i) expect(slope).toBe(0);
      else expect(Math.abs(Number(slope))).toBeGreaterThan(1e-5);
    });
  });

  it('are each the other, turned round, but for their weights', () => {
    const params = movedWeights(maskedAutoregressive('f', wide));
    const maf = simulate(maskedAutoregressive('f', wide), { params });
    const iaf = simulate(inverseAutoregressive('f', wide), { params });
    const pair = tf.stack([x, tf.neg(x)]);
    const images = maf.forward(pair);
    const [back, logDet] = maf.inverseAndLogDet?.(images) ?? expect.fail();
    expectClose(back, pair);
    expectClose(logDet, maf.logAbsDetJacobian(pair));
    // The same numbers, of the other side of the map.
    const first = tf.slice(maf.forward(pair), [0, 0], [2, 1]);
    expectClose(tf.slice(iaf.forward(pair), [0, 0], [2, 1]), first);
    const shift = (flow: Flow): Tensor => tf.sub(flow.forward(pair), pair);
    expect(item(tf.max(tf.abs(tf.sub(shift(iaf), shift(maf)))))).toBeGreaterThan(0.01);
  });

  it('take one number, which a context alone moves', () => {
    const flow = moved(maskedAutoregressive('f', { dim: 1, hidden: [4], context }));
    const y = flow.forward(tf.zeros([2, 1]));
    expect(Math.abs((numbers(y)[0] ?? 0) - (numbers(y)[1] ?? 0))).toBeGreaterThan(0.01);
  });
});

describe('layers on each other', () => {
  it('move what one by itself keeps', () => {
    const layer = (i: number) => affineCoupling(`f/${i}`, { dim: 3, hidden: [4] });
    const x = asTensor([0.5, 1, -1]);
    const gap = (flow: Flow): readonly number[] => numbers(tf.abs(tf.sub(flow.forward(x), x)));
    expect(gap(moved(layer(0)))[0]).toBe(0);
    const both = moved(stacked(2, layer));
    const kept = numbers(both.forward(x)).filter((y) => numbers(x).includes(y));
    expect(kept).toEqual([]);
  });
});

describe('planar flows', () => {
  it('have an inverse where u points against w, however far', () => {
    const w = asTensor([1.5, -2]);
    for (const u of [-1, -3, -30, 4]) {
      const params = { 'f/u': tf.mul(w, u), 'f/w': w, 'f/b': asTensor([0.2]) };
      const flow = simulate(planar('f', { dim: 2 }), { params });
      const x = asTensor([
        [0.5, 0.1],
        [-2, 3],
        [1, -1],
      ]);
      const y = flow.forward(x);
      const [back, logDet] = flow.inverseAndLogDet?.(y) ?? expect.fail();
      expectClose(flow.forward(back), y, 1e-5);
      expectClose(logDet, flow.logAbsDetJacobian(back), 1e-4);
      expect(numbers(logDet).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('splines', () => {
  it('leave what lies beyond the bound where it is, and rise without a jump at it', () => {
    const flow = moved(splineCoupling('f', { dim: 2, hidden: [4], bins: 5, bound: 2 }), 2);
    const edge = [-50, -2.0001, -1.9999, 0, 1.9999, 2.0001, 50];
    const x = tf.tensor2d(edge.map((e) => [0.3, e]));
    const y = numbers(tf.squeeze(tf.slice(flow.forward(x), [0, 1], [7, 1]), [1]));
    for (const i of [0, 1, 5, 6]) expect(y[i]).toBeCloseTo(edge[i] ?? 0, 5);
    y.slice(1).forEach((at, i) => expect(at).toBeGreaterThan(y[i] ?? 0));
    expect(y[2]).toBeCloseTo(-2, 2);
    expect(y[4]).toBeCloseTo(2, 2);
    expect(Math.abs(y[3] ?? 0)).toBeGreaterThan(0.01);
    const logDet = numbers(flow.logAbsDetJacobian(x));
    for (const i of [0, 1, 5, 6]) expect(logDet[i]).toBe(0);
  });
});

describe('what cannot be a flow is refused', () => {
  const base = independent(normal([0, 0], 1));
  it('in a sentence with the cure', () => {
    const three = moved(affineCoupling('f', { dim: 3, hidden: [4] }));
    expect(() => transformed(base, three)).toThrow(
      "affineCoupling 'f': expected vectors of 3 entries, but got [2]; give its dim",
    );
    expect(() => three.inverse(tf.zeros([4, 2]))).toThrow(/expected vectors of 3 entries/);
    expect(() => splineCoupling('f', { dim: 1 })).toThrow(
      "splineCoupling 'f': expected dim to be a whole number of at least 2, but got 1",
    );
    expect(() => splineCoupling('f', { dim: 2, bins: 1 })).toThrow(/bins to be a whole number/);
    const spline = { bound: -1 };
    expect(() => maskedAutoregressive('f', { dim: 2, spline })).toThrow(
      "the spline of maskedAutoregressive 'f': expected bound to be a finite number above 0",
    );
    expect(() =>
      simulate(maskedAutoregressive('f', { dim: 9, hidden: [4] }), { key: key(0) }),
    ).toThrow(/expected hidden layers of at least 8 units.*but got 4; pass hidden: \[36\]/);
    expect(() => simulate(planar('f', { dim: 2, context: 3 }), { key: key(0) })).toThrow(
      "the context of planar 'f': expected an input of shape [..., features]",
    );
    expect(() => stacked(0, () => planar('f', { dim: 2 }))).toThrow(/count to be a whole number/);
  });
});
