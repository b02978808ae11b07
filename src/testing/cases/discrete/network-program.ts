/** A discrete network as a program. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  factor,
  observe,
  param,
  plate,
  program,
  sample,
  shared,
} from '../../../../dsl/index.js';
import { mask } from '../../../../dsl/combinators/index.js';
import { bernoulli, categorical } from '../../../../dsl/distributions/index.js';
import type { DiscreteNetwork, DiscreteSite, Level } from './discrete-network.js';

/** How a network becomes a program. */
export interface ProgramOptions {
  /** What its parameters are called after, `'model'` say; constants where left out. */
  readonly learned?: string;
  /** Visit these rows of the outermost plate, `[count]` int32; all where left out. */
  readonly rows?: Tensor;
}

const int = (n: number): Tensor => tf.scalar(n, 'int32');

/** Numbers that are learned where a name is given. */
const numbers = (
  values: Tensor,
  name: string,
  learned: string | undefined,
): Program<unknown, Tensor> =>
  program(function* () {
    return learned === undefined ? values : yield* shared(param(`${learned} ${name}`, values));
  });

/** Entries `[elements]` of a level, those that are visited: `[...plates]`. */
const visited = (
  values: readonly number[],
  elements: Tensor,
  dtype: 'float32' | 'int32' = 'float32',
): Tensor => tf.gather(tf.tensor1d([...values], dtype), elements);

/** What a program knows on its way inward. */
interface Way {
  /** Which element of the level each place is, `[...plates]` int32. */
  readonly element: Tensor;
  /** The joint value of the sites so far: the row of a table. */
  readonly row: Tensor;
}

/** Logits of a site for each element at the row of the sites before it, `[..., classes]`. */
const logitsOf = (
  site: DiscreteSite,
  { element, row }: Way,
  learned: string | undefined,
): Program<unknown, Tensor> =>
  program(function* () {
    const rows = site.tables[0]?.length ?? 1;
    const flat = tf.tensor2d(site.tables.flatMap((table) => table.map((r) => [...r])));
    const table = yield* numbers(flat, `logits of ${site.name}`, learned);
    const start = site.tables.length > 1 ? tf.mul(element, int(rows)) : int(0);
    return tf.gather(table, rows > 1 ? tf.add(start, row) : start);
  });

const lawOf = (classes: number, logits: Tensor) =>
  classes === 2
    ? bernoulli({ logits: tf.sum(tf.mul(logits, [-1, 1]), -1) })
    : categorical({ logits });

const visitLevel = (
  { sites, observation, factor: term }: Level,
  way: Way,
  learned: string | undefined,
): Program<unknown, Tensor> =>
  program(function* () {
    let row = way.row;
    for (const site of sites) {
      const logits = yield* logitsOf(site, { ...way, row }, learned);
      const value = yield* sample(site.name, lawOf(site.classes, logits));
      row = tf.add(tf.mul(row, int(site.classes)), tf.cast(value, 'int32'));
    }
    if (term !== undefined) {
      const table = yield* numbers(tf.tensor1d([...term.table]), term.name, learned);
      yield* factor(term.name, tf.gather(table, row));
    }
    if (observation !== undefined) {
      const { name, classes, values, kept } = observation;
      const law = lawOf(classes, yield* logitsOf(observation, { ...way, row }, learned));
      const counted = kept === undefined ? law : mask(law, visited(kept.map(Number), way.element));
      yield* observe(name, counted, visited(values, way.element));
    }
    return row;
  });

/** The network as a program, levels from outside. */
export const networkProgram = (
  network: DiscreteNetwork,
  { learned, rows }: ProgramOptions = {},
): Program<unknown, unknown> => {
  const inside = (levels: DiscreteNetwork, outer: Way, depth: number): Program<unknown, unknown> =>
    program(function* () {
      const [level, ...others] = levels;
      if (level === undefined) return;
      const body = (way: Way): Program<unknown, unknown> =>
        program(function* () {
          const row = yield* visitLevel(level, way, learned);
          yield* inside(others, { ...way, row }, depth + 1);
        });
      // A guide visits no plate that holds nothing of it.
      if (levels.every((l) => l.sites.length === 0 && !l.observation && !l.factor)) return;
      if (level.plate === undefined) {
        yield* body(outer);
        return;
      }
      const { name, size } = level.plate;
      const options = depth === 1 && rows !== undefined ? { size, indices: rows } : { size };
      yield* plate(name, options, (indices) => {
        // An inner plate has the next axis to the left: [inner, ...outer].
        const here = tf.reshape(indices, [-1, ...outer.element.shape.map(() => 1)]);
        return body({
          ...outer,
          element: tf.add(tf.mul(outer.element, int(size)), here),
        });
      });
    });
  return inside(network, { element: int(0), row: int(0) }, 0);
};
