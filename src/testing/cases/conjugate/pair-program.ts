/** Conjugate models and their guides as programs. */
import * as tf from '@tensorflow/tfjs';
import {
  type Program,
  type Tensor,
  factor,
  observe,
  param,
  plate,
  positive,
  program,
  sample,
  shared,
} from '../../../../dsl/index.js';
import { mask } from '../../../../dsl/combinators/index.js';
import type { Parameter } from './family.js';
import type { ConjugateModel, ConjugateSketch } from './sketch.js';

/** How a pair becomes programs. */
export interface PairOptions {
  /** Its plates: `groups` latent values, `data` for each; 0 for none. */
  readonly plates: Pick<ConjugateSketch, 'groups' | 'data'>;
  /** What its parameters are called after; constants where left out. */
  readonly learned?: string;
  /** Visit these rows of the outermost plate, `[count]` int32; all where left out. */
  readonly rows?: Tensor;
}

/** The name of the outermost plate. */
export const outermost = ({ groups, data }: PairOptions['plates']): string | undefined =>
  groups > 0 ? (data > 0 ? 'groups' : 'data') : data > 0 ? 'data' : undefined;

/** Numbers that are learned where a name is given. */
const numbers = (
  { name, isPositive }: Pick<Parameter, 'name' | 'isPositive'>,
  values: Tensor,
  learned: string | undefined,
): Program<unknown, Tensor> =>
  program(function* () {
    if (learned === undefined) return values;
    return yield* shared(
      param(`${learned} ${name}`, values, isPositive ? { support: positive } : {}),
    );
  });

/** The body in a plate of `size`, told the rows that it visits, or outside any where that is 0. */
const inPlate = (
  name: string,
  size: number,
  rows: Tensor | undefined,
  body: (rows: Tensor | undefined) => Program<unknown, unknown>,
): Program<unknown, unknown> =>
  size === 0
    ? body(undefined)
    : plate(name, rows === undefined ? { size } : { size, indices: rows }, (indices) =>
        body(indices),
      );

/** Entries `[group, datum]` of the visited elements, `[data, groups]` as plates have them. */
const visited = (
  values: readonly (readonly number[])[],
  groups: Tensor | undefined,
  data: Tensor | undefined,
): Tensor => {
  const all = tf.transpose(tf.tensor2d(values.map((row) => [...row])));
  const some = data === undefined ? tf.squeeze(all, [0]) : tf.gather(all, data, 0);
  return groups === undefined ? tf.squeeze(some, [-1]) : tf.gather(some, groups, -1);
};

/** Which rows a plate is told to visit: the outermost those that were asked for. */
const rowsFor = ({ plates, rows }: PairOptions, of: 'groups' | 'data'): Tensor | undefined =>
  of === 'groups' || plates.groups === 0 ? rows : undefined;

/** The model: z from its prior, a factor where there is one, and the data given z. */
export const modelProgram = (
  { family, prior, noise, data, kept, factor: counts }: ConjugateModel,
  options: PairOptions,
): Program<unknown, unknown> =>
  program(function* () {
    const { plates, learned } = options;
    const parameters: Tensor[] = [];
    for (const p of family.parameters(family.fromParameters(prior))) {
      const values = prior[parameters.length] ?? p.values;
      const start = p.values.length > 1 ? tf.tensor1d([...values]) : tf.scalar(values[0] ?? 0);
      parameters.push(yield* numbers({ ...p, name: `prior ${p.name}` }, start, learned));
    }
    const own = family.hasNoise
      ? yield* numbers({ name: 'noise', isPositive: true }, tf.scalar(noise), learned)
      : tf.scalar(noise);
    const outer = plates.groups > 0 && plates.data > 0 ? 'groups' : 'data';
    yield* inPlate(outer, plates.groups, rowsFor(options, 'groups'), (groups) =>
      program(function* () {
        const z = yield* sample('z', family.law(parameters));
        if (counts !== undefined) yield* factor('factor', family.logFactor(counts, z));
        yield* inPlate('data', plates.data, rowsFor(options, 'data'), (rows) => {
          const law = family.likelihood(z, own);
          const counted =
            kept === undefined
              ? law
              : mask(
                  law,
                  visited(
                    kept.map((row) => row.map(Number)),
                    groups,
                    rows,
                  ),
                );
          return observe('x', counted, visited(data, groups, rows));
        });
      }),
    );
  });

/** A guide of the prior's family, by its parameters for each latent value. */
export const guideProgram = (
  { family, prior }: ConjugateModel,
  parameters: readonly (readonly (readonly number[])[])[],
  options: PairOptions,
): Program<unknown, unknown> =>
  program(function* () {
    const { plates, learned } = options;
    const tables: Tensor[] = [];
    for (const [i, p] of family.parameters(family.fromParameters(prior)).entries()) {
      const all = tf.tensor2d(parameters.map((one) => [...(one[i] ?? [])]));
      const flat = p.values.length > 1 ? all : tf.squeeze(all, [-1]);
      const start = plates.groups > 0 ? flat : tf.squeeze(flat, [0]);
      tables.push(yield* numbers(p, start, learned));
    }
    const outer = plates.data > 0 ? 'groups' : 'data';
    yield* inPlate(outer, plates.groups, rowsFor(options, 'groups'), (groups) =>
      sample('z', family.law(tables.map((t) => (groups === undefined ? t : tf.gather(t, groups))))),
    );
  });
