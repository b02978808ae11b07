/**
 * Plates of a program: which axes they take, which elements a subsample visits, and what is said of
 * mistakes.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  SiteError,
  type Tensor,
  bernoulli,
  condition,
  derive,
  elbo,
  foldIn,
  independent,
  intervene,
  key,
  logDensity,
  normal,
  observe,
  param,
  plate,
  program,
  replay,
  sample,
  simulate,
  trace,
} from 'marginalia';
import { enumerate } from 'marginalia/handlers';
import type { Latent, Observed } from 'marginalia/primitives';
import { describe, expect, it } from 'vitest';
import { tidied } from '../../../dsl/tensors/tidied.js';

const scopedly = <A>(body: () => A): A => tidied(body, () => []);

const shapesOf = (
  p: Program<unknown, unknown>,
  particles = 1,
): Readonly<Record<string, readonly number[]>> =>
  scopedly(() =>
    Object.fromEntries(
      Object.values(trace(p, { key: key(0), particles }).sites).map((s) => [s.name, s.value.shape]),
    ),
  );

describe('nested plates', () => {
  const nested = program(function* () {
    const a = yield* sample('a', normal(0, 1));
    yield* plate(
      'outer',
      3,
      program(function* () {
        const b = yield* sample('b', normal(a, 1));
        yield* plate(
          'inner',
          2,
          program(function* () {
            const c = yield* sample('c', normal(b, 1));
            yield* sample('v', independent(normal(tf.expandDims(c, -1), tf.ones([4]))));
          }),
        );
      }),
    );
  });

  it('take axes from the right, the outermost first, events to their right', () => {
    expect(shapesOf(nested)).toEqual({ a: [], b: [3], c: [2, 3], v: [2, 3, 4] });
    expect(shapesOf(nested, 5)).toEqual({
      a: [5],
      b: [5, 3],
      c: [5, 2, 3],
      v: [5, 2, 3, 4],
    });
  });

  it('sum to the log joint', () => {
    tf.tidy(() => {
      const { sites, logJoint } = trace(nested, { key: key(1) });
      const total = Object.values(sites)
        .map((s) => tf.sum(s.logProb ?? tf.scalar(NaN)).dataSync()[0] ?? NaN)
        .reduce((x, y) => x + y, 0);
      expect(sites['c']?.logProb?.shape).toEqual([2, 3]);
      expect(sites['c']?.plates).toEqual(['outer', 'inner']);
      expect(logJoint.shape).toEqual([]);
      expect(logJoint.dataSync()[0]).toBeCloseTo(total, 3);
    });
  });
});

describe('crossed plates', () => {
  const rows = { size: 3, axis: -2 };
  const columns = { size: 2, axis: -1 };
  const crossed = program(function* () {
    const r = yield* plate('rows', rows, sample('r', normal(0, 1)));
    const c = yield* plate('columns', columns, sample('c', normal(0, 1)));
    const cell = sample('x', normal(tf.add(r, c), 1));
    yield* plate('rows', rows, plate('columns', columns, cell));
  });

  it('meet where both are, in whichever order they are entered', () => {
    expect(shapesOf(crossed)).toEqual({ r: [3, 1], c: [2], x: [3, 2] });
    expect(shapesOf(crossed, 4)).toEqual({ r: [4, 3, 1], c: [4, 2], x: [4, 3, 2] });
    const swapped = plate('columns', columns, plate('rows', rows, sample('x', normal(0, 1))));
    expect(shapesOf(swapped)).toEqual({ x: [3, 2] });
  });

  it('give a parameter a value for each cell, gathered where both are subsampled', () => {
    const cells = tf.tensor2d([
      [0, 1],
      [2, 3],
      [4, 5],
    ]);
    const picked = plate(
      'rows',
      { ...rows, indices: tf.tensor1d([2, 0], 'int32') },
      plate('columns', { ...columns, indices: tf.tensor1d([1], 'int32') }, param('w', 0)),
    );
    const found = scopedly(() => [...simulate(picked, { params: { w: cells } }).dataSync()]);
    expect(found).toEqual([5, 1]);
    cells.dispose();
  });
});

describe('a subsample', () => {
  const visited = (
    p: Program<unknown, Tensor>,
    seed: Parameters<typeof foldIn>[0],
  ): readonly number[] => scopedly(() => [...simulate(p, { key: seed }).dataSync()]);
  const rowsOf = (size: number, subsample: number): Program<unknown, Tensor> =>
    plate('data', { size, subsample }, (indices) =>
      program(function* () {
        yield* sample('z', normal(0, 1));
        return indices;
      }),
    );

  it('visits that many different elements, the same in every program with this plate', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }).chain((size) =>
          fc.record({
            size: fc.constant(size),
            count: fc.integer({ min: 1, max: size }),
            seed: fc.nat(),
          }),
        ),
        ({ size, count, seed }) => {
          const rows = visited(rowsOf(size, count), key(seed));
          expect(new Set(rows).size).toBe(count);
          expect(rows.every((i) => Number.isInteger(i) && i >= 0 && i < size)).toBe(true);
          const other = plate('data', { size, subsample: count }, (indices) =>
            program(function* () {
              yield* observe('x', normal(0, 1), 0);
              yield* sample('w', normal(tf.gather(tf.zeros([size]), indices), 1));
              return indices;
            }),
          );
          expect(visited(other, key(seed))).toEqual(rows);
        },
      ),
      { numRuns: 30, seed: 5 },
    ));

  it('is equally likely to be any subset', () => {
    const counts = new Map<string, number>();
    const runs = 1500;
    for (let i = 0; i < runs; i += 1) {
      const subset = visited(rowsOf(5, 2), foldIn(key(8), i))
        .toSorted()
        .join();
      counts.set(subset, (counts.get(subset) ?? 0) + 1);
    }
    // Pearson's statistic over 10 subsets; 9 degrees of freedom exceed 45 with probability 9e-7.
    const expected = runs / 10;
    expect(counts.size).toBe(10);
    const statistic = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2, 0);
    expect(statistic / expected).toBeLessThan(45);
  });

  it('scales the log joint to the full plate', () => {
    const p = plate('data', { size: 10, subsample: 4 }, observe('x', normal(0, 1), 0));
    const found = scopedly(() => logDensity(p, { key: key(0) }).dataSync()[0]);
    expect(found).toBeCloseTo(-5 * Math.log(2 * Math.PI), 4);
  });
});

describe('mistakes', () => {
  const complaintOf = (run: () => unknown): SiteError => {
    try {
      scopedly(run);
    } catch (error) {
      if (error instanceof SiteError) return error;
      throw error;
    }
    throw new Error('nothing was thrown');
  };
  const run = (p: Program<unknown, unknown>) => (): unknown => trace(p, { key: key(0) });

  const absent: Readonly<Record<string, number>> = {};
  const rows = (indices: readonly number[]): Tensor => tf.tensor1d([...indices], 'int32');

  /** A program whose names the compiler has forgotten. */
  const erased = (p: Program<Latent | Observed, Tensor>): typeof p => p;

  it.each([
    {
      name: 'a batch that no plate covers',
      of: run(sample('z', normal([0, 1], 1))),
      site: "site 'z'",
      cure: 'independent(…)',
    },
    {
      name: 'an observation of the wrong shape',
      of: run(observe('x', independent(normal([0, 1], 1)), [1, 2, 3])),
      site: "site 'x'",
      cure: 'last 1 axes are the event',
    },
    {
      name: 'more observations than the plate has elements',
      of: run(plate('data', 2, observe('x', normal(0, 1), [1, 2, 3]))),
      site: "site 'x'",
      cure: 'plate',
    },
    {
      name: 'a draw without a key',
      of: () => trace(sample('z', normal(0, 1)), {}),
      site: 'z',
      cure: 'key: key(seed)',
    },
    {
      name: 'a logDensity without a value',
      of: () => logDensity(sample('z', normal(0, 1)), {}),
      site: "site 'z'",
      cure: 'values',
    },
    {
      name: 'one plate inside itself',
      of: run(plate('data', 2, plate('data', 2, sample('z', normal(0, 1))))),
      site: "site 'z'",
      cure: 'once',
    },
    {
      name: 'two plates on one axis',
      of: run(
        plate(
          'a',
          { size: 2, axis: -1 },
          plate('b', { size: 3, axis: -1 }, sample('z', normal(0, 1))),
        ),
      ),
      site: "site 'z'",
      cure: 'different axes',
    },
    {
      name: 'two sites of one name',
      of: run(
        program(function* () {
          yield* sample('z', normal(0, 1));
          yield* sample('z', normal(0, 1));
        }),
      ),
      site: "site 'z'",
      cure: 'name of its own',
    },
    {
      name: 'a parameter with two shapes',
      of: () => trace(param('w', tf.zeros([2])), { params: { w: tf.zeros([3]) } }),
      site: "param 'w'",
      cure: 'one shape',
    },
    {
      name: 'a condition on a site that is observed',
      of: run(condition(erased(observe('x', normal(0, 1), 1)), { x: 2 })),
      site: "site 'x'",
      cure: 'one place',
    },
    {
      name: 'a condition on a site that is not there',
      of: run(condition(erased(sample('z', normal(0, 1))), { y: 2 })),
      site: "site 'y'",
      cure: "There is 'z'",
    },
    {
      name: 'a condition on nothing',
      of: () => condition(sample('z', normal(0, 1)), { z: absent['zz']! }),
      site: "site 'z'",
      cure: 'the name that the value is read by',
    },
    {
      name: 'an intervention with nothing',
      of: () => intervene(sample('z', normal(0, 1)), { z: absent['zz']! }),
      site: "site 'z'",
      cure: 'the name that the value is read by',
    },
    {
      name: 'an observation of nothing',
      of: () => observe('x', normal(0, 1), absent['zz']!),
      site: "site 'x'",
      cure: 'the name that the value is read by',
    },
    {
      name: 'a value that is nothing',
      of: () => trace(sample('z', normal(0, 1)), { values: { z: absent['zz']! }, key: key(0) }),
      site: "site 'z'",
      cure: 'the name that the value is read by',
    },
    {
      name: 'a value for a site that is not there',
      // @ts-expect-error -- refused
      of: () => trace(sample('z', normal(0, 1)), { values: { y: 2 }, key: key(0) }),
      site: "site 'y'",
      cure: "There is 'z'",
    },
    {
      name: 'a value for a site that is observed',
      // @ts-expect-error -- refused
      of: () => logDensity(observe('x', normal(0, 1), 1), { values: { x: 2 } }),
      site: "site 'x'",
      cure: 'observed already',
    },
    {
      name: 'a name of its own beside a trace',
      of: () => {
        const z = sample('z', normal(0, 1));
        // @ts-expect-error -- refused
        return replay(z, trace(z, { values: { z: 1 } }), { values: { y: 2 } });
      },
      site: "site 'y'",
      cure: "There is 'z'",
    },
    {
      name: 'a logDensity with a value for another name',
      // @ts-expect-error -- refused
      of: () => logDensity(sample('z', normal(0, 1)), { values: { y: 2 } }),
      site: "site 'z'",
      cure: "values for 'y' only",
    },
    {
      name: 'a sum over values with one for a site that is not there',
      // @ts-expect-error -- refused
      of: () => enumerate(sample('z', bernoulli({ probs: 0.5 })), { values: { y: 1 } }),
      site: "site 'y'",
      cure: "There is 'z'",
    },
    {
      name: 'more indices than elements',
      of: () => plate('data', { size: 1, indices: rows([0, 0, 0]) }, sample('z', normal(0, 1))),
      site: "plate 'data'",
      cure: 'the full number of elements',
    },
    {
      name: 'an index past the last',
      of: () => {
        const part = plate('data', { size: 3, indices: rows([1, 3]) }, sample('z', normal(0, 1)));
        return derive(part, part, elbo());
      },
      site: "plate 'data'",
      cure: '3 Count elements from 0',
    },
    {
      name: 'an index below 0',
      of: () => {
        const part = plate('data', { size: 3, indices: rows([1, -1]) }, sample('z', normal(0, 1)));
        return derive(part, part, elbo());
      },
      site: "plate 'data'",
      cure: '-1 Count elements from 0',
    },
    {
      name: 'a subsample larger than its plate',
      of: () => plate('data', { size: 2, subsample: 3 }, sample('z', normal(0, 1))),
      site: "plate 'data'",
      cure: 'at most',
    },
  ])('$name is named, with the cure', ({ of: mistake, site, cure }) => {
    const complaint = complaintOf(mistake);
    expect(complaint.site).toBe(site);
    expect(`${complaint.received} ${complaint.cure}`).toContain(cure);
    expect(complaint.message).toContain(complaint.expected);
  });

  it('are not rows that are visited twice, nor sites that only a trace has', () => {
    const z = sample('z', normal(0, 1));
    const twice = plate('data', { size: 3, indices: rows([2, 2, 0]) }, z);
    expect(scopedly(() => derive(twice, twice, elbo())).latents).toHaveLength(1);
    const both = program(function* () {
      yield* z;
      yield* sample('w', normal(0, 1));
    });
    const past = trace(both, { values: { z: 1, w: 1 } });
    expect(replay(z, past).logJoint.dataSync()[0]).toBeCloseTo(-1.4189385, 5);
  });
});
