/** Guides that lie as far from the posterior as is asked for, in nats. */
import { type Dice, diceOf } from './dice.js';
import { type ExactPosterior, guideLaw } from '../exact/exact-inference.js';
import {
  type Gaussian,
  type Matrix,
  type Vector,
  apply,
  divergenceFrom,
  pick,
} from '../exact/gaussian.js';
import { whereReached } from './line-search.js';
import {
  type LinearNetwork,
  type LinearNode,
  type Part,
  countOf,
  eachAt,
  elementsWithin,
  latentNodes,
} from '../network/linear-network.js';
import { closestMeanField } from '../exact/mean-field.js';
import { posteriorNetwork } from '../exact/posterior-network.js';
import type { Sketch } from './sketch.js';

/** How far a guide's scales go from the best ones, as factors. */
const WIDEST = 2;

/** The latent sites in a random order, those of fewer plates first. */
export const guideOrder = (
  network: LinearNetwork,
  dice: Dice,
  purpose: string,
): readonly string[] => {
  const latent = latentNodes(network);
  return dice
    .order(purpose, latent.length)
    .flatMap((i) => latent.slice(i, i + 1))
    .toSorted((a, b) => a.plates.length - b.plates.length)
    .map((n) => n.name);
};

/** The way of a guide from the best of its family: t = 0 is that one. */
type Path = (t: number) => LinearNetwork;

/** What changes along a path: shifts in units of the scales, logs of the scales, and weights. */
interface Direction {
  readonly shift: readonly Vector[];
  readonly widen: number;
  readonly forget: Readonly<Record<string, number>>;
}

const directionOf = (node: LinearNode, elements: number, dice: Dice): Direction => {
  const size = node.offsets[0]?.length ?? 0;
  return {
    shift: Array.from({ length: elements }, (_, e) =>
      dice.apart(`shift ${node.name} ${e}`, 0.25, 1, size),
    ),
    widen: dice.fine(`widen ${node.name}`, 1)[0] ?? 0,
    forget: Object.fromEntries(
      Object.keys(node.parents).map((p) => [
        p,
        Math.abs(dice.fine(`forget ${node.name} ${p}`, 1)[0] ?? 0),
      ]),
    ),
  };
};

const round = (matrix: Matrix): Matrix => matrix.map((row) => row.map(Math.fround));

/** The law of one site, each element around its mean under the posterior. */
const shifted = (
  best: LinearNetwork,
  node: LinearNode,
  { shift, widen, forget }: Direction,
  meanOf: (site: string, element: number) => Vector,
  t: number,
): LinearNode => {
  const elements = Array.from({ length: countOf(best, node.plates) }, (_, e) => e);
  const factor = WIDEST ** Math.max(-1, Math.min(1, t * widen));
  const parents = Object.fromEntries(
    Object.entries(node.parents).map(([parent, weights]): readonly [string, readonly Matrix[]] => [
      parent,
      weights.map((w) =>
        round(w.map((row) => row.map((x) => x * Math.max(0, 1 - t * (forget[parent] ?? 0))))),
      ),
    ]),
  );
  const within = Object.keys(parents).map((parent) => {
    const plates = best.nodes.find((n) => n.name === parent)?.plates ?? [];
    return [parent, elementsWithin(best, node.plates, plates)] as const;
  });
  return {
    ...node,
    parents,
    offsets: elements.map((e) => {
      const told = within.map(([parent, at]) =>
        apply(eachAt(parents[parent] ?? [], e) ?? [], meanOf(parent, at[e] ?? Number.NaN)),
      );
      return meanOf(node.name, e).map((m, i) => {
        const scale = eachAt(node.scaleTrils, e)?.[i]?.[i] ?? Number.NaN;
        const away = t * (shift[e]?.[i] ?? 0) * scale;
        return Math.fround(m + away - told.reduce((sum, w) => sum + (w[i] ?? 0), 0));
      });
    }),
    scaleTrils: node.scaleTrils.map((l) => round(l.map((row) => row.map((x) => x * factor)))),
  };
};

/** The means of a site's elements under the posterior. */
const meansOf =
  ({ latents, posterior }: ExactPosterior) =>
  (site: string, element: number): Vector =>
    latents.flatMap((c, i) =>
      c.site === site && c.element === element ? pick(posterior.mean, [i]) : [],
    );

const pathFrom = (best: LinearNetwork, exact: ExactPosterior, dice: Dice): Path => {
  const meanOf = meansOf(exact);
  const directions = best.nodes.map(
    (node) => [node, directionOf(node, countOf(best, node.plates), dice)] as const,
  );
  return (t) => ({
    ...best,
    nodes: directions.map(([node, direction]) => shifted(best, node, direction, meanOf, t)),
  });
};

/** A guide on the path at which the divergence is `gap`. */
const reached = (path: Path, divergence: (t: number) => number, gap: number): LinearNetwork => {
  let far = 1;
  while (divergence(far) < gap) far *= 2;
  return path(whereReached(divergence, gap, 0, far, 1e-6 * gap));
};

const parts: readonly Part[] = ['offset', 'weights', 'scale'];

/**
 * A guide with KL(guide ‖ posterior) = `gap`, to within float32's rounding of its numbers. Along a line from
 * the posterior its means move, its scales widen or narrow and its sites forget each other, as far as the gap
 * asks. A mean field starts from the closest one, if that is closer than the gap.
 */
export const guideOfSketch = (
  { seed, gap, guide }: Sketch,
  network: LinearNetwork,
  exact: ExactPosterior,
): LinearNetwork => {
  const dice = diceOf(seed, 8);
  const order = guideOrder(network, dice, 'guide');
  const kl = divergenceFrom(exact.posterior);
  const lawAt = (path: Path, t: number): Gaussian => guideLaw(path(t), exact.latents);
  const isFull = (site: string): boolean => dice.coin(`full ${site}`, 0.5);
  const alone = guide.meanField
    ? pathFrom(closestMeanField(network, exact, order, isFull), exact, dice)
    : undefined;
  const path =
    alone !== undefined && kl(lawAt(alone, 0)) < 0.9 * gap
      ? alone
      : pathFrom(posteriorNetwork(network, order, exact), exact, dice);
  const found = reached(path, (t) => kl(lawAt(path, t)), gap);
  if (!guide.learned) return found;
  const learned = parts.filter(
    (part) => part === 'offset' || dice.coin(`learned guide ${part}`, 0.6),
  );
  return { ...found, nodes: found.nodes.map((n) => ({ ...n, learned })) };
};
