/** What runs a compiled graph: fused loops, generated code, the choice among them. */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, adam, cosineDecay, foldIn, key, sgd, useBackend } from 'marginalia';
import { compile, countKernels, graphOf } from 'marginalia/compile';
import type { Params } from 'marginalia/inference';
import {
  type Optimizer,
  chained,
  clipByGlobalNorm,
  adagrad,
  rmsprop,
  scaleByLearningRate,
} from 'marginalia/optimizers';
import { arenaOf } from '../../src/compile/arena.js';
import { boundTo } from '../../src/compile/compile.js';
import { compose } from '../../src/compile/passes/compose.js';
import { javascriptExecutable } from '../../src/compile/javascript/executable.js';
import { fusedExecutable } from '../../src/compile/webassembly/executable.js';
import { fuse } from '../../src/compile/webassembly/fuse.js';
import { putUnder, takeUnder } from '../../dsl/records/record-paths.js';
import { drawNoise } from '../../src/random/index.js';
import { drawer } from '../../src/random/drawer.js';
import { compiledBy, gap, wave, ways } from './compiled-values.js';
import { right } from '../either.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

type Named = Readonly<Record<string, Tensor>>;

/** The update of an optimiser as a function of named tensors. */
const updateOf =
  (optimizer: Optimizer) =>
  (given: Named): Named => {
    const params = takeUnder('params', given);
    const { updates, state } = optimizer.update(
      takeUnder('gradients', given),
      takeUnder('optimizer', given),
      params,
    );
    const next = Object.fromEntries(
      Object.entries(params).map(([name, x]) => [name, tf.add(x, updates[name] ?? 0)]),
    );
    return { ...putUnder('params', next), ...putUnder('optimizer', state) };
  };

const given = (optimizer: Optimizer, params: Params, seed: number): Named => ({
  ...putUnder('params', params),
  ...putUnder(
    'gradients',
    Object.fromEntries(Object.entries(params).map(([n, x], i) => [n, wave(x.shape, seed + i)])),
  ),
  ...putUnder('optimizer', optimizer.init(params)),
});

/** Clips by value, each parameter by a limit of its own: groups that differ. */
const limited: Optimizer = {
  init: () => ({}),
  update: (gradients) => ({
    updates: Object.fromEntries(
      Object.entries(gradients).map(([name, g], i) => [
        name,
        tf.clipByValue(tf.mul(tf.sign(g), tf.sqrt(tf.abs(g))), -0.1 - i / 10, 0.5),
      ]),
    ),
    state: {},
  }),
};

/** Sums whose terms need a sum themselves: three stages. */
const staged: Optimizer = {
  init: () => ({}),
  update: (gradients) => {
    const total = (xs: Params, f: (x: Tensor) => Tensor): Tensor =>
      Object.values(xs).reduce<Tensor>((sum, x) => tf.add(sum, tf.sum(f(x))), tf.scalar(0));
    const mean = tf.div(
      total(gradients, (g) => g),
      10,
    );
    const spread = tf.sqrt(total(gradients, (g) => tf.square(tf.sub(g, mean))));
    return {
      updates: Object.fromEntries(
        Object.entries(gradients).map(([name, g]) => [name, tf.div(tf.sub(g, mean), spread)]),
      ),
      state: {},
    };
  },
};

const optimizers: Readonly<Record<string, Optimizer>> = {
  adam: adam(0.01),
  'adam with a schedule': adam(cosineDecay(0.01, 10)),
  'clipped momentum': chained(clipByGlobalNorm(0.5), sgd(0.01, { momentum: 0.9, nesterov: true })),
  adagrad: adagrad(0.01),
  rmsprop: rmsprop(0.01),
  sgd: sgd(0.1),
  limited: chained(limited, scaleByLearningRate(0.1)),
  staged: chained(staged, scaleByLearningRate(0.1)),
};

describe('a fused update equals the eager one', () => {
  it.each(Object.entries(optimizers))('%s, for parameters of any shapes', async (_, optimizer) => {
    const shapes = fc.array(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 2 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(shapes, async (sizes) => {
        const params = Object.fromEntries(sizes.map((shape, i) => [`p${i}`, wave(shape, i)]));
        let inputs = given(optimizer, params, 7);
        const graph = right(graphOf(updateOf(optimizer), inputs));
        const plan = fuse(graph);
        if (plan === undefined) throw new Error('expected the update to fuse');
        const arena = arenaOf(plan.regions);
        for (const [name, x] of Object.entries(inputs)) arena.arrays[name]?.set(x.dataSync());
        const { run } = right(await fusedExecutable(graph, plan, arena));
        for (let step = 0; step < 3; step += 1) {
          const expected = updateOf(optimizer)(inputs);
          await run();
          for (const [name, x] of Object.entries(expected)) {
            const found = tf.tensor(arena.arrays[name]?.slice() ?? [], x.shape);
            expect(gap(found, x), name).toBeLessThan(1e-5);
          }
          inputs = { ...inputs, ...expected };
        }
      }),
      { numRuns: 12, seed: 5 },
    );
  });

  it('lays equal groups end to end, and shares one loop among them', () => {
    const optimizer = adam(0.01);
    const params = { a: wave([3]), b: wave([2, 2]), c: wave([5]) };
    const plan = fuse(right(graphOf(updateOf(optimizer), given(optimizer, params, 1))));
    expect(plan?.classes.map((same) => same.map((g) => g.size))).toEqual([[3, 4, 5]]);
    const [first = []] = plan?.regions ?? [];
    expect(first.map((s) => s.size)).toEqual([3, 4, 5]);
  });

  it('is not tried where the work is not elementwise', () => {
    const graph = right(
      graphOf(({ x = tf.scalar(0) }) => ({ x: tf.matMul(x, x) }), { x: wave([2, 2]) }),
    );
    expect(fuse(graph)).toBeUndefined();
  });

  it('may exchange what lies in two places', async () => {
    const graph = right(
      graphOf(({ a = tf.scalar(0), b = tf.scalar(0) }) => ({ a: tf.add(b, 1), b: tf.add(a, 2) }), {
        a: wave([6], 1),
        b: wave([6], 2),
      }),
    );
    const plan = fuse(graph);
    if (plan === undefined) throw new Error('expected the update to fuse');
    const arena = arenaOf(plan.regions);
    arena.arrays['a']?.set(wave([6], 1).dataSync());
    arena.arrays['b']?.set(wave([6], 2).dataSync());
    await right(await fusedExecutable(graph, plan, arena)).run();
    const at = (name: string): Tensor => tf.tensor(arena.arrays[name]?.slice() ?? []);
    expect(gap(at('a'), tf.add(wave([6], 2), 1))).toBeLessThan(1e-6);
    expect(gap(at('b'), tf.add(wave([6], 1), 2))).toBeLessThan(1e-6);
  });
});

describe('generated code', () => {
  it('stores nothing but the guard where that is not finite', () => {
    const graph = right(
      graphOf(({ x = tf.scalar(0) }) => ({ x: tf.add(x, 1), loss: tf.log(tf.sum(x)) }), {
        x: wave([2]),
      }),
    );
    for (const style of ['straight', 'loops'] as const) {
      const { arrays } = arenaOf([
        [{ name: 'x', size: 2, dtype: 'float32' }],
        [{ name: 'loss', size: 1, dtype: 'float32' }],
      ]);
      const { run } = right(
        javascriptExecutable({ graph, inputs: arrays, outputs: arrays }, { guard: 'loss', style }),
      );
      arrays['x']?.set([-1, -2]);
      expect(run()).toBe(false);
      expect(arrays['x']).toEqual(new Float32Array([-1, -2]));
      expect(arrays['loss']?.[0]).toBeNaN();
      arrays['x']?.set([0.25, 0.75]);
      expect(run()).toBe(true);
      expect(arrays['x']).toEqual(new Float32Array([1.25, 1.75]));
      expect(arrays['loss']?.[0]).toBe(0);
    }
  });

  it('is loops where straight code would be too long', () => {
    const graph = right(graphOf(({ x = tf.scalar(0) }) => ({ y: tf.exp(x) }), { x: wave([5000]) }));
    expect(right(javascriptExecutable(boundTo(graph))).by).toBe('JavaScript loops');
    expect(javascriptExecutable(boundTo(graph), { style: 'straight' })).toMatchObject(
      E.left({ _tag: 'tooLarge' }),
    );
  });

  it('keeps its relative accuracy where it does not end in a sum', async () => {
    const softplus = (x: Tensor): Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
    const x = tf.tensor1d([-30, -20, 0, 20]);
    for (const executor of ['onnxruntime', 'javascript'] as const) {
      const made = right(
        await compile(
          ({ x: v = tf.scalar(0) }) => ({ y: softplus(v), total: tf.sum(softplus(tf.neg(v))) }),
          { x },
          { executor },
        )(),
      );
      const { y, total } = await made.run({ x });
      await made.close();
      Array.from(y?.dataSync() ?? []).forEach((v, i) => {
        const exact =
          Math.max(x.dataSync()[i] ?? 0, 0) + Math.log1p(Math.exp(-Math.abs(x.dataSync()[i] ?? 0)));
        expect(v / exact).toBeCloseTo(1, 5);
      });
      expect(total?.dataSync()[0]).toBeCloseTo(30 + 20 + Math.log(2), 4);
    }
  });
});

describe('a sum of softpluses', () => {
  const softplus = (x: Tensor): Tensor => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x)))));
  const forms: Readonly<Record<string, (x: Tensor, y: Tensor) => Tensor>> = {
    'a Bernoulli likelihood': (x, y) => tf.sum(tf.sub(tf.mul(x, y), softplus(x)), -1),
    'by itself, of all': (x) => tf.sum(softplus(x)),
    'less something': (x, y) => tf.sum(tf.sub(softplus(x), y), 1, true),
    'with something, negated': (x, y) => tf.sum(tf.neg(tf.add(y, softplus(x))), [0, 1]),
    'with what is smaller': (x) => tf.sum(tf.sub(tf.scalar(2), softplus(x)), -1),
    'that is used again': (x) => tf.add(tf.sum(softplus(x)), tf.sum(tf.square(softplus(x)))),
  };

  it.each(Object.entries(forms))(
    'is right where logarithms are taken of products: %s',
    async (_, f) => {
      for (const width of [32, 24, 7]) {
        // Some logits are far out, where the logarithm of one factor would underflow.
        const inputs = { x: tf.mul(wave([3, width], 1), 60), y: wave([3, width], 2) };
        const eager = f(inputs.x, inputs.y);
        for (const way of ways) {
          const { out } = await compiledBy(
            way,
            ({ x = tf.scalar(0), y = tf.scalar(0) }) => ({ out: f(x, y) }),
            inputs,
          );
          expect(gap(out ?? tf.scalar(Number.NaN), eager), `${way} ${width}`).toBeLessThan(1e-6);
        }
      }
    },
  );

  it('takes a logarithm of sixteen factors at once', () => {
    const of = (width: number) =>
      countKernels(
        right(
          graphOf(
            ({ x = tf.scalar(0), y = tf.scalar(0) }) => ({
              out: tf.sum(tf.sub(tf.mul(x, y), softplus(x)), -1),
            }),
            { x: wave([3, width]), y: wave([3, width]) },
          ),
        ),
      );
    expect(of(32)).toMatchObject({ Prod: 1, Log: 1 });
    expect(of(7)).not.toHaveProperty('Prod.1');
    expect(of(32)).not.toHaveProperty('Log1p');
  });
});

describe('a scale that is learned by its logarithm', () => {
  it.each([0.2, 5, -5])('gives its logarithm back, over %d', async (fixed) => {
    const inputs = { x: tf.mul(wave([3, 4], 1), 20) };
    const f = ({ x = tf.scalar(0) }: { readonly x?: Tensor }) => ({
      out: tf.neg(tf.sub(tf.square(x), tf.log(tf.div(tf.exp(x), fixed)))),
    });
    const made = countKernels(right(graphOf(f, inputs)));
    expect(made).toEqual(
      fixed > 0 ? { Square: 1, Sub: 2 } : { Square: 1, Sub: 1, Exp: 1, RealDiv: 1, Log: 1 },
    );
    const eager = f(inputs).out;
    for (const way of ways) {
      const { out } = await compiledBy(way, f, inputs);
      const found = out ?? tf.scalar(0);
      if (fixed > 0) expect(gap(found, eager), way).toBeLessThan(1e-6);
      else expect(found.dataSync().every(Number.isNaN), way).toBe(true);
    }
  });
});

describe('calls', () => {
  it('that overlap run one after another', async () => {
    for (const executor of ['onnxruntime', 'javascript'] as const) {
      const made = right(
        await compile(
          ({ x = tf.scalar(0) }) => ({ y: tf.mul(x, 2) }),
          { x: wave([3]) },
          { executor },
        )(),
      );
      const results = await Promise.all([1, 2, 3].map((s) => made.run({ x: tf.fill([3], s) })));
      expect(results.map(({ y }) => y?.dataSync()[0])).toEqual([2, 4, 6]);
      await made.close();
    }
  });

  it('joins graphs by the names of what goes between them', () => {
    const first = right(
      graphOf(({ x = tf.scalar(0) }) => ({ h: tf.exp(x), loss: x }), { x: wave([2]) }),
    );
    const second = right(
      graphOf(({ h = tf.scalar(0), s = tf.scalar(0) }) => ({ y: tf.mul(h, s) }), {
        h: wave([2]),
        s: wave([2]),
      }),
    );
    const whole = compose(first, second, ['loss']);
    expect(whole.inputs.map((p) => p.name)).toEqual(['x', 's']);
    expect(whole.outputs.map((p) => p.name)).toEqual(['y', 'loss']);
    expect(whole.nodes.map((n) => n.kernel)).toEqual(['Exp', 'Multiply']);
  });
});

describe('a drawer', () => {
  it('fills arrays with the draws of their sites', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.array(
          fc.record({
            site: fc.string(),
            block: fc.nat({ max: 3 }),
            law: fc.constantFrom('normal' as const, 'uniform' as const, 'gumbel' as const),
            count: fc.nat({ max: 9 }),
          }),
          { maxLength: 4 },
        ),
        (seed, blocks) => {
          const filled = blocks.map((b) => ({ ...b, into: new Float32Array(b.count) }));
          drawer(filled)(key(seed));
          for (const { site, block, law, count, into } of filled) {
            const at = foldIn(foldIn(key(seed), site), block);
            expect(into).toEqual(drawNoise(at, { law, shape: [] }, [count]));
          }
        },
      ),
      { seed: 11 },
    );
  });
});
