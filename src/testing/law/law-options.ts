/** Rules of the options that all laws take. */
import { type Rule, checkOptions, fraction, text, whole } from '../../../dsl/checks/options.js';
import type { LawOptions } from './inference.js';

/** At 0 no draws find anything, and at 1 or more whatever is drawn is accused. */
export const falseAlarmRule: Rule = { ...fraction, cure: 'pass 1e-6, say, or leave it out' };

/** A rule for each option of laws. */
export const lawRules = {
  label: text,
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  falseAlarm: falseAlarmRule,
  draws: { ...whole(2), cure: 'pass 2560, say, or leave it out' },
  tolerance: {
    expected: 'a finite number of at least 0',
    holds: (value: unknown) => typeof value === 'number' && Number.isFinite(value) && value >= 0,
    cure: 'pass 1e-4, say, or leave it out',
  },
} satisfies Readonly<Record<keyof LawOptions, Rule>>;

/** Throws a `RangeError` that names an option of laws which is out of its range. */
export const checkLawOptions = ({ label, seed, falseAlarm, draws, tolerance }: LawOptions): void =>
  checkOptions<Readonly<Record<keyof LawOptions, unknown>>>(
    'The options of laws',
    { label, seed, falseAlarm, draws, tolerance },
    lawRules,
  );
