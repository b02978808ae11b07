/** A check: a pure function of what was measured. */
import type { Examination } from '../examination.js';
import type { Finding, Severity } from '../finding.js';

export interface Rule {
  readonly severity: Severity;
  /**
   * That `fit` applies it before its first step. Of several phases, what is found in `anyPhase` counts,
   * or only what is found in `everyPhase` that it could be found in. Left out for advice, for what takes
   * many runs, and for what starting or stepping itself refuses.
   */
  readonly inFit?: 'anyPhase' | 'everyPhase';
  readonly check: (e: Examination) => readonly Omit<Finding, 'rule' | 'severity'>[];
}

/** A few digits of a number, for messages. */
export const short = (x: number): string =>
  Number.isFinite(x) ? String(Number(x.toPrecision(3))) : String(x);

export const listed = (names: readonly string[]): string => names.map((n) => `'${n}'`).join(', ');

export const plural = (n: number, one: string): string => `${n} ${one}${n === 1 ? '' : 's'}`;
