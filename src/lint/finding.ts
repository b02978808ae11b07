/** What a check of a model with its guide found, as data. */

/**
 * `error`: the numbers are wrong, or something is never trained; `warning`: training suffers;
 * `advice`: there is a better way.
 */
export type Severity = 'error' | 'warning' | 'advice';

/** The name of a check. */
export type LintRule =
  | 'noObservations'
  | 'unscaledMinibatch'
  | 'unalignedPlate'
  | 'pooledPlate'
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
