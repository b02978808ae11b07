/** What a check of a model with its guide found, as data. */

/**
 * `error`: it is certain that numbers would be wrong, or that nothing would be trained; `warning`: what
 * was found is certain, but may be meant; `advice`: there may be a better way. `fit` throws errors and
 * says warnings without being asked; advice is `lint`'s alone.
 */
export type Severity = 'error' | 'warning' | 'advice';

/** The name of a check. */
export type LintRule =
  | 'noObservations'
  | 'noParameters'
  | 'strayVariable'
  | 'unreadBatch'
  | 'unscaledMinibatch'
  | 'unalignedPlate'
  | 'pooledPlate'
  | 'repeatedFactor'
  | 'unnamedRandomness'
  | 'blockedDraw'
  | 'invalidArgument'
  | 'impossibleObservation'
  | 'outsideSupport'
  | 'notFinite'
  | 'untrainedParameter'
  | 'guideIgnoresData'
  | 'sampledEnumerable'
  | 'noBaseline'
  | 'closedFormUnused'
  | 'oneParticle'
  | 'wideInitialScale'
  | 'lostDigits'
  | 'rawInputs';

/** One finding: where, what was measured there, and the way out. */
export interface Finding {
  readonly rule: LintRule;
  readonly severity: Severity;
  /** The site, parameter, plate or objective that it is about. */
  readonly site: string;
  readonly found: string;
  readonly cure: string;
}

/**
 * One line for a finding: what was found where, and the cure.
 *
 * @example
 * ```ts
 * const prior = sample('z', normal(0, 1));
 * lint(prior, prior, elbo()).map(showFinding)[0]?.slice(0, 43); // 'error: model and guide: neither has a param'
 * ```
 */
export const showFinding = ({ severity, site, found, rule, cure }: Finding): string =>
  `${severity}: ${site}: ${found}. [${rule}] ${cure}`;

const order: readonly Severity[] = ['error', 'warning', 'advice'];

/** The findings, gravest first. */
export const byGravity = (findings: readonly Finding[]): readonly Finding[] =>
  order.flatMap((severity) => findings.filter((f) => f.severity === severity));

/**
 * Findings as text, two lines each: what was found where, and the cure.
 *
 * @example
 * ```ts
 * showLint([]); // 'Nothing found.'
 * ```
 */
export const showLint = (findings: readonly Finding[]): string =>
  findings.length === 0
    ? 'Nothing found.'
    : findings
        .map((f) => `${f.severity}: ${f.site}: ${f.found}. [${f.rule}]\n  ${f.cure}`)
        .join('\n');

/** Faults of a model with its guide that are certain, found before anything is trained. */
export class LintError extends Error {
  /** What was found, every finding an error. */
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super(showLint(findings));
    this.name = 'LintError';
    this.findings = findings;
  }
}
