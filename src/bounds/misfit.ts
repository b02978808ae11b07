/**
 * Does a guide fit its model under an objective? Here for what only a run can see, computed names,
 * shapes and sizes among it; `fit.ts` asks the same of the types.
 */
import { isWithin } from '../../dsl/index.js';
import { isReparameterised } from '../../dsl/law/distribution.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import { sameShape, showShape } from '../../dsl/tensors/shape.js';
import type { Requirements } from './meaning.js';
import type { Objective } from './objective.js';
import { type SampleStructure, type Structure, latentSites } from './dependence/structure.js';

/** One way in which a guide does not fit. */
export type Misfit =
  | { readonly _tag: 'missing'; readonly site: string }
  | { readonly _tag: 'extra'; readonly site: string }
  | { readonly _tag: 'observedInModel'; readonly site: string }
  | { readonly _tag: 'observedInGuide'; readonly site: string }
  | { readonly _tag: 'factorInGuide'; readonly site: string }
  | {
      readonly _tag: 'support';
      readonly site: string;
      readonly inner: string;
      readonly outer: string;
      readonly rule: Exclude<Requirements['support'], 'any'>;
    }
  | {
      readonly _tag: 'gradient';
      readonly site: string;
      readonly family: string;
      readonly objective: string;
    }
  | {
      readonly _tag: 'plates';
      readonly site: string;
      readonly model: string;
      readonly guide: string;
    }
  | {
      readonly _tag: 'elements';
      readonly site: string;
      readonly plate: string;
      readonly model: string;
      readonly guide: string;
    }
  | {
      readonly _tag: 'shape';
      readonly site: string;
      readonly model: string;
      readonly guide: string;
    };

/**
 * One sentence for a misfit: the site, the reason, the cure.
 *
 * @example
 * ```ts
 * showMisfit({ _tag: 'observedInModel', site: 'x' });
 * // "site 'x' is sampled by the guide but observed in the model: remove it from the guide."
 * ```
 */
export const showMisfit = (m: Misfit): string => {
  switch (m._tag) {
    case 'missing':
      return `${siteLabel(m.site)} is sampled by the model but missing from the guide: sample it in the guide, or condition the model on it.`;
    case 'extra':
      return `${siteLabel(m.site)} is sampled by the guide but is no latent site of the model: remove it from the guide, or sample it in the model.`;
    case 'observedInModel':
      return `${siteLabel(m.site)} is sampled by the guide but observed in the model: remove it from the guide.`;
    case 'observedInGuide':
      return `${siteLabel(m.site)} is observed in the guide: observe it in the model instead.`;
    case 'factorInGuide':
      return `${siteLabel(m.site)} is a factor in the guide, whose density must be normalised: move it to the model.`;
    case 'support':
      return m.rule === 'within'
        ? `${siteLabel(m.site)}: the guide's support, ${m.inner}, is not contained in the model's, ${m.outer}: use a family on ${m.outer}, or transform one onto it.`
        : `${siteLabel(m.site)}: the guide's support, ${m.outer}, does not cover the model's, ${m.inner}, as it must here: use a family on ${m.inner}.`;
    case 'gradient':
      return `${siteLabel(m.site)}: ${m.family} is not reparameterised, as ${m.objective} needs here: use a pathwise family, or an objective that takes scores.`;
    case 'plates':
      return `${siteLabel(m.site)} lies in ${m.model} in the model but in ${m.guide} in the guide: put both in the same plates.`;
    case 'elements':
      return `${siteLabel(m.site)} visits elements ${m.model} of plate '${m.plate}' in the model but ${m.guide} in the guide: give both the same indices, or the same subsample.`;
    case 'shape':
      return `${siteLabel(m.site)} has event shape ${m.model} in the model but ${m.guide} in the guide: make the shapes equal.`;
  }
};

/** A guide that does not fit its model: every misfit at once, before the first step. */
export class GuideMisfitError extends Error {
  readonly misfits: readonly Misfit[];

  constructor(misfits: readonly Misfit[]) {
    super(
      `The guide does not fit the model.\n${misfits.map((m) => `- ${showMisfit(m)}`).join('\n')}`,
    );
    this.name = 'GuideMisfitError';
    this.misfits = misfits;
  }
}

/** What a guide is asked to fit: an objective, or whatever else draws from it. */
export type Demands = Pick<Objective, 'name' | 'meaning'>;

const showPlates = (s: SampleStructure): string =>
  s.plates.length === 0
    ? 'no plate'
    : s.plates
        .map((p) => `plate '${p.name}' (${p.count} of ${p.size} on axis ${p.axis})`)
        .join(', ');

const samePlates = (a: SampleStructure, b: SampleStructure): boolean =>
  a.plates.length === b.plates.length &&
  a.plates.every((p) =>
    b.plates.some(
      (q) => q.name === p.name && q.size === p.size && q.count === p.count && q.axis === p.axis,
    ),
  );

const misfitsOf = (
  p: SampleStructure,
  q: SampleStructure,
  objective: Demands,
): readonly Misfit[] => {
  const { support: rule, gradient } = objective.meaning.requires;
  const [inner, outer] = rule === 'within' ? [q.support, p.support] : [p.support, q.support];
  const found: Misfit[] = [];
  if (rule !== 'any' && !isWithin(inner, outer)) {
    found.push({
      _tag: 'support',
      site: p.name,
      inner: inner.name,
      outer: outer.name,
      rule,
    });
  }
  if (gradient === 'pathwise' && !isReparameterised(q.gradient)) {
    found.push({ _tag: 'gradient', site: p.name, family: q.family, objective: objective.name });
  }
  if (!samePlates(p, q)) {
    found.push({ _tag: 'plates', site: p.name, model: showPlates(p), guide: showPlates(q) });
  }
  if (!sameShape(p.eventShape, q.eventShape)) {
    found.push({
      _tag: 'shape',
      site: p.name,
      model: showShape(p.eventShape),
      guide: showShape(q.eventShape),
    });
  }
  return found;
};

/** Every misfit of a guide with its model under an objective; none where it fits. */
export const findMisfits = (structure: Structure, objective: Demands): readonly Misfit[] => {
  const guide = new Map(latentSites(structure.guide).map((s) => [s.name, s]));
  const latent = new Map(latentSites(structure.model).map((s) => [s.name, s]));
  const fromModel = [...latent.values()].flatMap((p): readonly Misfit[] => {
    const q = guide.get(p.name);
    return q === undefined ? [{ _tag: 'missing', site: p.name }] : misfitsOf(p, q, objective);
  });
  const fromGuide = structure.guide.flatMap((s): readonly Misfit[] => {
    if (s.kind === 'factor') return [{ _tag: 'factorInGuide', site: s.name }];
    if (s.kind === 'observed' || s.partly) return [{ _tag: 'observedInGuide', site: s.name }];
    if (latent.has(s.name)) return [];
    const other = structure.model.find((m) => m.name === s.name);
    return [{ _tag: other?.kind === 'observed' ? 'observedInModel' : 'extra', site: s.name }];
  });
  const elements = structure.apart.map((apart): Misfit => ({ _tag: 'elements', ...apart }));
  return [...fromModel, ...elements, ...fromGuide];
};

/** Throws a `GuideMisfitError` where a guide does not fit. */
export const assertFits = (structure: Structure, objective: Demands): void => {
  const misfits = findMisfits(structure, objective);
  if (misfits.length > 0) throw new GuideMisfitError(misfits);
};
