/** Random discrete graphs with their evidence and posterior, by sums over all joint values. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  bernoulli,
  categorical,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
} from '../../../dsl/index.js';
import { foldIn, key, uniforms } from '../../random/index.js';
import type { AnyProgram } from '../law/inference.js';

/** A graph of Bernoullis and categoricals, some in a plate with one observed class for each element. */
export interface DiscreteGraph {
  readonly label: string;
  readonly model: AnyProgram;
  /** The posterior: each site given those before it, as one table for each element of the plate. */
  readonly posterior: AnyProgram;
  /** Independent sites of even chances: a guide that is wrong. */
  readonly guide: AnyProgram;
  /** log p(data), nats, in double precision. */
  readonly logEvidence: number;
}

/** A site: how many classes, and chances of each at every joint value of the sites before it. */
interface Node {
  readonly name: string;
  readonly classes: number;
  readonly inPlate: boolean;
  /** `[elements][row][class]`; one element outside the plate, and in it where all have one table. */
  readonly tables: readonly (readonly (readonly number[])[])[];
}

interface Sketch {
  readonly outside: readonly number[];
  readonly inside: readonly number[];
  readonly data: readonly number[];
  readonly seed: number;
}

/** Classes of an observation. */
const SYMBOLS = 3;

const total = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0);
const product = (xs: readonly number[]): number => xs.reduce((a, b) => a * b, 1);

/** Chances from uniforms, none of them small. */
const chancesOf = (us: readonly number[]): readonly number[] => {
  const weights = us.map((u) => 0.25 + u);
  return weights.map((w) => w / total(weights));
};

const randomTable = (seed: number, name: string, rows: number, classes: number) =>
  Array.from({ length: rows }, (_, row) =>
    chancesOf([...uniforms(foldIn(foldIn(key(seed), name), row), classes)]),
  );

/** The model's sites, each given all before it, and what is observed given all. */
const nodesOf = ({ outside, inside, seed }: Sketch): readonly Node[] => {
  const all = [
    ...outside.map((classes, i) => ({ name: `global ${i}`, classes, inPlate: false })),
    ...inside.map((classes, i) => ({ name: `local ${i}`, classes, inPlate: true })),
    { name: 'x', classes: SYMBOLS, inPlate: true },
  ];
  return all.map((n, i) => {
    const rows = product(all.slice(0, i).map((m) => m.classes));
    return { ...n, tables: [randomTable(seed, n.name, rows, n.classes)] };
  });
};

/** A joint value as one number, the first site counting the most: the row of a table. */
const rowsUnder = (classes: readonly number[]): number => product(classes);

/** p(class of node `n` | row) for an element. */
const chance = (n: Node, element: number, row: number, value: number): number =>
  (n.tables[element] ?? n.tables[0])?.[row]?.[value] ?? Number.NaN;

/** Σ over the joint values of `nodes` that begin with `row`, of their chances times `then`. */
const sumOut = (
  nodes: readonly Node[],
  element: number,
  row: number,
  then: (row: number) => number,
): number => {
  const [first, ...rest] = nodes;
  if (first === undefined) return then(row);
  return total(
    Array.from(
      { length: first.classes },
      (_, value) =>
        chance(first, element, row, value) *
        sumOut(rest, element, row * first.classes + value, then),
    ),
  );
};

interface Parts {
  readonly outside: readonly Node[];
  readonly inside: readonly Node[];
  readonly x: Node;
  readonly data: readonly number[];
}

/** p(x_i | the sites outside) for an element, its own sites summed out. */
const likelihood = ({ inside, x, data }: Parts, element: number, row: number): number =>
  sumOut(inside, 0, row, (r) => chance(x, 0, r, data[element] ?? 0));

const likelihoodOfAll = (parts: Parts, row: number): number =>
  product(parts.data.map((_, element) => likelihood(parts, element, row)));

/** The sites of some nodes given how likely the data are at a joint value of all of them. */
const conditioned = (
  nodes: readonly Node[],
  start: number,
  elements: number,
  given: (element: number, row: number) => number,
): readonly Node[] =>
  nodes.map((n, i) => {
    const before = nodes.slice(0, i);
    const rows = start * rowsUnder(before.map((m) => m.classes));
    return {
      ...n,
      tables: Array.from({ length: elements }, (_, element) =>
        Array.from({ length: rows }, (__, row) => {
          const weights = Array.from({ length: n.classes }, (___, value) =>
            sumOut(nodes.slice(i + 1), 0, row * n.classes + value, (r) => given(element, r)),
          ).map((w, value) => w * chance(n, 0, row, value));
          return weights.map((w) => w / total(weights));
        }),
      ),
    };
  });

/** The sites of nodes as a program; `from` is the row of what came before, `[...plates]`. */
const visit = (
  nodes: readonly Node[],
  from: Tensor,
  data: readonly number[],
  side: string,
): Program<unknown, Tensor> =>
  program(function* () {
    let row = from;
    for (const n of nodes) {
      const flat = tf.log(tf.tensor2d(n.tables.flat().map((r) => [...r])));
      const table = yield* shared(param(`${side} of ${n.name}`, flat));
      const rows = n.tables[0]?.length ?? 1;
      // Every element of the plate may have a table of its own.
      const start =
        n.tables.length > 1
          ? tf.mul(tf.range(0, n.tables.length, 1, 'int32'), tf.scalar(rows, 'int32'))
          : tf.scalar(0, 'int32');
      const logits = tf.gather(table, tf.add(start, row));
      if (n.name === 'x') {
        yield* observe('x', categorical({ logits }), [...data]);
        continue;
      }
      const value = yield* n.classes === 2
        ? sample(n.name, bernoulli({ logits: tf.sum(tf.mul(logits, [-1, 1]), -1) }))
        : sample(n.name, categorical({ logits }));
      const scaled = tf.mul(row, tf.scalar(n.classes, 'int32'));
      row = tf.add(scaled, tf.cast(value, 'int32'));
    }
    return row;
  });

const programOf = (
  nodes: readonly Node[],
  data: readonly number[],
  side: 'chances' | 'posterior' | 'guide',
): Program<unknown, void> =>
  program(function* () {
    const outside = nodes.filter((n) => !n.inPlate);
    const row = yield* visit(outside, tf.scalar(0, 'int32'), data, side);
    const inside = nodes.filter((n) => n.inPlate);
    if (inside.length > 0) yield* plate('data', data.length, visit(inside, row, data, side));
  });

const even = (n: Node): Node => ({
  ...n,
  tables: n.tables.map((rows) => rows.map((r) => r.map(() => 1 / r.length))),
});

const complete = (sketch: Sketch): DiscreteGraph => {
  const nodes = nodesOf(sketch);
  const outside = nodes.filter((n) => !n.inPlate);
  const inside = nodes.filter((n) => n.inPlate && n.name !== 'x');
  const [x] = nodes.slice(-1);
  if (x === undefined) throw new Error('discreteGraphs: there is always an observation.');
  const parts: Parts = { outside, inside, x, data: sketch.data };
  const start = rowsUnder(outside.map((n) => n.classes));
  const posterior = [
    ...conditioned(outside, 1, 1, (_, row) => likelihoodOfAll(parts, row)),
    ...conditioned(inside, start, sketch.data.length, (element, row) =>
      chance(x, 0, row, sketch.data[element] ?? 0),
    ),
  ];
  const shape = [...outside, ...inside].map((n) => `${n.name} of ${n.classes}`).join(', ');
  return {
    label: `${shape}, ${sketch.data.length} data, seed ${sketch.seed}`,
    model: programOf(nodes, sketch.data, 'chances'),
    posterior: programOf(posterior, sketch.data, 'posterior'),
    guide: programOf([...outside, ...inside].map(even), sketch.data, 'guide'),
    logEvidence: Math.log(sumOut(outside, 0, 0, (row) => likelihoodOfAll(parts, row))),
  };
};

/**
 * Random discrete graphs: one or two global sites, up to two for each element of a plate of one to
 * three, of two or three classes each, every site given all before it, and one observed class for each
 * element. Evidence and posterior are summed over all joint values in double precision.
 *
 * @example
 * ```ts
 * fc.assert(
 *   fc.property(discreteGraphs, ({ model, posterior, logEvidence }) =>
 *     checkExactGuide({ model, guide: posterior, logEvidence }),
 *   ),
 *   { numRuns: 3 },
 * );
 * ```
 */
export const discreteGraphs: fc.Arbitrary<DiscreteGraph> = fc
  .record({
    outside: fc.array(fc.integer({ min: 2, max: 3 }), { minLength: 1, maxLength: 2 }),
    inside: fc.array(fc.integer({ min: 2, max: 3 }), { maxLength: 2 }),
    data: fc.array(fc.nat({ max: SYMBOLS - 1 }), { minLength: 1, maxLength: 3 }),
    seed: fc.nat({ max: 2 ** 31 - 1 }),
  })
  .map(complete);
