/** Random distributions made from others, as labelled cases. */
import * as fc from 'fast-check';
import type { Bijector, Distribution, Shape } from '../../../../dsl/index.js';
import {
  bijectors,
  expand,
  independent,
  mask,
  mixture,
  transformed,
} from '../../../../dsl/index.js';
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

/** Random mixtures of normals, Bernoullis and vectors of them. */
export const mixtureCases: Cases = fc
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

/** Every family and combinator of the language. */
export const distributionCases: Cases = fc.oneof<fc.Arbitrary<DistributionCase>[]>(
  ...Object.values(familyCases),
  independentCases,
  expandCases,
  maskCases,
  transformedCases,
  mixtureCases,
);
