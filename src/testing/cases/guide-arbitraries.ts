/** Random guides for a given model. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type Distribution,
  type Program,
  SiteError,
  type Tensor,
  bernoulli,
  bijectors,
  categorical,
  dirichlet,
  independent,
  logNormal,
  normal,
  oneHotCategorical,
  param,
  plate,
  positive,
  program,
  sample,
  transformed,
} from '../../../dsl/index.js';
import { siteLabel } from '../../../dsl/error.js';
import type { ArrayOf, Real } from '../../../dsl/support.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type SampleStructure, latentSites } from '../../bounds/dependence/structure.js';
import type { Params } from '../../interpreters/params.js';
import { foldIn, key, uniforms } from '../../random/index.js';
import { type AnyProgram, nothing, paramsOf, structureOf } from '../law/inference.js';
import { scoped } from '../../scoped.js';

/** A guide for a model, with a label that reads like it: `z ~ Normal(0.5, 0.75); b in 3 ~ Bernoulli(-1)`. */
export interface GuideCase {
  readonly label: string;
  readonly guide: AnyProgram;
}

/** Numbers from `low` to `high` in eighths, which are short when printed and exact in float32. */
const eighths = (
  seed: number,
  purpose: string,
  low: number,
  high: number,
  shape: readonly number[],
): readonly number[] =>
  [...uniforms(foldIn(key(seed), purpose), sizeOf(shape))].map(
    (u) => Math.round((low + (high - low) * u) * 8) / 8,
  );

type Dice = (purpose: string, low: number, high: number, shape: readonly number[]) => Tensor;

const diceOf =
  (seed: number): Dice =>
  (purpose, low, high, shape) =>
    tf.tensor([...eighths(seed, purpose, low, high, shape)], [...shape]);

const refuse = (site: string, received: string): never => {
  throw new SiteError({
    site: siteLabel(site),
    expected: 'a support that a guide can be made for',
    received,
    cure: 'Write the guide of this model by hand.',
  });
};

/** Normals of an event, one law for all its entries. */
const normalOver = (
  rank: number,
  loc: Tensor,
  scale: Tensor,
): Distribution<Real | ArrayOf<Real>, 'pathwise'> =>
  rank === 0 ? normal(loc, scale) : independent(normal(loc, scale), rank);

const familyFor = (
  { name, support, eventShape }: SampleStructure,
  dice: Dice,
): Program<unknown, Distribution> => {
  const rank = eventShape.length;
  const located = (
    shape: readonly number[],
    make: (loc: Tensor, scale: Tensor) => Distribution,
  ): Program<unknown, Distribution> =>
    program(function* () {
      const loc = yield* param(`${name} loc`, dice(`${name} loc`, -1, 1, shape));
      const start = dice(`${name} scale`, 0.5, 1.25, shape);
      const scale = yield* param(`${name} scale`, start, { support: positive });
      return make(loc, scale);
    });
  const normals = (shape: readonly number[]) =>
    located(shape, (loc, scale) => normalOver(shape.length, loc, scale));
  const scalar = support.kind === 'arrayOf' ? support.base : support;
  switch (scalar.kind) {
    case 'real':
      return normals(eventShape);
    case 'positive':
    case 'nonnegative':
      return located(eventShape, (loc, scale) => {
        const each = logNormal(loc, tf.mul(scale, 0.5));
        return rank === 0 ? each : independent(each, rank);
      });
    case 'interval': {
      const { low, high } = scalar;
      if (!Number.isFinite(low + high)) return refuse(name, 'an interval with computed bounds');
      return located(eventShape, (loc, scale) =>
        transformed(normalOver(rank, loc, scale), bijectors.sigmoidTo(low, high)),
      );
    }
    case 'integers': {
      const { low, high } = scalar;
      const classes = high - low + 1;
      if (low !== 0 || !(classes <= 64)) return refuse(name, `integers from ${low} to ${high}`);
      return program(function* () {
        const shape = classes === 2 ? eventShape : [...eventShape, classes];
        const logits = yield* param(`${name} logits`, dice(`${name} logits`, -1.5, 1.5, shape));
        const each = classes === 2 ? bernoulli({ logits }) : categorical({ logits });
        return rank === 0 ? each : independent(each, rank);
      });
    }
    case 'simplex':
      return program(function* () {
        const start = dice(`${name} concentration`, 1, 4, eventShape);
        const at = yield* param(`${name} concentration`, start, { support: positive });
        return dirichlet(at);
      });
    case 'oneHot':
      return program(function* () {
        const logits = dice(`${name} logits`, -1.5, 1.5, eventShape);
        const each = oneHotCategorical({ logits: yield* param(`${name} logits`, logits) });
        return rank === 1 ? each : independent(each, rank - 1);
      });
    case 'lowerCholesky': {
      const k = eventShape[0] ?? 1;
      return located([(k * (k + 1)) / 2], (loc, scale) =>
        transformed(normalOver(1, loc, tf.mul(scale, 0.5)), bijectors.lowerCholesky),
      );
    }
  }
};

const siteIn = (site: SampleStructure, dice: Dice): AnyProgram =>
  site.plates.toReversed().reduce<AnyProgram>(
    (inner, { name, size, count, axis }) =>
      plate(name, { size, axis, ...(count < size && { subsample: count }) }, inner),
    program(function* () {
      return yield* sample(site.name, yield* familyFor(site, dice));
    }),
  );

/** A site as a label has it, by the numbers that its parameters start at. */
const siteLabelOf = (
  { name, support, eventShape, plates }: SampleStructure,
  seed: number,
): string => {
  const scalar = support.kind === 'arrayOf' ? support.base : support;
  const numbers = (what: string, low: number, high: number, shape = eventShape, by = 1): string => {
    const values = eighths(seed, `${name} ${what}`, low, high, shape).map((x) => by * x);
    return values.length === 1 ? `${values[0]}` : `[${values.join(', ')}]`;
  };
  const located = (law: string, by = 1, shape = eventShape): string =>
    `${law}(${numbers('loc', -1, 1, shape)}, ${numbers('scale', 0.5, 1.25, shape, by)})`;
  const logits = (shape: readonly number[]): string => numbers('logits', -1.5, 1.5, shape);
  const law = (): string => {
    switch (scalar.kind) {
      case 'real':
        return located('Normal');
      case 'positive':
      case 'nonnegative':
        return located('LogNormal', 0.5);
      case 'interval':
        return `sigmoid of ${located('Normal')} in (${scalar.low}, ${scalar.high})`;
      case 'integers': {
        const classes = scalar.high - scalar.low + 1;
        return classes === 2
          ? `Bernoulli(logits ${logits(eventShape)})`
          : `Categorical(logits ${logits([...eventShape, classes])})`;
      }
      case 'simplex':
        return `Dirichlet(${numbers('concentration', 1, 4)})`;
      case 'oneHot':
        return `OneHotCategorical(logits ${logits(eventShape)})`;
      case 'lowerCholesky': {
        const k = eventShape[0] ?? 1;
        return `lowerCholesky of ${located('Normal', 0.5, [(k * (k + 1)) / 2])}`;
      }
    }
  };
  const sizes = plates.map(({ name: plateName, size }) => `${plateName} in ${size}: `).join('');
  return `${sizes}${name} ~ ${law()}`;
};

/**
 * Random mean-field guides that fit a model: a site for each of its latent sites, on the same support
 * and in the same plates, of parameters whose initial values are generated.
 *
 * Reals get normals, half lines log-normals, intervals squashed normals, small sets of integers from 0
 * Bernoullis or categoricals, also as one-hot vectors, simplices Dirichlets, Cholesky factors images of
 * normals. A parameter in a plate has one value for each element. A plate that is subsampled is drawn
 * by the engine in both. How far a guide is from the posterior cannot be asked for: that is known of the models
 * of `boundCases` alone, whose own guides have the gap that is.
 *
 * - Errors: a site whose support depends on a parameter, or holds other integers, throws a `SiteError`.
 *
 * @example
 * ```ts
 * const model = sample('z', normal(0, 1));
 * fc.assert(
 *   fc.property(guidesFor(model), ({ guide }) => checkParticles({ model, guide })),
 *   { numRuns: 3 },
 * );
 * fc.sample(guidesFor(model), { numRuns: 1, seed: 1 })[0]?.label.startsWith('z ~ Normal('); // true
 * ```
 */
export const guidesFor = (model: AnyProgram, params: Params = {}): fc.Arbitrary<GuideCase> => {
  const sites: SampleStructure[] = [];
  scoped(
    () => {
      const known = paramsOf(model, nothing, params);
      const structure = structureOf({ model, guide: nothing, params: known });
      sites.push(...latentSites(structure.model));
      return true;
    },
    () => [],
  );
  return fc.nat({ max: 2 ** 31 - 1 }).map((seed) => ({
    label: sites.map((site) => siteLabelOf(site, seed)).join('; '),
    guide: program(function* () {
      const dice = diceOf(seed);
      for (const site of sites) yield* siteIn(site, dice);
    }),
  }));
};
