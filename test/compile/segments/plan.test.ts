/** Laws of plans in segments, and that what they run agrees with what the runtime does alone. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, bernoulli, useBackend } from 'marginalia';
import { graphOf } from 'marginalia/compile';
import { boundTo } from '../../../src/compile/compile.js';
import type { Runtime } from '../../../src/compile/onnx/runtime.js';
import { segmentsExecutable } from '../../../src/compile/segments/executable.js';
import { type GraphNode, type ValueId, operands } from '../../../src/graph/graph.js';
import {
  type Segment,
  type SegmentPlan,
  readsOf,
  segmentPlan,
  writesOf,
} from '../../../src/compile/segments/plan.js';
import { compiledBy } from '../compiled-values.js';
import { right } from '../../either.js';
import { functionOf, inputsOf, recipes } from './functions-of-tensors.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

const planOf = (recipe: Parameters<typeof functionOf>[0]): SegmentPlan =>
  segmentPlan(right(graphOf(functionOf(recipe), inputsOf(recipe))));

const nodesOf = (segment: Segment): readonly GraphNode[] =>
  segment._tag === 'runtime' ? segment.graph.nodes : [];

describe('a plan in segments', () => {
  it('writes every value once, after all that it is made of', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const plan = planOf(recipe);
        const { graph, source, segments } = plan;
        const known = new Set<ValueId>([
          ...graph.inputs.map(({ id }) => id),
          ...graph.constants.keys(),
        ]);
        for (const segment of segments) {
          for (const id of readsOf(plan, segment)) expect(known).toContain(id);
          const inside = new Set(known);
          for (const node of nodesOf(segment)) {
            for (const id of operands(node)) expect([...inside, source(id)]).toContain(source(id));
            for (const id of node.outputs) inside.add(id);
          }
          for (const id of writesOf(segment)) {
            expect(known).not.toContain(id);
            known.add(id);
          }
        }
        for (const { id } of graph.outputs) expect(known).toContain(source(id));
      }),
      { seed: 11, numRuns: 25 },
    );
  });

  it('reads no array that was overwritten', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const plan = planOf(recipe);
        const { graph, homes, source, segments } = plan;
        const holds = new Map<number, ValueId>();
        const put = (id: ValueId): void => {
          const home = homes.get(id);
          expect(home).toBeDefined();
          if (home?._tag === 'slot') holds.set(home.slot, id);
        };
        const check = (id: ValueId): void => {
          const home = homes.get(id);
          if (home?._tag === 'slot') expect(holds.get(home.slot)).toBe(id);
        };
        const first = [...graph.inputs.map(({ id }) => id), ...graph.constants.keys()];
        for (const id of first) if (homes.has(id)) put(id);
        for (const segment of segments) {
          const writes = writesOf(segment);
          readsOf(plan, segment).forEach(check);
          writes.forEach(put);
          // What is written side by side lies apart, and apart from what is read meanwhile.
          writes.forEach(check);
          readsOf(plan, segment).forEach(check);
        }
        for (const { id } of graph.outputs) check(source(id));
      }),
      { seed: 12, numRuns: 25 },
    );
  });

  it('leaves the runtime no elementwise work and no sum', () => {
    fc.assert(
      fc.property(recipes, (recipe) => {
        const left = new Set(
          planOf(recipe).segments.flatMap((s) => nodesOf(s).map(({ kernel }) => kernel)),
        );
        for (const kernel of ['Add', 'Multiply', 'Tanh', 'Exp', 'Sum', 'Mean', 'Relu', 'Select']) {
          expect(left).not.toContain(kernel);
        }
      }),
      { seed: 13, numRuns: 15 },
    );
  });

  it('makes one pass of a likelihood of pixels, its gradient and the sums of both', () => {
    const [rows, pixels] = [6, 21];
    const graph = right(
      graphOf(
        ({ h = tf.scalar(0), w = tf.scalar(0), b = tf.scalar(0), x = tf.scalar(0) }) => {
          const loss = (kernel: Tensor, bias: Tensor): Tensor =>
            tf.neg(tf.sum(bernoulli({ logits: tf.add(tf.matMul(h, kernel), bias) }).logProb(x)));
          const [kernel, bias] = tf.grads(loss)([w, b]);
          return { loss: loss(w, b), kernel: kernel ?? w, bias: bias ?? b };
        },
        {
          h: tf.zeros([rows, 5]),
          w: tf.zeros([5, pixels]),
          b: tf.zeros([pixels]),
          x: tf.zeros([rows, pixels]),
        },
      ),
    );
    const passes = segmentPlan(graph).segments.filter(
      (s) => s._tag === 'loops' && s.axes.reduce((n, m) => n * m, 1) === rows * pixels,
    );
    expect(passes).toHaveLength(1);
  });

  it('leaves the runtime truth that something else reads, as bytes', async () => {
    const x = tf.tensor2d([1, -2, 3, -4, 5, 0], [2, 3]);
    const found = await compiledBy(
      'segments',
      (given) => {
        const above = tf.greater(given['x'] ?? x, 0);
        return { above, turned: tf.transpose(above), chosen: tf.where(above, x, tf.neg(x)) };
      },
      { x },
    );
    expect([...(found['above']?.dataSync() ?? [])]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...(found['turned']?.dataSync() ?? [])]).toEqual([1, 0, 0, 1, 1, 0]);
    expect([...(found['chosen']?.dataSync() ?? [])]).toEqual([1, 2, 3, 4, 5, -0]);
  });

  it('is refused where each segment would take long to be asked for', async () => {
    const bound = boundTo(
      right(
        graphOf(({ x = tf.scalar(0) }) => ({ y: tf.tanh(tf.matMul(x, x)) }), {
          x: tf.zeros([2, 2]),
        }),
      ),
    );
    const slow: Runtime = {
      by: 'a binding',
      isDirect: false,
      open: () => Promise.reject(new Error('nothing is opened')),
    };
    const made = await segmentsExecutable(segmentPlan(bound.graph), bound, {}, async () => slow);
    expect(E.isLeft(made) && made.left._tag).toBe('runtimeRefused');
  });

  it('gives what the runtime gives alone', async () => {
    await fc.assert(
      fc.asyncProperty(recipes, async (recipe) => {
        const [f, inputs] = [functionOf(recipe), inputsOf(recipe)];
        const alone = await compiledBy('onnxruntime', f, inputs);
        const fused = await compiledBy('segments', f, inputs);
        for (const [name, x] of Object.entries(alone)) {
          const [p, q] = [x.dataSync(), fused[name]?.dataSync() ?? []];
          expect(q).toHaveLength(p.length);
          const off = Math.hypot(...Array.from(p, (v, i) => v - (q[i] ?? Number.NaN)));
          expect(off, name).toBeLessThan(2e-6 * Math.max(1, Math.hypot(...p)));
        }
      }),
      { seed: 14, numRuns: 25 },
    );
  });

  it('takes what is below the normal numbers for zero where a product reads it, and nowhere else', async () => {
    const x = tf.tensor2d([1e-20, -3e-19, Number.NaN], [3, 1]);
    const { product, read } = await compiledBy(
      'segments',
      ({ x: a = x }) => {
        const small = tf.mul(a, 1e-19);
        return { product: tf.matMul(tf.mul(small, -1), [[1e30]]), read: tf.mul(small, 1e30) };
      },
      { x },
    );
    const near = (...expected: readonly number[]): readonly unknown[] =>
      expected.map((y) => expect.closeTo(y, 12));
    expect([...(product?.dataSync() ?? [])]).toEqual([...near(0, 3e-8), Number.NaN]);
    expect([...(read?.dataSync() ?? [])]).toEqual([...near(1e-9, -3e-8), Number.NaN]);
  });

  it('keeps what is not a number as that, whatever its bits are', async () => {
    const bits = [0x7fc00000, 0x7fffffff, 0xffffffff, 0x7fc00001, 0x7fc00000];
    const x = tf.tensor1d(new Float32Array(Uint32Array.from(bits).buffer));
    const found = await compiledBy(
      'segments',
      ({ x: v = tf.scalar(0) }) => ({
        sigmoid: tf.sigmoid(v),
        tanh: tf.tanh(v),
        exp: tf.exp(tf.neg(tf.abs(v))),
        softplus: tf.softplus(v),
      }),
      { x },
    );
    for (const [name, y] of Object.entries(found)) {
      expect([...y.dataSync()], name).toEqual(bits.map(() => Number.NaN));
    }
  });
});
