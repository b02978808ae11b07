/**
 * Discrete models small enough to sum out by hand: their exact bound in double precision, as a
 * function of the same parameters that the engine's programs have, and noise that visits every
 * joint outcome exactly as often as it is probable.
 */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  normal,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
} from 'marginalia';
import type { Params } from 'marginalia/inference';
import type { NoiseSource } from 'marginalia/random';
import { foldIn, key, randomUniform } from '../../src/random/index.js';

/** A site of one program: its classes and the earlier sites that its chances depend on. */
export interface DiscreteNode {
  readonly name: string;
  readonly classes: number;
  readonly inPlate: boolean;
  readonly parents: readonly string[];
  /** Log chances, a row for each joint value of the parents. */
  readonly table: readonly (readonly number[])[];
}

export interface DiscreteCase {
  readonly plateSize: number;
  /** In the order of the model. */
  readonly model: readonly DiscreteNode[];
  /** In the order of the guide; its chances are whole quarters. */
  readonly guide: readonly DiscreteNode[];
  /** Mean of the observation, one for each joint value of all sites in the model's order. */
  readonly means: readonly number[];
  readonly data: readonly number[];
}

/** Parameters as plain numbers: `q/…` and `p/…` tables by site, and `means`. */
export type Tables = Readonly<Record<string, readonly number[]>>;

const rowCount = (parents: readonly DiscreteNode[]): number =>
  parents.reduce((product, n) => product * n.classes, 1);

const named = (nodes: readonly DiscreteNode[], names: readonly string[]): readonly DiscreteNode[] =>
  names.flatMap((name) => nodes.filter((n) => n.name === name));

/** Where a joint value lies in a table: the first site counts the most. */
const rowOf = (nodes: readonly DiscreteNode[], state: Readonly<Record<string, number>>): number =>
  nodes.reduce((row, n) => row * n.classes + (state[n.name] ?? 0), 0);

export const tablesOf = ({ model, guide, means }: DiscreteCase): Tables => ({
  ...Object.fromEntries(model.map((n) => [`p/${n.name}`, n.table.flat()])),
  ...Object.fromEntries(guide.map((n) => [`q/${n.name}`, n.table.flat()])),
  means,
});

/** The shapes that the programs keep the tables in. */
export const paramsOf = (c: DiscreteCase): Params =>
  Object.fromEntries(
    Object.entries(tablesOf(c)).map(([name, xs]) => {
      const node = [...c.model, ...c.guide].find((n) => name.endsWith(`/${n.name}`));
      return [
        name,
        node === undefined
          ? tf.tensor1d([...xs])
          : tf.tensor2d([...xs], [xs.length / node.classes, node.classes]),
      ];
    }),
  );

const rowTensor = (nodes: readonly DiscreteNode[], values: ReadonlyMap<string, Tensor>): Tensor =>
  tf.cast(
    nodes.reduce<Tensor>(
      (row, n) => tf.add(tf.mul(row, n.classes), values.get(n.name) ?? Number.NaN),
      tf.scalar(0),
    ),
    'int32',
  );

/** The sites of some nodes as a program; a site of two classes is a Bernoulli. */
const visitAll = (
  nodes: readonly DiscreteNode[],
  inPlate: boolean,
  side: 'p' | 'q',
  values: Map<string, Tensor>,
): Program<unknown, void> =>
  program(function* () {
    for (const node of nodes.filter((n) => n.inPlate === inPlate)) {
      const rows = tf.tensor2d(node.table.map((row) => [...row]));
      const table = yield* shared(param(`${side}/${node.name}`, rows));
      const logits = tf.gather(table, rowTensor(named(nodes, node.parents), values));
      const odds = tf.sum(tf.mul(logits, tf.tensor1d([-1, 1, 0].slice(0, node.classes))), -1);
      values.set(
        node.name,
        node.classes === 2
          ? yield* sample(node.name, bernoulli({ logits: odds }))
          : yield* sample(node.name, categorical({ logits })),
      );
    }
  });

export const modelProgram = ({ plateSize, model, means, data }: DiscreteCase) =>
  program(function* () {
    const values = new Map<string, Tensor>();
    yield* visitAll(model, false, 'p', values);
    yield* plate(
      'data',
      plateSize,
      program(function* () {
        yield* visitAll(model, true, 'p', values);
        const table = yield* shared(param('means', tf.tensor1d([...means])));
        yield* observe('x', normal(tf.gather(table, rowTensor(model, values)), 1), data);
      }),
    );
  });

export const guideProgram = ({ plateSize, guide }: DiscreteCase) =>
  program(function* () {
    const values = new Map<string, Tensor>();
    yield* visitAll(guide, false, 'q', values);
    if (guide.some((n) => n.inPlate)) {
      yield* plate('data', plateSize, visitAll(guide, true, 'q', values));
    }
  });

type State = Readonly<Record<string, number>>;

const statesOf = (nodes: readonly DiscreteNode[], from: State): readonly State[] =>
  nodes.reduce<readonly State[]>(
    (states, n) =>
      states.flatMap((s) => Array.from({ length: n.classes }, (_, k) => ({ ...s, [n.name]: k }))),
    [from],
  );

/** log p of the sites in or out of the plate at a joint value. */
const logChance = (
  nodes: readonly DiscreteNode[],
  inPlate: boolean,
  side: 'p' | 'q',
  tables: Tables,
  state: State,
): number =>
  nodes
    .filter((n) => n.inPlate === inPlate)
    .reduce((sum, n) => {
      const row = rowOf(named(nodes, n.parents), state);
      const all = tables[`${side}/${n.name}`] ?? [];
      const logits = all.slice(row * n.classes, (row + 1) * n.classes);
      const total = Math.log(logits.reduce((t, l) => t + Math.exp(l), 0));
      return sum + (logits[state[n.name] ?? 0] ?? NaN) - total;
    }, 0);

/** E_q[log p(x, z) − log q(z)], summed over all joint values. */
export const exactElbo = (c: DiscreteCase, tables: Tables): number => {
  const { model, guide, data } = c;
  const inside = guide.filter((n) => n.inPlate);
  const ratio = (inPlate: boolean, s: State): number =>
    logChance(model, inPlate, 'p', tables, s) - logChance(guide, inPlate, 'q', tables, s);
  const element = (x: number, s: State): number => {
    const mean = tables['means']?.[rowOf(model, s)] ?? NaN;
    return ratio(true, s) - 0.5 * (x - mean) ** 2 - 0.5 * Math.log(2 * Math.PI);
  };
  const outside = statesOf(
    guide.filter((n) => !n.inPlate),
    {},
  );
  return outside.reduce((sum, g) => {
    const locals = statesOf(inside, g).map((s) => ({
      s,
      chance: Math.exp(logChance(guide, true, 'q', tables, s)),
    }));
    const likelihood = data.reduce(
      (total, x) => locals.reduce((t, { s, chance }) => t + chance * element(x, s), total),
      0,
    );
    return sum + Math.exp(logChance(guide, false, 'q', tables, g)) * (ratio(false, g) + likelihood);
  }, 0);
};

/** The gradient of a function of tables, by central differences in double precision. */
export const finiteDifferences = (
  f: (tables: Tables) => number,
  at: Tables,
): Readonly<Record<string, readonly number[]>> =>
  Object.fromEntries(
    Object.entries(at).map(([name, xs]) => [
      name,
      xs.map((_, i) => {
        const h = 1e-4;
        const shifted = (by: number): number =>
          f({ ...at, [name]: xs.map((x, j) => (i === j ? x + by : x)) });
        return (shifted(h) - shifted(-h)) / (2 * h);
      }),
    ]),
  );

/** How many equally weighted particles visit every joint outcome as often as it is probable. */
export const outcomes = ({ plateSize, guide }: DiscreteCase): number =>
  4 ** guide.reduce((sum, n) => sum + (n.inPlate ? plateSize : 1), 0);

/** The class that the `digit`-th quarter of a site's chances falls to. */
const classAt = (node: DiscreteNode, row: number, digit: number): number => {
  const quarters = (node.table[row] ?? []).map((l) => Math.round(4 * Math.exp(l)));
  const classes = quarters.flatMap((count, k) => Array.from({ length: count }, () => k));
  return classes[digit] ?? NaN;
};

/** Noise for `outcomes` particles: each has its own combination of quarters. */
export const exhaustiveNoise = (c: DiscreteCase): NoiseSource => {
  const { guide, plateSize } = c;
  const particles = outcomes(c);
  const places = guide.flatMap((n) =>
    Array.from({ length: n.inPlate ? plateSize : 1 }, (_, element) => `${n.name} ${element}`),
  );
  const digitOf = (particle: number, name: string, element: number): number =>
    Math.floor(particle / 4 ** places.indexOf(`${name} ${element}`)) % 4;
  const stateOf = (particle: number, element: number): State =>
    guide.reduce<State>((s, n) => {
      const digit = digitOf(particle, n.name, n.inPlate ? element : 0);
      return { ...s, [n.name]: classAt(n, rowOf(named(guide, n.parents), s), digit) };
    }, {});
  return (site, _block, noise, batch) => {
    const [node] = named(guide, [site]);
    const elements = node?.inPlate === true ? plateSize : 1;
    const classes = noise.shape[0] ?? 1;
    const values = Array.from({ length: particles * elements * classes }, (_, i) => {
      const element = Math.floor(i / classes) % elements;
      const particle = Math.floor(i / classes / elements);
      // Bernoulli counts a one where the uniform is low, and quarters count zeros first.
      return noise.law === 'uniform'
        ? (3.5 - digitOf(particle, site, element)) / 4
        : stateOf(particle, element)[site] === i % classes
          ? 1000
          : 0;
    });
    return tf.tensor(values, [...batch, ...noise.shape]);
  };
};

interface NodeSketch {
  readonly classes: number;
  readonly inPlate: boolean;
}

const quartersOf: Readonly<Record<number, readonly (readonly number[])[]>> = {
  2: [
    [1, 3],
    [2, 2],
    [3, 1],
  ],
  3: [
    [1, 1, 2],
    [1, 2, 1],
    [2, 1, 1],
  ],
};

const complete = (
  sketches: readonly NodeSketch[],
  reversed: boolean,
  seed: number,
): DiscreteCase => {
  const dice = (purpose: string, count: number): readonly number[] => [
    ...randomUniform(foldIn(key(seed), purpose), count),
  ];
  const plain = sketches
    .map((s, i) => ({ ...s, name: `z${i}` }))
    .toSorted((a, b) => Number(a.inPlate) - Number(b.inPlate));
  const build = (
    side: string,
    nodes: typeof plain,
    rowFor: (classes: number, u: number, v: number) => readonly number[],
  ): readonly DiscreteNode[] =>
    nodes.reduce<readonly DiscreteNode[]>((before, n) => {
      const parents = before.filter((_, i) => (dice(`${side} edge ${n.name}`, 9)[i] ?? 0) < 0.75);
      const us = dice(`${side} rows ${n.name}`, 200);
      const table = Array.from({ length: rowCount(parents) }, (_, row) =>
        rowFor(n.classes, us[2 * row] ?? 0, us[2 * row + 1] ?? 0),
      );
      return [...before, { ...n, parents: parents.map((p) => p.name), table }];
    }, []);
  const model = build('model', plain, (classes, u, v) =>
    [0, 2 * u - 1, 2 * v - 1].slice(0, classes),
  );
  const order = reversed
    ? [
        ...plain.filter((n) => !n.inPlate).toReversed(),
        ...plain.filter((n) => n.inPlate).toReversed(),
      ]
    : plain;
  const guide = build('guide', order, (classes, u) =>
    (quartersOf[classes]?.[Math.floor(3 * u)] ?? []).map((count) => Math.log(count / 4)),
  );
  const plateSize = 2;
  return {
    plateSize,
    model,
    guide,
    means: dice('means', rowCount(model)).map((u) => 4 * u - 2),
    data: dice('data', plateSize).map((u) => 4 * u - 2),
  };
};

/** Two or three sites, Bernoulli and categorical, dependent, some in a plate of two. */
export const discreteCases: fc.Arbitrary<DiscreteCase> = fc
  .record({
    sketches: fc
      .array(fc.record({ classes: fc.integer({ min: 2, max: 3 }), inPlate: fc.boolean() }), {
        minLength: 2,
        maxLength: 3,
      })
      .filter((s) => s.filter((n) => n.inPlate).length <= 2),
    reversed: fc.boolean(),
    seed: fc.nat(),
  })
  .map(({ sketches, reversed, seed }) => complete(sketches, reversed, seed));
