/** Runs laws by name, cheap ones first and within a budget, to one report or one error. */
import { demand, showReceived } from '../../../dsl/refusals/options.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import { falseAlarmRule } from './law-options.js';
import { LawNotApplicable } from './not-applicable.js';

/** How long a law takes of a small subject: some milliseconds, some tens, or some hundreds. */
export type Cost = 'cheap' | 'moderate' | 'dear';

const COSTS: readonly Cost[] = ['cheap', 'moderate', 'dear'];

/** A law that can be run. */
export interface RunnableLaw {
  readonly cost: Cost;
  /** Whether it draws at random, and takes a share of the false alarms. */
  readonly isStatistical?: boolean;
  /** Told the false alarm that it may have. */
  readonly run: (falseAlarm: number) => void | Promise<void>;
}

/** A law, or why it cannot be run, such as what was not given. */
export type LawPlan = RunnableLaw | string;

/** Which laws are run, and for how long. */
export interface RunOptions<Name extends string = string> {
  /** The checks to run; all where left out. */
  readonly laws?: readonly Name[];
  /** No check begins after so many seconds; those that do not are skipped. No limit where left out. */
  readonly seconds?: number;
  /** The chance of a false alarm of the whole call, divided among the statistical laws; 1e-6 where left out. */
  readonly falseAlarm?: number;
}

/** What was checked. */
export interface LawReport<Name extends string = string> {
  /** The checks that passed, by name, in the order in which they ran. */
  readonly passed: readonly Name[];
  /** Those that say nothing of the subject, or did not fit the budget, each with the reason. */
  readonly skipped: readonly { readonly check: Name; readonly why: string }[];
  /** How long each took that ran. */
  readonly seconds: Readonly<Partial<Record<Name, number>>>;
}

/** All laws that are broken, each under the name of its check. */
export class BrokenLawsError extends Error {
  constructor(
    /** The checks that failed, each with the message. */
    readonly broken: readonly { readonly check: string; readonly why: string }[],
    /** What became of the others. */
    readonly report: LawReport,
  ) {
    const { length } = broken;
    // A program that cannot run says the same to every law.
    const reasons = [...new Set(broken.map(({ why }) => why))];
    const most = Math.min(1000, Math.max(240, Math.floor(4000 / reasons.length)));
    const lines = reasons.map((reason) => {
      const checks = broken.filter(({ why }) => why === reason).map(({ check }) => check);
      return `- ${checks.join(', ')}: ${shortened(reason, most)}`;
    });
    super([`${length} of ${report.passed.length + length} checks failed.`, ...lines].join('\n'));
    this.name = 'BrokenLawsError';
  }
}

/** A text whose middle is left out where it is long: laws stand at the start, cures at the end. */
const shortened = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const kept = Math.floor((most - 3) / 2);
  return `${text.slice(0, kept)} … ${text.slice(-kept)}`;
};

const isRunnable = (plan: LawPlan): plan is RunnableLaw => typeof plan !== 'string';

const checkOptions = (who: string, known: readonly string[], options: RunOptions): void => {
  const { laws, seconds, falseAlarm = 1e-6 } = options;
  const { expected, holds, cure: alarmCure } = falseAlarmRule;
  demand(
    holds(falseAlarm),
    who,
    `falseAlarm to be ${expected}`,
    showReceived(falseAlarm),
    alarmCure,
  );
  if (seconds !== undefined) {
    demand(seconds > 0, who, 'seconds above 0', seconds, 'pass 10, say');
  }
  if (laws === undefined) return;
  const stranger = laws.find((name) => !known.includes(name));
  const cure = `it has ${known.join(', ')}`;
  demand(laws.length > 0, who, 'laws to name a check', showReceived(laws), cure);
  demand(stranger === undefined, who, 'laws to be its checks', showReceived(stranger), cure);
};

/**
 * Runs plans by name, cheap ones first, and says what passed, what was skipped and why, and how long
 * each took. The statistical ones among those that run share `falseAlarm` evenly.
 *
 * - A check whose `LawNotApplicable` is thrown is skipped; whatever else is thrown is a complaint.
 * - Errors: a `BrokenLawsError` that tells every complaint, at most about 4,000 characters of them;
 *   a `LawNotApplicable` where nothing passed and nothing failed; a `RangeError` for a name that is no check.
 *
 * @example
 * ```ts
 * const holds = { cost: 'cheap', run: () => undefined } as const;
 * const fails = { cost: 'dear', run: () => Promise.reject(new Error('It is 2.')) } as const;
 * const plans = { a: 'b is not given', c: holds, d: fails };
 * const { passed, skipped, seconds } = await runLaws('checkAll', plans, { laws: ['a', 'c'] });
 * passed; // ['c']
 * (seconds.c ?? 0) > 0; // true
 * skipped; // [{ check: 'a', why: 'b is not given' }]
 * await runLaws('checkAll', plans).catch((e: Error) => e.message); // '1 of 2 checks failed.\n- d: It is 2.'
 * ```
 */
export const runLaws = async <Name extends string>(
  who: string,
  plans: Readonly<Record<Name, LawPlan>>,
  options: RunOptions<NoInfer<Name>> = {},
): Promise<LawReport<Name>> => {
  const names = namesOf(plans);
  checkOptions(who, names, options);
  const { laws = names, seconds: budget = Infinity, falseAlarm = 1e-6 } = options;
  const asked = names.filter((name) => laws.includes(name));
  const rankOf = (name: Name): number => {
    const plan = plans[name];
    return isRunnable(plan) ? COSTS.indexOf(plan.cost) : -1;
  };
  const order = asked.toSorted((a, b) => rankOf(a) - rankOf(b));
  const sharing = asked.map((name) => plans[name]).filter((p) => isRunnable(p) && p.isStatistical);
  const alarm = falseAlarm / Math.max(1, sharing.length);

  const passed: Name[] = [];
  const skipped: { readonly check: Name; readonly why: string }[] = [];
  const broken: { readonly check: Name; readonly why: string }[] = [];
  const seconds: Partial<Record<Name, number>> = {};
  const began = performance.now();
  for (const check of order) {
    const plan = plans[check];
    const start = performance.now();
    if (!isRunnable(plan)) {
      skipped.push({ check, why: plan });
    } else if ((start - began) / 1000 >= budget) {
      skipped.push({ check, why: `the ${budget} seconds that it was given were over` });
    } else {
      try {
        await plan.run(alarm);
        passed.push(check);
      } catch (error) {
        const why = reasonOf(error);
        (error instanceof LawNotApplicable ? skipped : broken).push({ check, why });
      }
      seconds[check] = (performance.now() - start) / 1000;
    }
  }
  const report: LawReport<Name> = { passed, skipped, seconds };
  if (broken.length > 0) throw new BrokenLawsError(broken, report);
  if (passed.length > 0) return report;
  const [first] = skipped;
  const why = first === undefined ? 'none' : `none; ${reasonIn(first)}`;
  throw new LawNotApplicable(who, 'a law that applies', why);
};

/** Why a check was skipped, under its name, as the part of a sentence. */
const reasonIn = ({ check, why }: { readonly check: string; readonly why: string }): string => {
  const short = shortened(why, 240).replace(/\.$/, '');
  return short.startsWith(`${check}: `) ? short : `${check}: ${short}`;
};

/** The names of plans; an object that is given in place has no others than its type says. */
const namesOf = <Name extends string>(plans: Readonly<Record<Name, LawPlan>>): readonly Name[] => {
  const names: Name[] = [];
  for (const name in plans) names.push(name);
  return names;
};
