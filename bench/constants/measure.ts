/** The constants of the cost model, as differences of measured times. */
import * as tf from '@tensorflow/tfjs';
import type { Tensor } from 'marginalia';
import { specOf } from '../../src/compile/container.js';
import { recordGraph } from '../../src/compile/recording/recorder.js';
import type { RunCosts } from '../../src/compile/choice/costs.js';
import type { Kind } from '../../src/code/kind.js';
import { positive } from './positive.js';
import {
  type Product,
  type Subject,
  foldsOf,
  gatherOf,
  moveOf,
  ports,
  productOf,
  scatterOf,
  termsOf,
} from './subjects.js';
import { type Way, timeOf } from './ways.js';

/** What each kind of element is measured by: the mean of these. */
const examples: Readonly<Record<Exclude<Kind, 'arithmetic'>, readonly ((x: Tensor) => Tensor)[]>> =
  {
    choice: [(x) => tf.maximum(x, 1), (x) => tf.where(tf.greater(x, 1), x, tf.scalar(0.5))],
    quotient: [tf.sqrt, (x) => tf.div(3, x)],
    exponential: [tf.exp, tf.sigmoid],
    logarithm: [tf.log, tf.log1p],
    tanh: [tf.tanh, tf.erf],
    softplus: [tf.softplus],
    power: [(x) => tf.pow(x, 1.7)],
  };

/** The sizes that a way is measured at: generated code cannot hold more than so many statements. */
export interface Sizes {
  /** Elements of a vector. */
  readonly vector: number;
  /** Sides of a matrix. */
  readonly matrix: number;
  /** A small product, one with large operands, and one that does much with few. */
  readonly products: readonly [Product, Product];
  readonly table: { readonly rows: number; readonly width: number; readonly taken: number };
}

const FEW = 8;
const MANY = 24;

const mean = (xs: readonly number[]): number => xs.reduce((a, b) => a + b, 0) / xs.length;

/** The slope of two times by what lies between them. */
const slope = async (way: Way, few: Subject, many: Subject, between: number): Promise<number> =>
  ((await timeOf(way, many)) - (await timeOf(way, few))) / between;

const elementCosts = async (way: Way, vector: number): Promise<RunCosts['elements']> => {
  const shape = [vector];
  const same = (x: Tensor): Tensor => x;
  const base = await timeOf(way, termsOf(same, FEW, shape));
  // A term is a product and a sum.
  const arithmetic =
    ((await timeOf(way, termsOf(same, MANY, shape))) - base) / (2 * (MANY - FEW) * vector);
  const of = async (fs: readonly ((x: Tensor) => Tensor)[]): Promise<number> => {
    const each: number[] = [];
    for (const f of fs) {
      each.push(((await timeOf(way, termsOf(f, FEW, shape))) - base) / (FEW * vector));
    }
    return positive(mean(each));
  };
  return {
    arithmetic: positive(arithmetic),
    choice: await of(examples.choice),
    quotient: await of(examples.quotient),
    exponential: await of(examples.exponential),
    logarithm: await of(examples.logarithm),
    tanh: await of(examples.tanh),
    softplus: await of(examples.softplus),
    power: await of(examples.power),
  };
};

/** Multiply-adds and elements of operands of a product. */
const productWork = ({ m, k, n }: Product): readonly [number, number] => [
  m * k * n,
  m * k + k * n + m * n,
];

/** What a multiply-add and an element of an operand cost, from two products of other proportions. */
const productCosts = async (
  way: Way,
  overhead: number,
  [square, flat]: Sizes['products'],
): Promise<{ readonly multiply: number; readonly operand: number }> => {
  const [m1, o1] = productWork(square);
  const [m2, o2] = productWork(flat);
  const t1 = (await timeOf(way, productOf(square))) - overhead;
  const t2 = (await timeOf(way, productOf(flat))) - overhead;
  const multiply = (t1 * o2 - t2 * o1) / (m1 * o2 - m2 * o1);
  const operand = (t2 * m1 - t1 * m2) / (m1 * o2 - m2 * o1);
  return { multiply, operand };
};

/** Kernels that a subject asks for. */
const kernelsOf = ({ f, example }: Subject): number =>
  recordGraph(Object.fromEntries(Object.entries(example).map(([name, x]) => [name, specOf(x)])), f)
    .nodes.length;

export interface Measuring {
  readonly way: Way;
  readonly sizes: Sizes;
  /** Nanoseconds of a run whatever it does, and of a node whatever its size. */
  readonly overheads: (way: Way) => Promise<Pick<RunCosts, 'call' | 'node' | 'port'>>;
}

/** Overheads of what runs compiled graphs: small folds, whose nodes cannot all be fused. */
export const compiledOverheads: Measuring['overheads'] = async (way) => {
  const chain = (terms: number): Subject => foldsOf(terms, [3, 3], 1);
  const kernels = kernelsOf(chain(MANY)) - kernelsOf(chain(FEW));
  const node = positive(await slope(way, chain(FEW), chain(MANY), kernels));
  const port = positive(await slope(way, ports(1, [1]), ports(17, [1]), 32));
  const one = await timeOf(way, ports(1, [1]));
  return { node, port, call: positive(one - 2 * port - node) };
};

/** Measures the constants of one way. */
export const runCosts = async ({ way, sizes, overheads }: Measuring): Promise<RunCosts> => {
  const { vector, matrix, products, table } = sizes;
  const { call, node, port } = await overheads(way);
  const elements = await elementCosts(way, vector);
  const out = positive(
    (await slope(way, ports(1, [1]), ports(1, [vector]), vector)) - elements.arithmetic,
  );
  const ofMatrix = async (make: (terms: number) => Subject, each: number): Promise<number> =>
    (await slope(way, make(FEW), make(MANY), MANY - FEW)) / each - elements.arithmetic;
  const elementsOf = matrix * matrix;
  const folds = [
    await ofMatrix((terms) => foldsOf(terms, [matrix, matrix], 0), elementsOf),
    await ofMatrix((terms) => foldsOf(terms, [matrix, matrix], 1), elementsOf),
  ];
  const move = await ofMatrix((terms) => moveOf(terms, [matrix, matrix]), elementsOf);
  const { multiply, operand } = await productCosts(way, call + 3 * port + node, products);
  const { rows, width, taken } = table;
  const gather =
    (await slope(
      way,
      gatherOf(rows, width, taken),
      gatherOf(rows, width, 3 * taken),
      2 * taken * width,
    )) - mean(folds);
  const scatter = await slope(
    way,
    scatterOf(rows, width, taken),
    scatterOf(rows, width, 3 * taken),
    2 * taken * width,
  );
  const tableCost =
    (await slope(
      way,
      scatterOf(rows, width, taken),
      scatterOf(3 * rows, width, taken),
      2 * rows * width,
    )) - mean(folds);
  return {
    call,
    node,
    port,
    out,
    elements,
    fold: positive(mean(folds)),
    move: positive(move),
    gather: positive(gather),
    scatter: positive(scatter),
    table: positive(tableCost),
    multiply: positive(multiply),
    operand: positive(operand),
    far: positive(multiply),
    window: positive(multiply),
  };
};

/**
 * The constants of straight code, where every element is a statement: a sum is additions, to move
 * an element is nothing, and there is no table.
 */
export const straightCosts = async (way: Way, vector: number): Promise<RunCosts> => {
  const one = await timeOf(way, ports(1, [1]));
  const port = positive(await slope(way, ports(1, [1]), ports(17, [1]), 32));
  const elements = await elementCosts(way, vector);
  const { arithmetic } = elements;
  return {
    call: positive(one - 2 * port),
    node: 0,
    port: 0,
    out: port,
    elements,
    fold: arithmetic,
    move: 0,
    gather: arithmetic,
    scatter: arithmetic,
    table: arithmetic,
    multiply: 2 * arithmetic,
    operand: arithmetic,
    far: 2 * arithmetic,
    window: 2 * arithmetic,
  };
};
