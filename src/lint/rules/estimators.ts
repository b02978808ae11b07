/** Checks of how expectations and their gradients are estimated. */
import { entryOf } from '../../../dsl/records/dictionary.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import type { LatentDerivation } from '../../bounds/derivation.js';
import type { Examination } from '../examination.js';
import { type Rule, listed } from './rule.js';

const latentsUnasked = ({ derivation, unasked }: Examination) => {
  const others = unasked()?.latents ?? [];
  return derivation.latents.flatMap((asked) => {
    const free = others.find((l) => l.name === asked.name);
    return free === undefined ? [] : [{ asked, free }];
  });
};

/** What was written that keeps a site from being summed. */
const summing = ({ objective: { preferences } }: Examination, { name, why }: LatentDerivation) => {
  const written = [
    ...(preferences.discrete === 'score' ? ["`discrete: 'score'`"] : []),
    ...(entryOf(preferences.estimators ?? {}, name) === undefined
      ? []
      : [`\`${name}\` of \`estimators\``]),
  ];
  return written.length === 0
    ? `Sum what is drawn after it, for ${why}`
    : `Leave out ${written.join(' and ')}`;
};

export const sampledEnumerable: Rule = {
  severity: 'advice',
  check: (e) =>
    latentsUnasked(e).flatMap(({ asked, free }) => {
      const { bias, label } = asked.estimator;
      return asked.summed === undefined && free.summed !== undefined
        ? [
            {
              site: siteLabel(asked.name),
              found: `it is drawn and gets a ${bias ? 'biased' : label} gradient, and its ${free.summed.values} values could be summed`,
              cure: `${summing(e, asked)}: the sum is exact.`,
            },
          ]
        : [];
    }),
};

/** What the estimators of an inference let doubt, under their sites. */
const doubtsOf = ({ derivation: { latents, particles } }: Examination) =>
  latents.flatMap(({ name, estimator }) => {
    const doubt = estimator.doubt?.(particles);
    return doubt === undefined ? [] : [{ site: siteLabel(name), ...doubt }];
  });

export const noBaseline: Rule = {
  severity: 'advice',
  check: (e) =>
    doubtsOf(e).flatMap(({ learnsNothing, ...finding }) => (learnsNothing ? [] : [finding])),
};

export const closedFormUnused: Rule = {
  severity: 'advice',
  check: (e) =>
    latentsUnasked(e).flatMap(({ asked, free }) =>
      asked.divergence === 'sampled' && free.divergence === 'closedForm'
        ? [
            {
              site: siteLabel(asked.name),
              found: `its KL(${asked.guideFamily} ‖ ${asked.modelFamily}) is sampled, and a closed form is known`,
              cure: "Leave out `closedFormKl: 'never'`.",
            },
          ]
        : [],
    ),
};

export const oneParticle: Rule = {
  severity: 'error',
  inFit: 'anyPhase',
  check: (e) => {
    const { name, preferences } = e.objective;
    const found = doubtsOf(e).flatMap(({ learnsNothing, ...finding }) =>
      learnsNothing ? [finding] : [],
    );
    // What is of all sites is said once.
    return preferences.everySite === undefined
      ? found
      : found.slice(0, 1).map((finding) => ({ ...finding, site: name }));
  },
};

export const blockedDraw: Rule = {
  severity: 'error',
  inFit: 'anyPhase',
  check: ({ hidden, trained }) =>
    hidden()
      .map((h) => ({ ...h, params: h.params.filter((name) => trained.includes(name)) }))
      .filter((h) => !h.reparameterised && h.params.length > 0)
      .map((h) => ({
        site: siteLabel(h.name),
        found: `it is noise in the ${h.role}, or hidden there by block, and a draw of ${h.family} carries no gradient: ${listed(h.params)} gets none through it`,
        cure: 'Leave it visible to the other program, sum it out by hand, or use a reparameterised family.',
      })),
};
