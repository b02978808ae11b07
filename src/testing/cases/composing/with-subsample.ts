/** Cases whose plate is subsampled by the engine. */
import * as fc from 'fast-check';
import * as t from 'io-ts';
import type { Tensor } from '../../../../dsl/index.js';
import { perform, rewrite } from '../../../../dsl/program/program.js';
import { program } from '../../../../dsl/index.js';
import type { AnyProgram, Inference } from '../../law/inference.js';
import type { BoundCase, CaseRows, Recipe } from '../bound-case.js';
import { decodeSketch, wholeFrom } from '../decode-sketch.js';
import { recipeCodec } from './changed-case.js';

const GENERATOR = 'withSubsample';

const sketchCodec = t.type({ of: recipeCodec, count: wholeFrom(1) });

/** A model and a guide that visit some elements of a plate, drawn by the engine anew at every run. */
export interface SubsampledCase extends Inference {
  readonly label: string;
  /** How many elements of the plate are visited. */
  readonly count: number;
  readonly rows: CaseRows;
  /** The case of all elements, whose answers are exact: its bound is the mean of this one's. */
  readonly whole: BoundCase;
  readonly recipe: Recipe;
}

/** A program of rows, of which the engine draws `count`. */
const drawn = (
  by: (rows: Tensor) => AnyProgram,
  { plate, size }: CaseRows,
  count: number,
): AnyProgram =>
  program(function* () {
    const rows = yield* perform({ op: 'subsample', name: plate, size, count });
    return yield* rewrite<unknown, unknown, unknown>(by(rows), () => ({
      each: (i) =>
        i.op === 'subsample'
          ? i
          : {
              ...i,
              plates: i.plates.map((p) =>
                p.indices === rows ? { ...p, drawn: true as const } : p,
              ),
            },
    }));
  });

const complete = (whole: BoundCase, rows: CaseRows, count: number): SubsampledCase => ({
  label: `${whole.label}; ${count} of ${rows.size} drawn`,
  model: drawn(rows.model, rows, count),
  guide: drawn(rows.guide, rows, count),
  count,
  rows,
  whole,
  recipe: { generator: GENERATOR, sketch: { of: whole.recipe, count } },
});

/**
 * Models and guides that visit a subsample of their plate, drawn by the engine, from cases with `rows`. What
 * is exact is of all elements: evidence and posterior are those of `whole`.
 *
 * Cases without rows are passed over.
 *
 * @example
 * ```ts
 * const cases = withSubsample(conjugatePairs());
 * fc.assert(
 *   fc.property(cases, ({ model, guide, rows }) => {
 *     checkParticles({ model, guide });
 *     checkMinibatches(rows);
 *   }),
 *   { numRuns: 3 },
 * );
 * const [c] = fc.sample(cases, { numRuns: 1, seed: 1 });
 * (c?.count ?? 0) < (c?.rows.size ?? 0); // true
 * ```
 */
export const withSubsample = (cases: fc.Arbitrary<BoundCase>): fc.Arbitrary<SubsampledCase> =>
  fc
    .tuple(
      cases.filter(({ rows }) => rows !== undefined),
      fc.nat({ max: 63 }),
    )
    .map(([whole, place]) =>
      subsampled(whole, 1 + (place % Math.max(1, (whole.rows?.size ?? 1) - 1))),
    );

const subsampled = (whole: BoundCase, count: number): SubsampledCase => {
  const { rows } = whole;
  if (rows !== undefined && count <= rows.size) return complete(whole, rows, count);
  throw new RangeError(
    `${GENERATOR}: expected a case with rows, at least ${count}, but got ${rows?.size ?? 'none'}; ` +
      'take one whose plate has as many elements.',
  );
};

/** The case of a sketch of `withSubsample`; what is none throws a `RangeError`. */
export const subsampledFromSketch = (
  sketch: unknown,
  again: (recipe: Recipe) => BoundCase,
): SubsampledCase => {
  const { of, count } = decodeSketch(GENERATOR, sketchCodec, sketch);
  return subsampled(again(of), count);
};
