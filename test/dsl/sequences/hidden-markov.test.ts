/** Hidden Markov models: all paths and a recursion in double precision, laws, gradients, executors, edges. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import {
  type Tensor,
  adam,
  bernoulli,
  categorical,
  dirichlet,
  elbo,
  mask,
  normal,
  observe,
  param,
  plate,
  program,
  svi,
} from 'marginalia';
import { grad, valueAndGrad } from 'marginalia/autodiff';
import { hiddenMarkov } from 'marginalia/distributions';
import { of } from 'marginalia/monad';
import { invalidArgument, invalidValue } from '../../../dsl/law/validity.js';
import { sameInEveryEngine } from '../../inference/compiled/engines.js';
import {
  type ChainLogs,
  allPaths,
  forward,
  logShares,
  logSumExp,
  normalLog,
} from './chains-in-double.js';

const numbers = (x: Tensor | undefined): readonly number[] => [...(x?.dataSync() ?? [])];
const listOf = (n: number, f: (i: number) => number): readonly number[] =>
  Array.from({ length: n }, (_, i) => f(i));

/** Weights that look like nothing in particular. */
const weight = (i: number): number => 0.2 + Math.abs(Math.sin(3 * i + 1));
const [K, STEPS, BATCH] = [3, 4, 2] as const;
const startWeights = listOf(K, weight);
const moveWeights = listOf(BATCH * (STEPS - 1) * K * K, (i) => weight(i + 7));
const locs = listOf(BATCH * K, (i) => 2 * Math.cos(i));
const series = listOf(BATCH * STEPS, (i) => 2 * Math.sin(5 * i));

/** A batch of chains whose transitions change with time, or are those of the first step. */
const batchOf = (varies: boolean) =>
  hiddenMarkov(
    categorical({ probs: startWeights }),
    categorical({
      probs: varies
        ? tf.tensor([...moveWeights], [BATCH, STEPS - 1, K, K])
        : tf.tensor(moveWeights.slice(0, K * K), [K, K]),
    }),
    normal(tf.tensor([...locs], [BATCH, K]), 0.75),
    { steps: STEPS, ...(varies && { timeVarying: ['transition'] as const }) },
  );

const logsOf = (b: number, varies: boolean): ChainLogs => ({
  start: logShares(startWeights),
  moves: listOf(STEPS - 1, (t) => (varies ? (b * (STEPS - 1) + t) * K * K : 0)).map((from) =>
    listOf(K, (i) => from + i * K).map((row) => logShares(moveWeights.slice(row, row + K))),
  ),
  seen: listOf(STEPS, (t) => series[b * STEPS + t] ?? 0).map((x) =>
    listOf(K, (k) => normalLog(x, locs[b * K + k] ?? 0, 0.75)),
  ),
});

const expectClose = (received: Tensor, expected: readonly number[], slack = 1e-5): void => {
  const got = numbers(received);
  expect(got).toHaveLength(expected.length);
  got.forEach((g, i) =>
    expect(Math.abs(g - (expected[i] ?? Number.NaN))).toBeLessThan(
      slack * (1 + Math.abs(expected[i] ?? 0)),
    ),
  );
};

describe.each([true, false])('a batch of small chains, varying in time: %s', (varies) => {
  const law = batchOf(varies);
  const x = tf.tensor([...series], [BATCH, STEPS]);
  const each = [0, 1].map((b) => {
    const logs = logsOf(b, varies);
    const paths = allPaths(logs);
    const total = logSumExp(paths.map(({ log }) => log));
    return { paths, total, filtered: forward(logs).filtered };
  });

  it('has log p by a sum over all paths', () => {
    expect(law.batchShape).toEqual([BATCH]);
    expectClose(
      law.logProb(x),
      each.map(({ total }) => total),
    );
    const many = tf.stack([x, tf.reverse(x, 1), x]);
    expect(law.logProb(many).shape).toEqual([3, BATCH]);
    expectClose(tf.slice(law.logProb(many), [2, 0], [1, 2]), numbers(law.logProb(x)), 1e-7);
  });

  it('tells states by what was seen up to them, and by all', () => {
    expectClose(
      law.filteredMarginals(x),
      each.flatMap(({ filtered }) => filtered.flat().map(Math.exp)),
    );
    const marginals = each.flatMap(({ paths, total }) =>
      listOf(STEPS, (t) => t).flatMap((t) =>
        listOf(K, (k) =>
          paths
            .filter(({ path }) => path[t] === k)
            .reduce((sum, { log }) => sum + Math.exp(log - total), 0),
        ),
      ),
    );
    expectClose(law.posteriorMarginals(x), marginals);
  });

  it('finds the likeliest path, and log p of every one', () => {
    const best = each.map(({ paths }) => paths.reduce((a, b) => (b.log > a.log ? b : a)));
    expect(numbers(law.posteriorMode(x))).toEqual(best.flatMap(({ path }) => path));
    const posterior = law.posterior(x);
    const all = each[0]?.paths.map(({ path }) => path) ?? [];
    const logs = posterior.logProb(
      tf
        .tensor(
          all.flatMap((path) => [path, path]).map((path) => [...path]),
          [all.length * BATCH, STEPS],
        )
        .reshape([all.length, BATCH, STEPS]),
    );
    expectClose(
      logs,
      all.flatMap((_, i) => each.map(({ paths, total }) => (paths[i]?.log ?? 0) - total)),
      1e-4,
    );
    expect(numbers(posterior.logProb(tf.tensor1d([0, 1, 2, 3])))).toEqual([-Infinity, -Infinity]);
  });

  it('has moments of what it draws', () => {
    const paths = [0, 1].map((b) => {
      const { start, moves } = logsOf(b, varies);
      return allPaths({ start, moves, seen: listOf(STEPS, () => 0).map(() => listOf(K, () => 0)) });
    });
    const means = paths.flatMap((all, b) =>
      listOf(STEPS, (t) =>
        all.reduce(
          (sum, { path, log }) => sum + Math.exp(log) * (locs[b * K + (path[t] ?? 0)] ?? 0),
          0,
        ),
      ),
    );
    expectClose(law.mean?.() ?? x, means);
    expect(law.variance?.().shape).toEqual([BATCH, STEPS]);
  });
});

describe('long series', () => {
  const steps = 10_000;
  const long = listOf(steps, (t) => Math.fround(2 * Math.sin(t / 50) + Math.sin(12.9898 * t)));
  const [stay, loc, scale] = [0.96875, 1.5, 0.75];
  const lawAt = (at: Tensor) =>
    hiddenMarkov(
      categorical({ probs: [1, 1] }),
      categorical({
        probs: [
          [stay, 1 - stay],
          [1 - stay, stay],
        ],
      }),
      normal(tf.stack([tf.neg(at), at]), scale),
      { steps },
    );
  const inDouble = (at: number): ChainLogs => {
    const moves = [
      [Math.log(stay), Math.log(1 - stay)],
      [Math.log(1 - stay), Math.log(stay)],
    ];
    return {
      start: [Math.log(0.5), Math.log(0.5)],
      moves: long.map(() => moves),
      seen: long.map((x) => [normalLog(x, -at, scale), normalLog(x, at, scale)]),
    };
  };

  it('of 10,000 steps have log p and slope of a recursion in double precision', () => {
    const exact = forward(inDouble(loc)).logProb;
    const x = tf.tensor1d([...long]);
    const { value, grad: slopeAt } = valueAndGrad((at: Tensor) => lawAt(at).logProb(x))(
      tf.scalar(loc),
    );
    const [received = 0] = numbers(value);
    expect(Math.abs(received / exact - 1)).toBeLessThan(5e-7);
    const h = 1e-4;
    const slope =
      (forward(inDouble(loc + h)).logProb - forward(inDouble(loc - h)).logProb) / (2 * h);
    const [found = 0] = numbers(slopeAt);
    expect(Math.abs(found / slope - 1)).toBeLessThan(1e-4);
  });

  it('keep a path that is far less likely at first', () => {
    // From state 1 only 0 or 1 can follow, from 0 only 0: what is right for 0 at first is wrong for it later.
    const law = hiddenMarkov(
      categorical({ probs: [0.5, 0.5] }),
      categorical({
        probs: [
          [1, 0],
          [0.5, 0.5],
        ],
      }),
      normal([0, 100], 1),
      { steps: 3 },
    );
    // The two of 0 cost 100² / 2 twice, the one of 100 once.
    const [received = 0] = numbers(law.logProb(tf.tensor1d([0, 100, 100])));
    const logs: ChainLogs = {
      start: [Math.log(0.5), Math.log(0.5)],
      moves: [0, 1].map(() => [
        [0, -Infinity],
        [Math.log(0.5), Math.log(0.5)],
      ]),
      seen: [0, 100, 100].map((x) => [normalLog(x, 0, 1), normalLog(x, 100, 1)]),
    };
    expect(Math.abs(received / forward(logs).logProb - 1)).toBeLessThan(1e-6);
    expect(numbers(law.posteriorMode([0, 100, 100]))).toEqual([1, 1, 1]);
  });

  it('that cannot be have log p of −∞, and gradients that are numbers', () => {
    const at = (probs: Tensor) =>
      hiddenMarkov(
        categorical({ probs: [1, 0] }),
        categorical({ probs }),
        bernoulli({ probs: [0, 1] }),
        { steps: 3 },
      ).logProb(tf.tensor1d([0, 1, 0]));
    const never = tf.tensor2d([
      [1, 0],
      [0.5, 0.5],
    ]);
    expect(numbers(at(never))).toEqual([-Infinity]);
    expect(numbers(grad(at)(never)).every(Number.isFinite)).toBe(true);
  });
});

describe('a hidden Markov model', () => {
  const initial = categorical({ probs: [0.5, 0.5] });
  const transition = categorical({
    probs: [
      [0.75, 0.25],
      [0.25, 0.75],
    ],
  });

  it('leaves out steps that a mask of its observation does', () => {
    const kept = [1, 0, 1, 1];
    const masked = hiddenMarkov(
      initial,
      transition,
      mask(
        normal([-1, 1], 1),
        kept.map((k) => [k]),
      ),
      { steps: 4, timeVarying: ['observation'] },
    );
    // Over two steps the chain moves as by the square of its transition.
    const squared = hiddenMarkov(
      initial,
      categorical({
        probs: [
          [
            [0.625, 0.375],
            [0.375, 0.625],
          ],
          [
            [0.75, 0.25],
            [0.25, 0.75],
          ],
        ],
      }),
      normal([-1, 1], 1),
      { steps: 3, timeVarying: ['transition'] },
    );
    const [a = 0] = numbers(masked.logProb(tf.tensor1d([0.5, Number.NaN, 2, -1])));
    const [b = 1] = numbers(squared.logProb(tf.tensor1d([0.5, 2, -1])));
    expect(a).toBeCloseTo(b, 5);
  });

  it('has a likeliest path that may not end in the likeliest state', () => {
    const law = hiddenMarkov(
      categorical({ probs: [0.4, 0.3, 0.3] }),
      categorical({
        probs: [
          [1, 0, 0],
          [0, 1, 0],
          [0, 1, 0],
        ],
      }),
      normal([0, 0, 0], 1),
      { steps: 2 },
    );
    expect(law.posteriorMode([0, 0]).arraySync()).toEqual([0, 0]);
    expectClose(law.filteredMarginals([0, 0]), [0.4, 0.3, 0.3, 0.4, 0.6, 0]);
  });

  it('of one step is a mixture', () => {
    const one = hiddenMarkov(initial, transition, normal([-1, 1], 1), { steps: 1 });
    const expected = logSumExp([normalLog(0.5, -1, 1), normalLog(0.5, 1, 1)]) - Math.log(2);
    expectClose(one.logProb(tf.tensor1d([0.5])), [expected]);
    expect(one.posteriorMode([0.5]).arraySync()).toEqual([1]);
    expect(one.posteriorMarginals([0.5]).shape).toEqual([1, 2]);
    expect(one.posterior([0.5]).eventShape).toEqual([1]);
    expect(one.mean?.().arraySync()).toEqual([0]);
  });

  it('trains to the same numbers in every executor', async () => {
    const x = tf.tensor2d(listOf(10, (i) => Math.sin(i) * 2) as number[], [2, 5]);
    const made = svi({
      model: (rows: Tensor) =>
        program(function* () {
          const moves = yield* param('moves', tf.tensor2d([1, 0, 0, 0.5], [2, 2]));
          const loc = yield* param('loc', tf.tensor1d([-1, 1]));
          yield* plate(
            'rows',
            2,
            observe(
              'x',
              hiddenMarkov(initial, categorical({ logits: moves }), normal(loc, 1), { steps: 5 }),
              rows,
            ),
          );
        }),
      guide: () => of({}),
      objective: elbo(),
      optimizer: adam(0.05),
    });
    await sameInEveryEngine(made, x, 1);
  });

  it('judges the laws that it is made of, and series', () => {
    const wrong = hiddenMarkov(initial, transition, normal([0, 1], tf.tensor1d([1, -1])), {
      steps: 3,
    });
    expect(invalidArgument(wrong)?.argument.name).toBe('scale');
    const coins = hiddenMarkov(initial, transition, bernoulli({ probs: [0.5, 0.25] }), {
      steps: 3,
    });
    expect(invalidArgument(coins)).toBeUndefined();
    expect(invalidValue(coins, tf.tensor1d([0, 1, 2]))?.outside).toEqual({ value: 2, index: [2] });
    const shares = hiddenMarkov(
      initial,
      transition,
      dirichlet([
        [1, 2],
        [3, 4],
      ]),
      { steps: 2 },
    );
    expect(shares.support.kind).toBe('simplex');
    expect(invalidValue(shares, tf.tensor2d([0.5, 0.5, 0.5, 0.75], [2, 2]))?.outside.of).toBe(
      'a sum of',
    );
  });

  it('refuses laws that do not fit', () => {
    expect(() => hiddenMarkov(initial, initial, normal([0, 1], 1), { steps: 3 })).toThrow(
      'hiddenMarkov: expected transition of batch shape [..., 2], states, but got batch shape []',
    );
    expect(() => hiddenMarkov(initial, transition, normal(0, 1), { steps: 3 })).toThrow(
      'hiddenMarkov: expected observation of batch shape [..., 2]',
    );
    expect(() =>
      hiddenMarkov(categorical({ probs: [1, 1, 1] }), transition, normal([0, 1], 1), { steps: 3 }),
    ).toThrow('hiddenMarkov: expected transition over the 3 states of initial, but got 2');
    expect(() => hiddenMarkov(initial, transition, normal([0, 1], 1), { steps: 0 })).toThrow(
      'hiddenMarkov: expected steps to be a whole number of at least 1, but got 0',
    );
    expect(() =>
      hiddenMarkov(initial, transition, normal([0, 1], 1), {
        steps: 3,
        timeVarying: ['observation'],
      }),
    ).toThrow('observation of batch shape [..., 3, 2], steps and states');
    const law = hiddenMarkov(initial, transition, normal([0, 1], 1), { steps: 3 });
    expect(() => law.logProb(tf.tensor1d([0, 1]))).toThrow('expected a value of shape [..., 3]');
  });
});
