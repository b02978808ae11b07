/** Checks of the guide and of what is trained. */
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { Examination, TracedSite } from '../examination.js';
import { type Rule, listed, short } from './rule.js';

/** Ten times too wide: the bound then starts at a gradient that is mostly noise. */
const WIDE = 10;

/** Whether data say anything of a latent site. */
const isInformed = (site: string, { structure }: Examination): boolean =>
  structure.model.some((s) => s.kind !== 'latent' && s.ancestors.includes(site));

/** Whether a law can differ between the elements of a plate, by anything that it is computed from. */
const knowsElement = (q: TracedSite, plate: string, e: Examination): boolean => {
  const p = e.plates().find(({ name }) => name === plate);
  const ofPlate = (site: string): boolean =>
    site !== q.name &&
    e.structure.guide.some((s) => s.name === site && s.plates.some((r) => r.name === plate));
  const perElement = (param: string): boolean =>
    p?.params.includes(param) === true ||
    e.structure.params.some(
      (s) => s.name === param && s.shape.some((n) => n > 1 && (n === p?.size || n === p?.count)),
    );
  return q.readsBatch || q.sites.some(ofPlate) || q.params.some(perElement);
};

/**
 * A law without an axis for the plate is one for all elements. Where the batch is known, a law that
 * has one, and that is computed from shared parameters alone, is no better.
 */
export const guideIgnoresData: Rule = {
  severity: 'advice',
  check: (e) =>
    e
      .sites()
      .filter((s) => s.role === 'guide' && s.kind === 'latent' && isInformed(s.name, e))
      .flatMap((q) => {
        const plates = e.structure.guide.find((s) => s.name === q.name)?.plates ?? [];
        const blind = plates.filter(
          ({ name, count }) =>
            count > 1 &&
            (q.sameAlong.includes(name) ||
              (e.batchLengths !== undefined && q.params.length > 0 && !knowsElement(q, name, e))),
        );
        return blind.length === 0
          ? []
          : [
              {
                site: siteLabel(q.name),
                found: `the guide gives every element of plate ${listed(blind.map((p) => p.name))} the same ${q.family}, whatever the data are`,
                cure: 'Compute it from the data by a network, or put its parameters inside the plate: one value for each element.',
              },
            ];
      }),
};

export const wideInitialScale: Rule = {
  severity: 'advice',
  check: ({ spreads }) =>
    spreads()
      .filter(({ ratio }) => ratio > WIDE ** 2)
      .map(({ site, ratio }) => ({
        site: siteLabel(site),
        found: `the guide starts ${short(Math.sqrt(ratio))} times wider than the curvature of the model there`,
        cure: `Start its scale about ${short(Math.sqrt(ratio))} times smaller, or nearer to the data.`,
      })),
};

export const noParameters: Rule = {
  severity: 'error',
  inFit: 'everyPhase',
  check: ({ structure: { params }, objective: { name }, trained }) =>
    trained.length > 0
      ? []
      : [
          {
            site: 'model and guide',
            found:
              params.length === 0
                ? 'neither has a parameter: nothing is trained'
                : `${name} trains none of ${listed(params.map((p) => p.name))}`,
            cure: 'Write `yield* param(…)`, or a network, in the program that is to be trained.',
          },
        ],
};

/** A variable of TensorFlow.js, as a layer of tf.layers has, is no parameter: to training it is a constant. */
export const strayVariable: Rule = {
  severity: 'warning',
  inFit: 'everyPhase',
  check: ({ structure: { variables } }) =>
    variables.length === 0
      ? []
      : [
          {
            site: `tf.variable ${listed(variables)}`,
            found:
              'the programs compute with it, and nothing trains it: it is no parameter of theirs',
            cure: 'Make it one by `yield* param(…)` or a network, or say that it is a constant: `tf.variable(x, false)`, `layer.trainable = false`.',
          },
        ],
};

export const untrainedParameter: Rule = {
  severity: 'warning',
  inFit: 'everyPhase',
  check: ({ still, structure, trained, hidden }) => {
    const none = still().filter((name) => trained.includes(name));
    const blocked =
      none.length === 0 ? [] : hidden().flatMap((h) => (h.reparameterised ? [] : h.params));
    return structure.params
      .filter(({ name }) => none.includes(name) && !blocked.includes(name))
      .map(({ name, owner }) => ({
        site: `param '${name}'`,
        found: `its gradient is exactly 0: nothing in the bound depends on it${owner === 'both' ? '' : ` in the ${owner}`}`,
        cure: 'Use it, remove it, or check that no draw, index or comparison lies between it and the bound.',
      }));
  },
};

export const notFinite: Rule = {
  severity: 'error',
  check: ({ notFinite: found, valued }) =>
    found()
      .filter(
        (label) =>
          !valued().some(
            (s) =>
              s.kind === 'observed' &&
              s.values.impossible.length > 0 &&
              siteLabel(s.name) === label,
          ),
      )
      .map((label) => ({
        site: label,
        found: `its ${label.startsWith('param') ? 'gradient' : 'term'} is not finite at the start`,
        cure: 'Start elsewhere, keep scales above 0, and compute logarithms by log1p, softplus or logits.',
      })),
};
