/** What runs a graph is a function of the graph and of what there is, and of nothing else. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { firstThatCan, weighGraph } from '../../../src/compile/choice/choose.js';
import { constants } from '../../../src/compile/choice/constants.js';
import {
  type Given,
  type Weighed,
  openWays,
  ranked,
  showWay,
  threadCounts,
  wayCosts,
} from '../../../src/compile/choice/ways.js';
import type { ExecutableError } from '../../../src/compile/executable.js';
import type { Graph } from '../../../src/graph/graph.js';
import { right } from '../../either.js';
import * as E from 'fp-ts/lib/Either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const auto: Given = { executor: 'auto', cores: 8, backend: 'wasm' };

/** Two layers of a network, at this many rows, columns and hidden units. */
const layers = (rows: number, columns: number, hidden: number): Graph =>
  right(
    graphOf(
      ({ x = tf.scalar(0), w = tf.scalar(0), v = tf.scalar(0) }) => ({
        y: tf.matMul(tf.tanh(tf.matMul(x, w)), v),
      }),
      {
        x: tf.zeros([rows, columns]),
        w: tf.zeros([columns, hidden]),
        v: tf.zeros([hidden, columns]),
      },
    ),
  );

const best = (graph: Graph, given: Given = auto): string =>
  showWay(weighGraph(graph, graph, given)[0]?.way ?? { _tag: 'loops' });

describe('the choice', () => {
  it('is loops that make zeros of tiny numbers where weights are multiplied into a product', () => {
    // Gradients weighed by the importance of their draws, or all alike.
    const weighed = (weights: (x: Tensor) => Tensor): Graph =>
      right(
        graphOf(
          ({ x = tf.scalar(0), d = tf.scalar(0), w = tf.scalar(0) }) => ({
            y: tf.matMul(
              tf.reshape(tf.mul(tf.expandDims(weights(x), -1), d), [1000, 784]),
              tf.mul(w, 2),
            ),
          }),
          { x: tf.zeros([50, 20]), d: tf.zeros([50, 20, 784]), w: tf.zeros([784, 400]) },
        ),
      );
    const ways = (graph: Graph): Readonly<Record<string, number>> =>
      Object.fromEntries(weighGraph(graph, graph, auto).map(({ way, ns }) => [showWay(way), ns]));
    const plain = ways(weighed((x) => tf.add(x, 1)));
    for (const weights of [
      (x: Tensor) => tf.exp(tf.sub(x, tf.max(x, 0, true))),
      (x: Tensor) => tf.softmax(x),
    ]) {
      const found = ways(weighed(weights));
      const runtime = 'ONNX Runtime (1 thread)';
      const loops = 'ONNX Runtime and fused loops (1 thread)';
      expect(found[runtime]).toBeGreaterThan(2 * (plain[runtime] ?? NaN));
      expect(found[loops]).toBeLessThan(1.2 * (plain[loops] ?? NaN));
      expect(best(weighed(weights))).toMatch(/fused loops/);
    }
  });

  it('is generated code for a few numbers, and ONNX Runtime for matrices', () => {
    expect(best(layers(2, 3, 4))).toMatch(/JavaScript/);
    expect(best(layers(128, 784, 400))).toMatch(/ONNX Runtime/);
  });

  it('is that of an equal graph, whatever the clock says', () => {
    const now = performance.now.bind(performance);
    const once = weighGraph(layers(16, 16, 16), layers(16, 16, 16), auto);
    performance.now = () => now() * 1000;
    const again = weighGraph(layers(16, 16, 16), layers(16, 16, 16), auto);
    performance.now = now;
    expect(again).toEqual(once);
  });

  it('takes one thread where more do not win clearly, and several where they do', () => {
    expect(best(layers(64, 8, 8), { ...auto, executor: 'onnxruntime' })).toBe(
      'ONNX Runtime (1 thread)',
    );
    expect(best(layers(2048, 784, 800), { ...auto, executor: 'onnxruntime' })).toMatch(
      /\([248] threads\)/,
    );
    const of = (threads: number, ns: number): Weighed => ({
      way: { _tag: 'onnxruntime', threads },
      ns,
    });
    fc.assert(
      fc.property(fc.double({ min: 1, max: 1e9, noNaN: true }), (ns) => {
        const [first] = ranked([of(2, ns / 1.19), of(1, ns)]);
        const [second] = ranked([of(1, ns), of(2, ns / 1.21)]);
        expect(first?.way).toEqual({ _tag: 'onnxruntime', threads: 1 });
        expect(second?.way).toEqual({ _tag: 'onnxruntime', threads: 2 });
      }),
    );
  });

  it('takes eager steps where loops cost more and ONNX Runtime is missing', async () => {
    const graph = layers(128, 784, 400);
    const missing: ExecutableError = { _tag: 'runtimeMissing', command: 'npm install' };
    const tried: string[] = [];
    const chosen = right(
      await firstThatCan(weighGraph(graph, graph, auto), async ({ way }) => {
        tried.push(way._tag);
        const isMissing = way._tag === 'onnxruntime' || way._tag === 'segments';
        return isMissing ? E.left(missing) : E.right(way._tag);
      }),
    );
    expect(chosen.made).toBe('eager');
    expect(chosen.refused).toContainEqual(missing);
    expect(tried).not.toContain('loops');
  });

  it('says why where nothing can', async () => {
    const refused: ExecutableError = { _tag: 'unsupportedKernel', kernel: 'TopK' };
    const graph = layers(2, 3, 4);
    const none = await firstThatCan(weighGraph(graph, graph, auto), async () => E.left(refused));
    expect(none).toEqual(E.left(refused));
    expect(E.isLeft(await firstThatCan([], async () => E.right(1)))).toBe(true);
  });

  it('does not weigh a backend of which nothing was measured', () => {
    const graph = layers(2, 3, 4);
    const tags = weighGraph(graph, graph, { ...auto, backend: 'tensorflow' }).map(
      (w) => w.way._tag,
    );
    expect(tags).not.toContain('eager');
    expect(weighGraph(graph, graph, auto).map((w) => w.way._tag)).toContain('eager');
  });
});

describe('the ways that are open', () => {
  it('are what was asked for', () => {
    const tags = (given: Given): readonly string[] => openWays(given).map(showWay);
    expect(tags({ executor: 'javascript', cores: 4, backend: 'wasm' })).toEqual([
      'straight JavaScript',
      'JavaScript loops',
    ]);
    expect(tags({ executor: 'onnxruntime', cores: 6 })).toEqual([
      'ONNX Runtime (1 thread)',
      'ONNX Runtime (6 threads)',
    ]);
    expect(tags({ executor: 'onnxruntime', threads: 3, cores: 8 })).toEqual([
      'ONNX Runtime (3 threads)',
    ]);
    expect(tags({ executor: 'auto', threads: 1, cores: 8, backend: 'cpu' })).toEqual([
      'straight JavaScript',
      'JavaScript loops',
      'ONNX Runtime and fused loops (1 thread)',
      'ONNX Runtime (1 thread)',
      'eager on cpu',
    ]);
    expect(threadCounts(1)).toEqual([1]);
  });
});

describe('a cost', () => {
  it('is above zero, and no less for more of the same', () => {
    const sizes = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(sizes, sizes, sizes, (rows, columns, hidden) => {
        const [small, large] = [layers(rows, columns, hidden), layers(2 * rows, columns, hidden)];
        for (const way of openWays({ ...auto, cores: 2 })) {
          const cost = wayCosts(small)(way);
          expect(cost).toBeGreaterThan(0);
          if (wayCosts(large)(way) < Infinity)
            expect(wayCosts(large)(way)).toBeGreaterThanOrEqual(cost);
        }
      }),
      { numRuns: 25 },
    );
  });

  it('counts the multiply-adds of a product', () => {
    const none = { ...constants.loops, call: 0, port: 0, out: 0, node: 0, operand: 0 };
    const costs = { ...constants, loops: { ...none, multiply: 1, far: 1 } };
    const product = (a: Tensor, b: Tensor, transposeA = false): Graph =>
      right(
        graphOf(({ x = tf.scalar(0), y = tf.scalar(0) }) => ({ z: tf.matMul(x, y, transposeA) }), {
          x: a,
          y: b,
        }),
      );
    const ns = (graph: Graph): number => wayCosts(graph, costs)({ _tag: 'loops' });
    expect(ns(product(tf.zeros([3, 5]), tf.zeros([5, 7])))).toBe(3 * 5 * 7);
    expect(ns(product(tf.zeros([5, 3]), tf.zeros([5, 7]), true))).toBe(3 * 5 * 7);
    expect(ns(product(tf.zeros([2, 3, 5]), tf.zeros([2, 5, 7])))).toBe(2 * 3 * 5 * 7);
  });
});
