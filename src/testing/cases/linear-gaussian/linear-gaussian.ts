/**
 * A fast-check arbitrary of linear-Gaussian models with everything known about them: the exact log
 * evidence and posterior, a guide that is the posterior, and a wrong guide with its exact bound.
 */
import * as fc from 'fast-check';
import type { Program, Tensor } from '../../../../dsl/index.js';
import type { BoundCase, Feature } from '../bound-case.js';
import { foldIn, key, permutation, uniforms } from '../../../random/index.js';
import { exactElbo, exactPosterior, posteriorNetwork } from './exact-inference.js';
import type { Gaussian, Matrix, Vector } from './gaussian.js';
import type { Coordinate, LinearNetwork, LinearNode } from './linear-network.js';
import { type NetworkSite, networkProgram } from './network-program.js';

/** A program over the sites of a network. */
export type NetworkProgram = Program<NetworkSite, Readonly<Record<string, Tensor>>>;

/** A model with its exact answers, in nats. */
export interface LinearGaussian extends BoundCase {
  readonly network: LinearNetwork;
  readonly model: NetworkProgram;
  /** A guide that is the posterior: one site given another, in an order of its own. */
  readonly posterior: NetworkProgram;
  readonly posteriorNetwork: LinearNetwork;
  /** The posterior as one law of all latent numbers. */
  readonly posteriorLaw: Gaussian;
  readonly latents: readonly Coordinate[];
  /** A guide that is not, with E_q[log p(x, z) − log q(z)]. */
  readonly guide: NetworkProgram;
  readonly guideNetwork: LinearNetwork;
  readonly guideElbo: number;
  readonly gap: number;
  readonly correlation: number;
}

/** What fast-check varies and shrinks; the numbers follow from the seed. */
interface Sketch {
  readonly outside: readonly SiteSketch[];
  readonly inside: readonly SiteSketch[];
  readonly plateSize: number;
  readonly seed: number;
}

interface SiteSketch {
  readonly size: number;
  readonly full: boolean;
  readonly observed: boolean;
}

/** Uniform numbers from `low` to `high` in eighths, which float32 holds exactly. */
type Dice = (purpose: string, low: number, high: number, count: number) => Vector;

const diceOf =
  (seed: number): Dice =>
  (purpose, low, high, count) =>
    [...uniforms(foldIn(key(seed), purpose), count)].map(
      (u) => Math.round((low + (high - low) * u) * 8) / 8,
    );

const matrixOf = (numbers: Vector, rows: number, columns: number): Matrix =>
  Array.from({ length: rows }, (_, i) => numbers.slice(i * columns, (i + 1) * columns));

/** Random weights, offsets and scales for a node with the given parents. */
const randomNode = (
  dice: Dice,
  node: Pick<LinearNode, 'name' | 'form' | 'inPlate'>,
  size: number,
  elements: number,
  before: readonly LinearNode[],
): LinearNode => {
  const { name, form } = node;
  const scales = dice(`scale ${name}`, 0.5, 1.5, size);
  const lower = matrixOf(dice(`lower ${name}`, -0.5, 0.5, size * size), size, size);
  const parents = before.flatMap((parent): readonly (readonly [string, Matrix])[] => {
    const [coin = 0] = dice(`edge ${name} ${parent.name}`, 0, 1, 1);
    const width = parent.scaleTril.length;
    const weights = dice(`weight ${name} ${parent.name}`, -1, 1, size * width);
    return coin < 0.7 ? [[parent.name, matrixOf(weights, size, width)]] : [];
  });
  return {
    ...node,
    parents: Object.fromEntries(parents),
    offsets: matrixOf(dice(`offset ${name}`, -1, 1, elements * size), elements, size),
    scaleTril: scales.map((s, i) =>
      scales.map((_, j) => (i === j ? s : form === 'full' && j < i ? (lower[i]?.[j] ?? 0) : 0)),
    ),
  };
};

const formOf = (size: number, full: boolean): LinearNode['form'] =>
  size === 1 ? 'scalar' : full ? 'full' : 'independent';

/** The names in a random order. */
const shuffled = (names: readonly string[], seed: number, purpose: string): readonly string[] =>
  [...permutation(foldIn(key(seed), purpose), names.length)].flatMap((i) => names.slice(i, i + 1));

const modelOf = ({ outside, inside, plateSize, seed }: Sketch): LinearNetwork => {
  const dice = diceOf(seed);
  const sketches = [
    ...outside.map((s, i) => ({ ...s, name: `global ${i}`, inPlate: false })),
    ...inside.map((s, i) => ({ ...s, name: `local ${i}`, inPlate: true })),
  ];
  const nodes = sketches.reduce<readonly LinearNode[]>((before, s, i) => {
    const elements = s.inPlate ? plateSize : 1;
    const form = formOf(s.size, s.full);
    const node = randomNode(
      dice,
      { name: s.name, form, inPlate: s.inPlate },
      s.size,
      elements,
      before,
    );
    // One latent site at least, and where there are several one observed.
    const isObserved = i > 0 && (s.observed || i === sketches.length - 1);
    const values = dice(`data ${s.name}`, -2, 2, elements * s.size);
    return [
      ...before,
      isObserved ? { ...node, observed: matrixOf(values, elements, s.size) } : node,
    ];
  }, []);
  return { plateSize, nodes };
};

/** Latent sites in a random order, those outside the plate first. */
const guideOrder = (
  { nodes }: LinearNetwork,
  seed: number,
  purpose: string,
): readonly LinearNode[] => {
  const latent = nodes.filter((n) => n.observed === undefined);
  const names = (inPlate: boolean): readonly string[] =>
    latent.filter((n) => n.inPlate === inPlate).map((n) => n.name);
  return [
    ...shuffled(names(false), seed, `${purpose} outside`),
    ...shuffled(names(true), seed, `${purpose} inside`),
  ].flatMap((name) => latent.filter((n) => n.name === name));
};

const wrongGuideOf = (model: LinearNetwork, seed: number): LinearNetwork => {
  const dice = diceOf(seed);
  const nodes = guideOrder(model, seed, 'guide').reduce<readonly LinearNode[]>((before, node) => {
    const { name, inPlate } = node;
    const size = node.scaleTril.length;
    const [coin = 0] = dice(`guide form ${name}`, 0, 1, 1);
    const law = { name, inPlate, form: formOf(size, coin < 0.5) };
    const ofGuide: Dice = (purpose, ...rest) => dice(`guide ${purpose}`, ...rest);
    return [...before, randomNode(ofGuide, law, size, node.offsets.length, before)];
  }, []);
  return { plateSize: model.plateSize, nodes };
};

/** The sites with their parents: `b in 3 given a; x given a, b`. */
const labelOf = ({ nodes, plateSize }: LinearNetwork): string =>
  nodes
    .map(({ name, inPlate, parents, observed }) => {
      const given = Object.keys(parents);
      const place = inPlate ? ` in ${plateSize}` : '';
      const kind = observed === undefined ? '' : ' observed';
      return `${name}${place}${kind}${given.length > 0 ? ` given ${given.join(', ')}` : ''}`;
    })
    .join('; ');

/** The largest correlation between two coordinates, in absolute value; 0 where there is one. */
const largestCorrelation = ({ covariance }: Gaussian): number =>
  covariance.reduce(
    (most, row, i) =>
      row.slice(0, i).reduce((m, c, j) => {
        const spread = Math.sqrt((row[i] ?? 0) * (covariance[j]?.[j] ?? 0));
        return Math.max(m, Math.abs(c) / spread);
      }, most),
    0,
  );

const featuresOf = ({ nodes }: LinearNetwork, correlation: number): readonly Feature[] => [
  'continuous',
  ...(nodes.some((n) => n.inPlate) ? (['plate'] as const) : []),
  ...(correlation > 0.5 ? (['strong correlation'] as const) : []),
];

const complete = (sketch: Sketch): LinearGaussian => {
  const network = modelOf(sketch);
  const order = guideOrder(network, sketch.seed, 'posterior').map((n) => n.name);
  const exact = posteriorNetwork(network, order);
  const guide = wrongGuideOf(network, sketch.seed);
  const { posterior, latents, logEvidence } = exactPosterior(network);
  const guideElbo = exactElbo(network, guide);
  const correlation = largestCorrelation(posterior);
  return {
    label: `${labelOf(network)}; seed ${sketch.seed}`,
    network,
    model: networkProgram(network),
    data: Object.fromEntries(
      network.nodes.flatMap((n) => (n.observed === undefined ? [] : [[n.name, n.observed.flat()]])),
    ),
    posterior: networkProgram(exact),
    posteriorNetwork: exact,
    posteriorLaw: posterior,
    latents,
    logEvidence,
    guideNetwork: guide,
    guide: networkProgram(guide),
    guideElbo,
    gap: logEvidence - guideElbo,
    correlation,
    features: featuresOf(network, correlation),
    recipe: { generator: 'linearGaussian', sketch },
  };
};

export interface LinearGaussianOptions {
  /** The most sites outside the plate, one at least. */
  readonly outside?: number;
  /** The most sites inside the plate; 0 for no plate. */
  readonly inside?: number;
  readonly plateSize?: number;
  /** The most entries of a site. */
  readonly size?: number;
}

/**
 * Linear-Gaussian models with their exact log evidence, posterior and bounds.
 *
 * Every number of a model is a small fraction of eight, so float32 holds it exactly and the double
 * precision answers are those of the same model.
 *
 * @example
 * ```ts
 * fc.assert(
 *   fc.property(linearGaussian(), ({ guideElbo, logEvidence }) => guideElbo <= logEvidence),
 * );
 * ```
 */
export const linearGaussian = ({
  outside = 3,
  inside = 2,
  plateSize = 3,
  size = 2,
}: LinearGaussianOptions = {}): fc.Arbitrary<LinearGaussian> => {
  const site: fc.Arbitrary<SiteSketch> = fc.record({
    size: fc.integer({ min: 1, max: size }),
    full: fc.boolean(),
    observed: fc.boolean(),
  });
  return fc
    .record({
      outside: fc.array(site, { minLength: 1, maxLength: outside }),
      inside: fc.array(site, { maxLength: inside }),
      plateSize: fc.integer({ min: 1, max: plateSize }),
      seed: fc.nat({ max: 2 ** 31 - 1 }),
    })
    .map(complete);
};
