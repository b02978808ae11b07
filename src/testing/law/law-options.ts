/** The options that all laws take, and their rules. */
import { type Rule, checkOptions, fraction, text, whole } from '../../../dsl/refusals/options.js';

/** What laws are told beside what they are checked on. */
export interface LawOptions {
  /** What messages call it; its sites where left out. */
  readonly label?: string;
  /** Seed of all draws, 20240229 where left out. */
  readonly seed?: number;
  /** The chance of a false alarm of the statistical laws of one call, 1e-6 where left out. */
  readonly falseAlarm?: number;
  /** Draws of a statistical law, 2560 where left out. */
  readonly draws?: number;
  /** What float32 rounding may do to a bound, relative, 1e-4 where left out. */
  readonly tolerance?: number;
}

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
