/**
 * Whether each particle, and each value of a summed site, is computed by itself. Numbers are looked at: a mean
 * that is taken off, or a softmax along the wrong axis, keeps every axis and still mixes what lies along it.
 */
import * as tf from '@tensorflow/tfjs';
import { type Distribution, type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { siteLabel } from '../../dsl/error.js';
import { rewrite } from '../../dsl/program/program.js';
import { expandTo } from '../../dsl/tensor.js';
import type { Layout } from '../interpreters/layout.js';
import type { SiteRecord } from '../interpreters/record.js';
import { siteLogProb } from '../interpreters/score-record.js';
import { type NoiseSource, isSubsample } from '../noise-source.js';
import { scoped } from '../scoped.js';
import type { Derivation } from './derivation.js';
import { type JointOptions, drawJoint, layoutFor } from './joint.js';

/** Which of the places along the left axes: a maximum or minimum is that of one of them. */
type Corner = 'first' | 'last';

const cornerOf = (x: Tensor, axis: number, corner: Corner): Tensor =>
  tf.slice(
    x,
    x.shape.map((n, i) => (i === axis && corner === 'last' ? n - 1 : 0)),
    x.shape.map((n, i) => (i === axis ? 1 : n)),
  );

/** What lies at a corner along the first axis, at each of its places. */
const alike = (x: Tensor, corner: Corner): Tensor => expandTo(cornerOf(x, 0, corner), x.shape);

/** Noise of which every particle has what one of them has. */
const alikeNoise =
  (noise: NoiseSource, corner: Corner): NoiseSource =>
  (site, block, law, batch) => {
    const drawn = noise(site, block, law, batch);
    return isSubsample(site, batch) ? drawn : alike(drawn, corner);
  };

const alikeValues = (law: Distribution, corner: Corner): Distribution => {
  const { enumeration } = law.sampler;
  if (enumeration === undefined) return law;
  const values = (): Tensor => alike(enumeration.values(), corner);
  return { ...law, sampler: { ...law.sampler, enumeration: { ...enumeration, values } } };
};

/** A guide that lists one value of each summed site over and over. */
const alikeGuide = (
  guide: Program<unknown, unknown>,
  { latents }: Derivation,
  corner: Corner,
): Program<unknown, unknown> => {
  const summed = new Set(
    latents.flatMap(({ name, estimator }) => (estimator.tag === 'enumerate' ? [name] : [])),
  );
  return rewrite(guide, () => ({
    each: (i) =>
      i.op === 'sample' && summed.has(i.name)
        ? { ...i, distribution: alikeValues(i.distribution, corner) }
        : i,
  }));
};

/** What is at a corner of all axes but those of plates and events. */
const atCorner = (
  x: Tensor,
  eventRank: number,
  { depth }: Layout,
  corner: Corner,
): readonly number[] => {
  const left = Math.max(0, x.rank - eventRank - depth);
  const axes = Array.from({ length: left }, (_, axis) => axis);
  return [...axes.reduce((part, axis) => cornerOf(part, axis, corner), x).dataSync()];
};

interface Seen {
  readonly site: string;
  readonly what: string;
  readonly numbers: readonly number[];
}

const seenIn = (records: readonly SiteRecord[], layout: Layout, corner: Corner): readonly Seen[] =>
  records.flatMap((r): readonly Seen[] => {
    if (r.kind !== 'sample' && r.kind !== 'factor') return [];
    const term = { site: r.name, numbers: atCorner(siteLogProb(r), 0, layout, corner) };
    if (r.kind === 'factor') return [{ ...term, what: r.loss ? 'a loss' : 'a term' }];
    const rank = r.distribution.eventShape.length;
    return [
      { site: r.name, what: 'a value', numbers: atCorner(r.value, rank, layout, corner) },
      { ...term, what: 'a log density' },
    ];
  });

/** The same operations on the same numbers differ in rounding at most. */
const TOLERANCE = 1e-4;

const sameNumber = (a: number, b: number): boolean =>
  Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * (1 + Math.abs(a));

const differsIn =
  (others: readonly Seen[]) =>
  ({ numbers }: Seen, at: number): boolean =>
    !numbers.every((x, i) => sameNumber(x, others[at]?.numbers[i] ?? Number.NaN));

/**
 * Throws a `SiteError` where what belongs to one particle and one value of each summed site is another number
 * once all particles have its noise, and all values are its value. Draws three times.
 */
export const checkAlone = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  options: Omit<JointOptions, 'validates'>,
): void => {
  // Pairs would be each other's mirror images, whose mean is zero whatever they are.
  const { antithetic: _, ...unpaired } = derivation;
  const layout = layoutFor(unpaired);
  const seen = (program: Program<unknown, unknown>, noise: NoiseSource) =>
    scoped(
      () => {
        const joint = drawJoint(model, program, unpaired, { ...options, noise });
        const records = [...joint.guide.records, ...joint.model.records];
        return {
          first: seenIn(records, layout, 'first'),
          last: seenIn(records, layout, 'last'),
        };
      },
      () => [],
    );
  const among = seen(guide, options.noise);
  for (const corner of ['first', 'last'] as const) {
    const noise = layout.particles > 1 ? alikeNoise(options.noise, corner) : options.noise;
    const alone = seen(alikeGuide(guide, derivation, corner), noise);
    const moved = among[corner].find(differsIn(alone[corner]));
    if (moved === undefined) continue;
    // Random numbers that no site names are told by another check, which has another cure.
    if (among[corner].some(differsIn(seen(guide, options.noise)[corner]))) return;
    throw new SiteError({
      site: siteLabel(moved.site),
      expected: `${moved.what} that one particle and one value of each summed site decide`,
      received: 'one that other particles, or other values of a site that is summed over, move',
      cure:
        'Let each operation work along the axes of one draw alone, counted from the right: ' +
        'tf.mean(x, -1) and tf.softmax(x) of a draw with an axis of its own, say.',
    });
  }
};
