/** Random distributions made from others, as labelled cases. */
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import type { Bijector, Distribution, Shape, Tensor } from '../../../../dsl/index.js';
import { bijectors } from '../../../../dsl/index.js';
import {
  censored,
  expand,
  hurdle,
  independent,
  mask,
  mixture,
  transformed,
  truncated,
  zeroInflated,
} from '../../../../dsl/combinators/index.js';
import {
  betaBinomial,
  binomial,
  categorical,
  cauchy,
  exponential,
  geometric,
  gumbel,
  laplace,
  logNormal,
  logistic,
  negativeBinomial2,
  normal,
  poisson,
  studentT,
  weibull,
} from '../../../../dsl/distributions/index.js';
import {
  type CasesOver,
  type DistributionCase,
  bernoullisOver,
  caseOf,
  categoricalsOver,
  multivariateNormalsOver,
  normalsOver,
  normalsWithin,
  uniformsOver,
} from './family-arbitraries.js';
import { betasOver, halfNormalsOver } from './continuous-arbitraries.js';
import type { Integers } from '../../../../dsl/supports/index.js';
import { familyCases } from './family-cases.js';
import { batchShapes, narrowed, numbersIn } from './number-arbitraries.js';
import { toTensor } from '../../statistics/numbers.js';

type Cases = fc.Arbitrary<DistributionCase>;

/** The case that a combinator makes of a case. */
const mapped = <D extends Distribution, E extends Distribution>(
  base: DistributionCase<D>,
  name: string,
  f: (d: D) => E,
): DistributionCase<E> => caseOf(`${name}(${base.label})`, base.parameters, (p) => f(base.from(p)));

const scalarsOver: CasesOver<Distribution> = (batch) =>
  fc.oneof<fc.Arbitrary<DistributionCase>[]>(
    normalsOver(batch),
    bernoullisOver(batch),
    categoricalsOver(2)(batch),
    uniformsOver(batch),
    betasOver(batch),
    halfNormalsOver(batch),
  );

const anyOver: CasesOver<Distribution> = (batch) =>
  fc.oneof<fc.Arbitrary<DistributionCase>[]>(scalarsOver(batch), multivariateNormalsOver(2)(batch));

/** Random joint laws of independent parts, over one or two event axes. */
export const independentCases: Cases = fc
  .tuple(batchShapes, fc.constantFrom<Shape>([1], [2], [3], [2, 1]))
  .chain(([batch, event]) =>
    scalarsOver([...batch, ...event]).map((base) =>
      mapped(base, `independent ${event.length}`, (d) => independent(d, event.length)),
    ),
  );

/** Random laws repeated over a larger batch. */
export const expandCases: Cases = batchShapes.chain((batch) =>
  narrowed(batch)
    .chain(anyOver)
    .map((base) => mapped(base, 'expand', (d) => expand(d, batch))),
);

/** Random laws of which some batch entries do not count. */
export const maskCases: Cases = fc
  .tuple(batchShapes, fc.boolean())
  .chain(([batch, isWide]) =>
    fc.tuple(
      isWide ? narrowed(batch).chain(anyOver) : anyOver(batch),
      (isWide ? fc.constant(batch) : narrowed(batch)).chain((shape) => numbersIn(shape, 0, 1)),
    ),
  )
  .map(([base, chances]) => {
    const kept = { ...chances, values: chances.values.map(Math.round) };
    return mapped(base, `mask ${kept.values.join(' ')}`, (d) => mask(d, toTensor(kept)));
  });

const gentleNormals = normalsWithin(1, 0.25, 0.75);

const elementwise: readonly Bijector[] = [
  bijectors.identity,
  bijectors.exp,
  bijectors.softplus,
  bijectors.sigmoidTo(-1, 2),
  bijectors.affine(1, -2),
];

/** Random images of normals under every bijector of the language. */
export const transformedCases: Cases = batchShapes.chain((batch) =>
  fc.oneof<fc.Arbitrary<DistributionCase>[]>(
    ...elementwise.map((b) =>
      gentleNormals(batch).map((base) => mapped(base, b.name, (d) => transformed(d, b))),
    ),
    fc
      .integer({ min: 1, max: 2 })
      .chain((n) =>
        gentleNormals([...batch, n]).map((base) =>
          mapped(base, 'stickBreaking', (d) =>
            transformed(independent(d), bijectors.stickBreaking),
          ),
        ),
      ),
    fc
      .constantFrom(1, 3)
      .chain((n) =>
        gentleNormals([...batch, n]).map((base) =>
          mapped(base, 'lowerCholesky', (d) =>
            transformed(independent(d), bijectors.lowerCholesky),
          ),
        ),
      ),
    multivariateNormalsOver(2)(batch).map((base) =>
      mapped(base, 'softplus', (d) => transformed(d, bijectors.softplus)),
    ),
  ),
);

/** Random mixtures of laws of several families on one support, or on parts of one. */
const unlikeMixtureCases: Cases = batchShapes
  .chain((batch) =>
    fc.tuple(
      fc.constantFrom<(a: Tensor, b: Tensor) => readonly Distribution[]>(
        (a, b) => [normal(a, b), studentT(5, 0, b)],
        (a, b) => [exponential(b), logNormal(a, 0.5), weibull(b, 2)],
        (a, b) => [binomial(3, { logits: a }), poisson(b)],
        (a, b) => [independent(normal(tf.stack([a, b]), 1)), independent(normal([0, 1], b))],
      ),
      numbersIn([], -2, 2),
      numbersIn([], 0.5, 2),
      numbersIn([...batch, 3], -1, 1),
    ),
  )
  .map(([parts, ...parameters]) => {
    const count = parts(tf.scalar(0), tf.scalar(1)).length;
    return caseOf(
      `mixture of ${count} families`,
      parameters,
      ([a = tf.scalar(0), b = tf.scalar(1), logits = tf.zeros([3])]) =>
        mixture(
          categorical({
            logits: tf.slice(
              logits,
              logits.shape.map(() => 0),
              [...logits.shape.slice(0, -1), count],
            ),
          }),
          parts(a, b),
        ),
    );
  });

const countsOver: CasesOver<Distribution<Integers<0, number>>> = (batch) =>
  numbersIn(batch, 0.25, 6).chain((p) =>
    fc.constantFrom(
      caseOf('poisson', [p], ([rate = 1]) => poisson(rate)),
      caseOf('negativeBinomial2', [p], ([mean = 1]) => negativeBinomial2(mean, 1.5)),
      caseOf('geometric', [p], ([odds = 1]) => geometric({ logits: tf.sub(odds, 3) })),
      caseOf('binomial', [p], ([odds = 1]) => binomial(4, { logits: tf.sub(odds, 3) })),
      caseOf('betaBinomial', [p], ([one = 1]) => betaBinomial(one, 2, 5)),
    ),
  );

const gated =
  (name: string, f: typeof zeroInflated): CasesOver<Distribution> =>
  (batch) =>
    fc
      .tuple(narrowed(batch).chain(countsOver), numbersIn(batch, 0.1, 0.9), fc.boolean())
      .map(([base, chances, isOdds]) =>
        caseOf(`${name} of ${base.label}`, [...base.parameters, chances], (parameters) => {
          const gate = parameters.at(-1) ?? 0.5;
          return f(base.from(parameters.slice(0, -1)), isOdds ? { gateLogits: gate } : { gate });
        }),
      );

/** Random laws of numbers that are seen whole, or but above or below some. */
export const censoredCases: Cases = batchShapes.chain((batch) =>
  fc
    .tuple(
      narrowed(batch).chain((shape) =>
        fc.oneof<fc.Arbitrary<DistributionCase>[]>(
          normalsOver(shape),
          halfNormalsOver(shape),
          uniformsOver(shape),
          countsOver(shape).filter(({ label }) => label === 'poisson' || label === 'geometric'),
        ),
      ),
      numbersIn(batch, -1, 1),
    )
    .map(([base, sides]) => {
      const flags = (side: number) =>
        toTensor({ ...sides, values: sides.values.map((x) => Number(Math.round(x) === side)) });
      return mapped(base, `censored ${sides.values.map(Math.round).join(' ')}`, (d) =>
        censored(d, { left: flags(-1), right: flags(1) }),
      );
    }),
);

type Cut = (of: readonly [a: Tensor, b: Tensor, low: Tensor, width: Tensor]) => Distribution;

const cuts: Readonly<Record<string, Cut>> = {
  'a normal law': ([a, b, low, width]) =>
    truncated(normal(a, b), { low, high: tf.add(low, width) }),
  'a logistic law above': ([a, b, low]) => truncated(logistic(a, b), { low }),
  'a Laplace law': ([a, b, low, width]) =>
    truncated(laplace(a, b), { low, high: tf.add(low, width) }),
  'a Cauchy law below': ([a, b, , high]) => truncated(cauchy(a, b), { high }),
  'a Gumbel law': ([a, b, low, width]) =>
    truncated(gumbel(a, b), { low, high: tf.add(low, width) }),
  "Student's t law": ([a, b, low, width]) =>
    truncated(studentT(4, a, b), { low, high: tf.add(low, width) }),
  'an exponential law': ([, b, , high]) => truncated(exponential(b), { high }),
  'a Weibull law': ([, b, low, width]) =>
    truncated(weibull(b, 2), { low, high: tf.add(low, width) }),
};

/** Random laws of one number, cut off. */
export const truncatedCases: Cases = batchShapes
  .chain((batch) =>
    fc.tuple(
      fc.constantFrom(...Object.entries(cuts)),
      narrowed(batch).chain((shape) => numbersIn(shape, -1, 1)),
      numbersIn(batch, 0.75, 1.5),
      narrowed(batch).chain((shape) => numbersIn(shape, -0.4, 1)),
      numbersIn(batch, 0.5, 3),
    ),
  )
  .map(([[name, make], ...parameters]) =>
    caseOf(
      `truncated: ${name}`,
      parameters,
      ([a = tf.scalar(0), b = tf.scalar(1), low = tf.scalar(0), width = tf.scalar(1)]) =>
        make([a, b, low, width]),
    ),
  );

/** Random laws of counts with more zeros. */
export const zeroInflatedCases: Cases = batchShapes.chain(gated('zeroInflated', zeroInflated));

/** Random laws of counts behind a hurdle. */
export const hurdleCases: Cases = batchShapes.chain(gated('hurdle', hurdle));

/** Random mixtures of normals, Bernoullis and vectors of them. */
const alikeMixtureCases: Cases = fc
  .tuple(batchShapes, fc.integer({ min: 1, max: 3 }), fc.boolean())
  .chain(([batch, classes, isVector]) =>
    fc.tuple(
      narrowed(batch).chain(categoricalsOver(classes)),
      isVector
        ? fc
            .oneof<fc.Arbitrary<DistributionCase>[]>(
              normalsOver([...batch, classes, 2]),
              bernoullisOver([...batch, classes, 2]),
            )
            .map((base) => mapped(base, 'independent', (d) => independent(d)))
        : fc.oneof<fc.Arbitrary<DistributionCase>[]>(
            normalsOver([...batch, classes]),
            bernoullisOver([...batch, classes]),
            uniformsOver([...batch, classes]),
          ),
    ),
  )
  .map(([mixing, component]) =>
    caseOf(
      `mixture of ${component.label}`,
      [...mixing.parameters, ...component.parameters],
      (parameters) =>
        mixture(
          mixing.from(parameters.slice(0, mixing.parameters.length)),
          component.from(parameters.slice(mixing.parameters.length)),
        ),
    ),
  );

/** Random mixtures, of laws of one family and of several. */
export const mixtureCases: Cases = fc.oneof(
  { weight: 2, arbitrary: alikeMixtureCases },
  { weight: 1, arbitrary: unlikeMixtureCases },
);

/** Every family and combinator of the language but truncated laws, which `truncatedCases` are. */
export const distributionCases: Cases = fc.oneof<fc.Arbitrary<DistributionCase>[]>(
  ...Object.values(familyCases),
  independentCases,
  expandCases,
  maskCases,
  transformedCases,
  mixtureCases,
  zeroInflatedCases,
  hurdleCases,
  censoredCases,
);
