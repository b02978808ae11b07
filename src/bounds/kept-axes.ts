/**
 * Whether what varies from particle to particle, and from value to value of a summed site, still does where
 * it is used. A mean over these axes is one number for all: a bound would be that of another model, a sum
 * over values would weigh them alike, a score would find nothing to tell particles apart by, and gradients
 * would be wrong without a word.
 */
import { type Program, type Shape, SiteError, type Tensor } from '../../dsl/index.js';
import { isReparameterised, parametersOf } from '../../dsl/distribution.js';
import { siteLabel } from '../../dsl/error.js';
import { dropLast, showShape } from '../../dsl/shape.js';
import { type Layout, batchRank } from '../interpreters/layout.js';
import type { SampleRecord, SiteRecord } from '../interpreters/record.js';
import { checkAlone } from './alone.js';
import type { Derivation } from './derivation.js';
import { type JointOptions, drawJoint, layoutFor } from './joint.js';
import { type Provenance, withProvenance } from './provenance.js';

/** An axis on the left of every value that varies along it. */
interface LeftAxis {
  readonly what: string;
  readonly axis: number;
  readonly length: number;
}

/** A tensor that a term is made of. */
interface Witness {
  readonly site: string;
  readonly what: string;
  readonly value: Tensor;
  /** The axes of the term but those of events. */
  readonly batch: Shape;
}

const witnessesOf = (r: SiteRecord): readonly Witness[] => {
  switch (r.kind) {
    case 'factor': {
      const what = r.loss ? 'a loss' : 'a term';
      return [{ site: r.name, what, value: r.value, batch: r.value.shape }];
    }
    case 'sample': {
      const site = r.name;
      const laws = parametersOf(r.distribution).map((value) => ({
        site,
        what: 'a parameter of its law',
        value,
        batch: r.distribution.batchShape,
      }));
      if (r.origin !== 'observed') return laws;
      const batch = dropLast(r.value.shape, r.distribution.eventShape.length);
      return [...laws, { site, what: 'data', value: r.value, batch }];
    }
    case 'param':
    case 'deterministic':
      return [];
  }
};

/** The axes that a tensor has for what it was computed from. */
const leftAxes = (
  value: Tensor,
  { latents }: Derivation,
  layout: Layout,
  { of }: Provenance,
): readonly LeftAxis[] => {
  const { sites, noises } = of(value);
  const summed = latents.flatMap(({ name, estimator: e }): readonly LeftAxis[] => {
    if (e.tag !== 'enumerate' || !sites.has(name)) return [];
    const what = `each of ${e.values} values of '${name}', which are summed over`;
    return [{ what, axis: -(batchRank(layout) + e.slot + 1), length: e.values }];
  });
  const isSummed = (name: string): boolean =>
    latents.some((l) => l.name === name && l.estimator.tag === 'enumerate');
  const drawn = [...[...sites].filter((name) => !isSummed(name)), ...noises];
  const { particles, depth } = layout;
  return particles === 1 || drawn.length === 0
    ? summed
    : [...summed, { what: 'each particle', axis: -(depth + 1), length: particles }];
};

/** Both are asked: of a law's parameter only that it has such an axis is known, and not where. */
const misses = ({ value, batch }: Witness, { axis, length }: LeftAxis): boolean =>
  !value.shape.includes(length) || batch.at(axis) !== length;

const cureFor = ({ depth }: Layout): string =>
  depth === 0
    ? 'Reduce the axes of one draw alone, counted from the right: tf.mean(x, -1), say.'
    : `Reduce axes counted from the right, and keep those of plates with length 1: tf.mean(x, -1, true), say, of the ${
        depth === 1 ? 'axis of a plate' : `${depth} axes of plates`
      }.`;

/**
 * Throws a `SiteError` where a term of a joint draw, or a parameter of a law, is computed from what varies
 * along particles or values of summed sites and has no axis of theirs, or mixes what lies along it. Draws some
 * times, where there are such axes; best with as many particles as no axis of the programs is long.
 */
export const checkKeepsAxes = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  derivation: Derivation,
  options: Omit<JointOptions, 'validates'>,
): void => {
  const layout = layoutFor(derivation);
  if (layout.particles === 1 && layout.enumerated === 0) return;
  withProvenance(
    ({ site, noise }) =>
      drawJoint(model, guide, derivation, {
        ...options,
        onLatent: ({ name, value }) => site(name, value),
        onHidden: ({ name, value, distribution }: SampleRecord) =>
          noise(name, value, isReparameterised(distribution.sampler.gradient)),
      }),
    (joint, provenance) => {
      for (const witness of [...joint.guide.records, ...joint.model.records].flatMap(witnessesOf)) {
        const axes = leftAxes(witness.value, derivation, layout, provenance);
        const missed = axes.find((axis) => misses(witness, axis));
        if (missed === undefined) continue;
        throw new SiteError({
          site: siteLabel(witness.site),
          expected: `${witness.what} for ${missed.what}`,
          received: `one of shape ${showShape(witness.value.shape)} for all`,
          cure: cureFor(layout),
        });
      }
      return joint;
    },
    // What reads numbers has been refused, or is made of none of these.
    () => undefined,
  );
  checkAlone(model, guide, derivation, options);
};
