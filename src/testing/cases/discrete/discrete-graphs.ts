/** Random discrete graphs with their evidence and posterior, by sums over all joint values. */
import * as fc from 'fast-check';
import { checkOptions, demand, whole } from '../../../../dsl/refusals/options.js';
import type { BoundCase, Feature } from '../bound-case.js';
import { type Maskable, hiddenBy } from '../composing/maskable.js';
import { decodeSketch } from '../decode-sketch.js';
import { type GapRange, USUAL_GAP, gapRule, gapsIn } from '../gap-range.js';
import type { DiscreteNetwork } from './discrete-network.js';
import { type DiscretePosterior, discretePosterior } from './exact-sums.js';
import { type FoundGuide, awayFrom, farthest, guideAlong, reversed } from './guide-search.js';
import { largestCorrelation, marginalNetwork } from './joint-moments.js';
import { labelOf } from './label.js';
import { networkProgram } from './network-program.js';
import {
  type DiscreteSketch,
  type Strength,
  directionOf,
  discreteSketch,
  modelOf,
  observationsOf,
} from './sketch.js';

/** A graph of Bernoullis and categoricals with one observed class for each element of a plate. */
export interface DiscreteGraph extends BoundCase, Maskable<DiscreteGraph> {
  readonly gap: number;
  readonly correlation: number;
}

const GENERATOR = 'discreteGraphs';

/** Couplings and contrasts that are tried in turn, until correlation and gap are what was asked for. */
const COUPLINGS = [0, 1, 2, 3, 4, 6] as const;
const CONTRASTS = [1, 1.5, 2, 3, 4, 6, 8, 12, 16, 24, 40] as const;

/** How much data may say: where they settle every site alone none is correlated with another. */
const INFORMATION = [1, 0.5, 0.25, 0] as const;

interface Solved extends DiscretePosterior, FoundGuide {
  readonly model: DiscreteNetwork;
  readonly correlation: number;
}

/** Sites that depend on each other as strongly as was asked for, or as strongly as can be. */
const coupled = (sketch: DiscreteSketch, contrast: number): Omit<Solved, keyof FoundGuide> => {
  const at = (strength: Strength) => {
    const model = modelOf(sketch, strength);
    const known = discretePosterior(model);
    return { model, ...known, correlation: largestCorrelation(known.posterior) };
  };
  const tried: ReturnType<typeof at>[] = [];
  for (const information of INFORMATION) {
    for (const coupling of COUPLINGS) {
      const found = at({ contrast, coupling, information });
      if (found.correlation >= sketch.correlation) return found;
      tried.push(found);
    }
  }
  return tried.reduce((best, one) => (one.correlation > best.correlation ? one : best));
};

/** A guide with the gap that was asked for, if there is one. */
const guideFor = (
  { seed, gap, meanField }: DiscreteSketch,
  posterior: DiscreteNetwork,
): FoundGuide | undefined => {
  const starts = meanField ? [marginalNetwork(posterior), posterior] : [posterior];
  for (const start of starts) {
    const random = directionOf(seed, start);
    for (const direction of [random, reversed(random), awayFrom(start)]) {
      const found = guideAlong(start, direction, posterior, gap);
      if (found !== undefined) return found;
    }
  }
  return undefined;
};

const solve = (sketch: DiscreteSketch): Solved => {
  for (const contrast of CONTRASTS) {
    const known = coupled(sketch, contrast);
    const guide = guideFor(sketch, known.posterior);
    if (guide !== undefined) return { ...known, ...guide };
  }
  const known = coupled(sketch, CONTRASTS[CONTRASTS.length - 1] ?? 1);
  const random = directionOf(sketch.seed, known.posterior);
  return { ...known, ...farthest(known.posterior, [random, reversed(random)]) };
};

const featuresOf = (sketch: DiscreteSketch, { gap, correlation }: Solved): readonly Feature[] => {
  const { outside, elements, cells, hidden, factor, learned } = sketch;
  const has: readonly (readonly [Feature, boolean])[] = [
    ['discrete', true],
    ['plate', true],
    ['nested plates', cells > 0],
    ['subsampled plate', elements > 1],
    ['all sites in a plate', outside.length === 0 && factor !== 'outside'],
    ['mask', hidden.length > 0],
    ['factor', factor !== 'none'],
    ['model parameters', learned.model],
    ['guide parameters', learned.guide],
    ['strong correlation', correlation > 0.5],
    ['large gap', gap > 1],
  ];
  return has.flatMap(([feature, holds]) => (holds ? [feature] : []));
};

const complete = (sketch: DiscreteSketch): DiscreteGraph => {
  const { learned, elements } = sketch;
  const solved = solve(sketch);
  const { model, posterior, guide, logEvidence, gap, correlation } = solved;
  const [outermost] = model.flatMap(({ plate }) => (plate === undefined ? [] : [plate]));
  const ofModel = learned.model ? { learned: 'model' } : {};
  const ofGuide = learned.guide ? { learned: 'guide' } : {};
  const ofPosterior = { learned: 'posterior' };
  const observations = observationsOf(sketch);
  return {
    label: labelOf(model),
    model: networkProgram(model, ofModel),
    guide: networkProgram(guide, ofGuide),
    posterior: networkProgram(posterior, ofPosterior),
    data: Object.fromEntries(
      model.flatMap(({ observation: x }) => (x === undefined ? [] : [[x.name, x.values]])),
    ),
    logEvidence,
    ...(outermost !== undefined &&
      elements > 1 && {
        rows: {
          plate: outermost.name,
          size: elements,
          model: (rows) => networkProgram(model, { ...ofModel, rows }),
          guide: (rows) => networkProgram(guide, { ...ofGuide, rows }),
          posterior: (rows) => networkProgram(posterior, { ...ofPosterior, rows }),
        },
      }),
    gap,
    correlation,
    features: featuresOf(sketch, solved),
    recipe: { generator: GENERATOR, sketch },
    observations,
    masked: (kept) => complete({ ...sketch, hidden: hiddenBy(kept, observations) }),
  };
};

/** The graph of a sketch, from a recipe of `discreteGraphs`; what is none throws a `RangeError`. */
export const discreteGraphFromSketch = (sketch: unknown): DiscreteGraph =>
  complete(decodeSketch(GENERATOR, discreteSketch, sketch));

/** How large discrete graphs are at most, and what is asked of them. */
export interface DiscreteGraphOptions {
  /** The most sites outside the plate, 2 where left out; 0 puts all sites in it. */
  readonly outside?: number;
  /** The most sites for each element of the plate, 2 where left out. */
  readonly inside?: number;
  /** The most classes of a site, 3 where left out. */
  readonly classes?: number;
  /** The most elements of the plate, 3 where left out. */
  readonly elements?: number;
  /** The most elements of a plate inside it, 2 where left out; 0 for none. */
  readonly cells?: number;
  /** The most observations that are masked, 2 where left out. */
  readonly masked?: number;
  /** KL(guide ‖ posterior), nats: a number or { min, max }, from 0.25 to 4 where left out. */
  readonly gap?: GapRange;
  /** The least of the largest correlation between two latent numbers; any where left out. */
  readonly correlation?: number;
}

/** Sites, plates and the axis of classes that are summed over at once: more make the sums long. */
const MOST_AXES = 5;

/**
 * Random discrete graphs: sites of two or more classes outside a plate, in it, and in a plate inside it,
 * every site given all before it, and one observed class for each element, of which some are masked.
 *
 * Evidence, posterior, gap and correlation are sums over joint values in double precision. Logits are
 * eighths, which float32 holds exactly. The guide lies along a random line of logits, at the place that
 * bisection of the exact divergence finds for the gap that is asked for: from the posterior, so that it
 * has every dependence, or from the product of its marginals. Where a graph is too even for the gap its
 * logits are multiplied; where its sites are too independent for the correlation, each is drawn to the
 * class of the one before.
 *
 * - Sizes are small enough for every site to be summed over: at most five axes of sites and plates.
 * - Rows, for minibatches, of every graph of two elements or more.
 * - Errors: options out of range throw a `RangeError`.
 *
 * @example
 * ```ts
 * const graphs = discreteGraphs({ outside: 0, inside: 1, gap: 2 });
 * const [graph] = fc.sample(graphs, { numRuns: 1, seed: 1 });
 * graph?.gap; // 2
 * graph?.features.includes('all sites in a plate'); // true
 * fc.assert(
 *   fc.property(graphs, ({ model, posterior, logEvidence }) =>
 *     checkExactGuide({ model, guide: posterior, logEvidence }),
 *   ),
 *   { numRuns: 3 },
 * );
 * ```
 */
export const discreteGraphs = (options: DiscreteGraphOptions = {}): fc.Arbitrary<DiscreteGraph> => {
  checkOptions('discreteGraphs', options, {
    outside: whole(0, 4),
    inside: whole(0, 4),
    classes: whole(2, 8),
    elements: whole(1, 64),
    cells: whole(0, 64),
    masked: whole(0),
    gap: gapRule,
    correlation: {
      expected: 'a number from 0 to 0.95',
      holds: (value) => typeof value === 'number' && value >= 0 && value <= 0.95,
      cure: 'pass 0.5, say',
    },
  });
  const { outside = 2, inside = 2, classes = 3, elements = 3, cells = 2, masked = 2 } = options;
  const { gap = USUAL_GAP, correlation = 0 } = options;
  const least = correlation > 0 ? 2 : 1;
  demand(
    outside + inside >= least,
    'discreteGraphs',
    `${least} latent sites or more`,
    `outside: ${outside} and inside: ${inside}`,
    correlation > 0 ? 'a correlation needs two' : 'allow one outside or inside the plate',
  );
  const sites = (most: number) =>
    fc.array(fc.integer({ min: 2, max: classes }), { maxLength: most });
  return fc
    .record({
      outside: sites(outside),
      inside: sites(inside),
      innermost: sites(Math.min(1, inside)),
      elements: fc.integer({ min: 1, max: elements }),
      cells: fc.oneof(
        { weight: 2, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 0, max: cells }) },
      ),
      hidden: fc.oneof(
        fc.constant<number[]>([]),
        fc.uniqueArray(fc.nat({ max: elements * Math.max(1, cells) - 1 }), { maxLength: masked }),
      ),
      factor: fc.oneof(
        { weight: 2, arbitrary: fc.constant('none' as const) },
        { weight: 1, arbitrary: fc.constantFrom('outside' as const, 'inside' as const) },
      ),
      learned: fc.record({ model: fc.boolean(), guide: fc.boolean() }),
      meanField: fc.boolean(),
      gap: gapsIn(gap),
      seed: fc.nat({ max: 2 ** 31 - 1 }),
    })
    .map((drawn): DiscreteSketch => ({
      ...drawn,
      correlation,
      innermost: drawn.cells > 0 ? drawn.innermost : [],
      hidden: drawn.hidden.filter((i) => i < observationsOf(drawn)).toSorted((a, b) => a - b),
    }))
    .filter(({ outside: o, inside: i, innermost: n, cells: c }) => {
      const count = o.length + i.length + n.length;
      return count >= least && count + (c > 0 ? 2 : 1) <= MOST_AXES;
    })
    .map(complete);
};
