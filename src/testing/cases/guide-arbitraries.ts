/** Random guides for a given model. */
import * as fc from 'fast-check';
import * as tf from '@tensorflow/tfjs';
import {
  type ContinuousSupport,
  type Distribution,
  type Program,
  type Shape,
  SiteError,
  type Tensor,
  bijectorTo,
  param,
  plate,
  positive,
  program,
  real,
  sample,
} from '../../../dsl/index.js';
import { independent, transformed } from '../../../dsl/combinators/index.js';
import {
  bernoulli,
  categorical,
  dirichlet,
  logNormal,
  normal,
  oneHotCategorical,
} from '../../../dsl/distributions/index.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { entriesOf, isContinuous } from '../../../dsl/supports/array.js';
import type { ArrayOf, Real } from '../../../dsl/supports/index.js';
import { isIntegers } from '../../../dsl/supports/integers.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { type SampleStructure, latentSites } from '../../bounds/dependence/structure.js';
import type { Params } from '../../interpreters/params.js';
import { foldIn, key, randomUniform } from '../../random/index.js';
import { type AnyProgram, nothing, paramsOf, structureOf } from '../law/inference.js';
import { tidied } from '../../../dsl/tensors/tidied.js';

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
  [...randomUniform(foldIn(key(seed), purpose), sizeOf(shape))].map(
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

/** A law for a site: how a label tells it by numbers, and the program that makes it of parameters. */
interface SiteLaw {
  readonly told: (seed: number) => string;
  readonly from: (dice: Dice) => Program<unknown, Distribution>;
}

const numbersTold = (values: readonly number[]): string =>
  values.length === 1 ? `${values[0]}` : `[${values.join(', ')}]`;

/** A law of a location and a scale, which is told `by` times as wide. */
const located = (
  name: string,
  shape: readonly number[],
  { words, by = 1 }: { readonly words: (normals: string) => string; readonly by?: number },
  make: (loc: Tensor, scale: Tensor) => Distribution,
): SiteLaw => ({
  told: (seed) => {
    const locs = eighths(seed, `${name} loc`, -1, 1, shape);
    const scales = eighths(seed, `${name} scale`, 0.5, 1.25, shape).map((x) => by * x);
    return words(`(${numbersTold(locs)}, ${numbersTold(scales)})`);
  },
  from: (dice) =>
    program(function* () {
      const loc = yield* param(`${name} loc`, dice(`${name} loc`, -1, 1, shape));
      const start = dice(`${name} scale`, 0.5, 1.25, shape);
      const scale = yield* param(`${name} scale`, start, { support: positive });
      return make(loc, tf.mul(scale, by));
    }),
});

/** A law of one parameter. */
const ofOne = (
  name: string,
  parameter: string,
  { low, high, shape }: { readonly low: number; readonly high: number; readonly shape: Shape },
  words: (numbers: string) => string,
  make: (x: Tensor) => Distribution,
  support: ContinuousSupport = real,
): SiteLaw => ({
  told: (seed) => words(numbersTold(eighths(seed, `${name} ${parameter}`, low, high, shape))),
  from: (dice) =>
    program(function* () {
      const start = dice(`${name} ${parameter}`, low, high, shape);
      return make(yield* param(`${name} ${parameter}`, start, { support }));
    }),
});

const overArray = (each: Distribution, rank: number): Distribution =>
  rank === 0 ? each : independent(each, rank);

/** A law on the support of a site. */
const lawFor = ({ name, support, eventShape }: SampleStructure): SiteLaw => {
  const rank = eventShape.length;
  const each = entriesOf(support);
  if (support.isComputed) return refuse(name, `${each.kind} with computed bounds`);
  if (isIntegers(each)) {
    const { low, high } = each;
    const classes = high - low + 1;
    if (low !== 0 || !(classes <= 64)) return refuse(name, `integers from ${low} to ${high}`);
    const family = classes === 2 ? 'Bernoulli' : 'Categorical';
    const shape = classes === 2 ? eventShape : [...eventShape, classes];
    return ofOne(
      name,
      'logits',
      { low: -1.5, high: 1.5, shape },
      (numbers) => `${family}(logits ${numbers})`,
      (logits) => overArray(classes === 2 ? bernoulli({ logits }) : categorical({ logits }), rank),
    );
  }
  switch (each.kind) {
    case 'real':
      return located(name, eventShape, { words: (n) => `Normal${n}` }, (loc, scale) =>
        normalOver(rank, loc, scale),
      );
    case 'positive':
    case 'nonnegative':
      return located(name, eventShape, { words: (n) => `LogNormal${n}`, by: 0.5 }, (loc, scale) =>
        overArray(logNormal(loc, scale), rank),
      );
    case 'simplex':
      return ofOne(
        name,
        'concentration',
        { low: 1, high: 4, shape: eventShape },
        (numbers) => `Dirichlet(${numbers})`,
        (concentration) => dirichlet(concentration),
        positive,
      );
    case 'oneHot':
      return ofOne(
        name,
        'logits',
        { low: -1.5, high: 1.5, shape: eventShape },
        (numbers) => `OneHotCategorical(logits ${numbers})`,
        (logits) => overArray(oneHotCategorical({ logits }), rank - 1),
      );
    default: {
      if (!isContinuous(each)) return refuse(name, each.name);
      const onto = bijectorTo(each);
      const shape = onto.inputShape(eventShape);
      const words = (n: string): string => `${onto.name} of Normal${n}`;
      return located(name, shape, { words, by: 0.5 }, (loc, scale) =>
        transformed(normalOver(shape.length, loc, scale), onto),
      );
    }
  }
};

const siteIn = (site: SampleStructure, dice: Dice): AnyProgram =>
  site.plates.toReversed().reduce<AnyProgram>(
    (inner, { name, size, count, axis }) =>
      plate(name, { size, axis, ...(count < size && { subsample: count }) }, inner),
    program(function* () {
      return yield* sample(site.name, yield* lawFor(site).from(dice));
    }),
  );

/** A site as a label has it, by the numbers that its parameters start at. */
const siteLabelOf = (site: SampleStructure, seed: number): string => {
  const sizes = site.plates.map(({ name, size }) => `${name} in ${size}: `).join('');
  return `${sizes}${site.name} ~ ${lawFor(site).told(seed)}`;
};

/**
 * Random mean-field guides that fit a model: a site for each of its latent sites, on the same support
 * and in the same plates, of parameters whose initial values are generated.
 *
 * Reals get normals, half lines log-normals, small sets of integers from 0 Bernoullis or categoricals,
 * also as one-hot vectors, simplices Dirichlets, and any other continuous support images of normals under
 * its bijector. A parameter in a plate has one value for each element. A plate that is subsampled is drawn
 * by the engine in both. How far a guide is from the posterior cannot be asked for: that is known of the models
 * of `boundCases` alone, whose own guides have the gap that is.
 *
 * - Errors: a site whose support depends on a parameter, or is of other discrete values, throws a `SiteError`.
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
  tidied(
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
