/** Checks of how expectations and their gradients are estimated. */
import { entryOf } from '../../../dsl/dictionary.js';
import { siteLabel } from '../../../dsl/error.js';
import type { LatentDerivation } from '../../bounds/derivation.js';
import { isOverWeights } from '../../bounds/meaning.js';
import type { Examination } from '../examination.js';
import { type Rule, listed } from './rule.js';

const latentsUnasked = ({ derivation, unasked }: Examination) => {
  const others = unasked()?.latents ?? [];
  return derivation.latents.flatMap((asked) => {
    const free = others.find((l) => l.name === asked.name);
    return free === undefined ? [] : [{ asked, free }];
  });
};

/** How a draw stands in for a sum that could be taken; nothing where it does not. */
const inPlaceOfSum = ({ estimator: { tag } }: LatentDerivation): string | undefined => {
  switch (tag) {
    case 'score':
      return 'a score function';
    case 'measureValued':
      return 'a measure-valued gradient';
    case 'gumbelSoftmax':
    case 'straightThrough':
      return 'a biased gradient';
    default:
      return undefined;
  }
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
      const gradient = inPlaceOfSum(asked);
      return gradient !== undefined && free.estimator.tag === 'enumerate'
        ? [
            {
              site: siteLabel(asked.name),
              found: `it is drawn and gets ${gradient}, and its ${free.estimator.values} values could be summed`,
              cure: `${summing(e, asked)}: the sum is exact.`,
            },
          ]
        : [];
    }),
};

export const noBaseline: Rule = {
  severity: 'advice',
  check: ({ derivation: { latents, particles } }) =>
    latents.flatMap(({ name, estimator }) =>
      estimator.tag === 'score' && estimator.baseline === 'none'
        ? [
            {
              site: siteLabel(name),
              found: 'its gradient is a score function without a baseline',
              cure:
                particles === 1
                  ? 'Take two or more particles, each the baseline of the others, or a running average.'
                  : "Ask for `baseline: 'leaveOneOut'`, or a running average.",
            },
          ]
        : [],
    ),
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
  check: ({ objective: { name, particles, meaning, preferences } }) =>
    particles === 1 && isOverWeights(meaning) && preferences.everySite === 'weighted'
      ? [
          {
            site: name,
            found:
              'one particle, whose normalised weight is 1 wherever it lies: the gradient of the guide is 0 in expectation',
            cure: 'Take two or more particles; bias falls as 1/K.',
          },
        ]
      : [],
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
