/**
 * Checks of options: a message says whose they are, what was expected, what came, and the cure.
 * A function declares a rule for each option that it knows, and checks what it was given against
 * them: what is unknown, missing or out of range throws a `RangeError` that names it.
 */
import { nearestNames } from './nearest.js';

/** Throws a `RangeError` unless a demand on an option holds. */
export const demand = (
  holds: boolean,
  who: string,
  expected: string,
  received: number | string,
  cure: string,
): void => {
  if (holds) return;
  throw new RangeError(`${who}: expected ${expected}, but got ${received}; ${cure}.`);
};

/** Throws a `RangeError` unless each number is whole and at least `least`. */
export const checkWhole = (
  who: string,
  counts: Readonly<Record<string, number>>,
  least = 1,
): void =>
  Object.entries(counts).forEach(([name, value]) =>
    demand(
      Number.isInteger(value) && value >= least,
      who,
      `${name} to be a whole number of at least ${least}`,
      value,
      `pass ${name}: ${Math.max(least, Math.round(value) || least)}, say`,
    ),
  );

const LONGEST = 60;

const cut = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;

const showOne = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return `'${cut(value)}'`;
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? 'an array' : 'an object';
    case 'undefined':
      return 'nothing';
    default:
      return cut(String(value));
  }
};

/** What came, in a few words. */
export const showReceived = (value: unknown): string =>
  Array.isArray(value)
    ? cut(`[${value.slice(0, LONGEST).map(showOne).join(', ')}]`)
    : showOne(value);

/** What an option must be. */
export interface Rule {
  /** In words, as in 'engine to be …'. */
  readonly expected: string;
  readonly holds: (value: unknown) => boolean;
  /** What to do about it, as in '…; cure.'. */
  readonly cure: string;
  /** Whether it must be given. */
  readonly required?: boolean;
}

/** A rule for each option. */
export type Rules<O> = { readonly [K in keyof O]-?: Rule };

/** A rule for an option that must be given. */
export const required = (rule: Rule): Rule => ({ ...rule, required: true });

/** A number, whole and from `least` to `most`. */
export const whole = (least = 1, most = Infinity): Rule => ({
  expected:
    most === Infinity
      ? `a whole number of at least ${least}`
      : `a whole number from ${least} to ${most}`,
  holds: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most,
  cure: `pass ${least}, say`,
});

/** A finite number above 0. */
export const positiveNumber: Rule = {
  expected: 'a finite number above 0',
  holds: (value) => typeof value === 'number' && Number.isFinite(value) && value > 0,
  cure: 'pass 1, say',
};

/** A finite number. */
export const finiteNumber: Rule = {
  expected: 'a finite number',
  holds: (value) => typeof value === 'number' && Number.isFinite(value),
  cure: 'pass 1, say',
};

/** A number between 0 and 1, without either. */
export const fraction: Rule = {
  expected: 'a number between 0 and 1',
  holds: (value) => typeof value === 'number' && value > 0 && value < 1,
  cure: 'pass 0.01, say',
};

/** An object of `what` by name. */
export const recordOf = (what: string): Rule => ({
  expected: `${what} by name`,
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  cure: 'pass { name: … }',
});

/** A text that is not empty. */
export const text: Rule = {
  expected: 'a text',
  holds: (value) => typeof value === 'string' && value !== '',
  cure: 'write some',
};

/** One of a few words. */
export const oneOf = (...words: readonly string[]): Rule => ({
  expected: `one of ${words.map((word) => `'${word}'`).join(', ')}`,
  holds: (value) => words.some((word) => word === value),
  cure: 'correct its spelling',
});

/** True or false. */
export const flag: Rule = {
  expected: 'true or false',
  holds: (value) => typeof value === 'boolean',
  cure: 'pass one of them',
};

/** A function; `example` is what to pass. */
export const callable = (example: string): Rule => ({
  expected: 'a function',
  holds: (value) => typeof value === 'function',
  cure: `pass ${example}, say`,
});

/** An object with these members, such as what another function made; `example` is how to make one. */
export const having = (what: string, example: string, ...members: readonly string[]): Rule => ({
  expected: what,
  holds: (value) =>
    typeof value === 'object' && value !== null && members.every((name) => name in value),
  cure: `pass ${example}`,
});

/** A list of texts, one at least. */
export const listOf = (what: string, example: readonly string[]): Rule => ({
  expected: `a list of ${what}`,
  holds: (value) =>
    Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string'),
  cure: `pass ${showReceived(example)}, say`,
});

/** Anything at all: what another function checks. */
export const anything: Rule = { expected: 'anything', holds: () => true, cure: 'pass it' };

const checkKnown = (who: string, names: readonly string[], known: readonly string[]): void => {
  const unknown = names.find((name) => !known.includes(name));
  const [near] = nearestNames(unknown ?? '', known);
  demand(
    unknown === undefined,
    who,
    `options among ${known.join(', ')}`,
    showReceived(unknown),
    near === undefined
      ? 'correct its spelling, or leave it out'
      : `write '${near}', or leave it out`,
  );
};

/**
 * Throws a `RangeError` unless `options` has all that must be given, nothing that has no rule, and
 * everything by its rule. What is `undefined` counts as left out.
 */
export const checkOptions = <O extends object>(who: string, options: O, rules: Rules<O>): void => {
  const given: unknown = options;
  if (typeof given !== 'object' || given === null) {
    const names = Object.keys(rules).join(', ');
    demand(false, who, `options (${names})`, showReceived(given), 'pass an object of them');
  }
  const values = new Map<string, unknown>(Object.entries(options));
  checkKnown(who, [...values.keys()], Object.keys(rules));
  for (const [name, rule] of Object.entries<Rule>(rules)) {
    const value = values.get(name);
    if (value === undefined && rule.required !== true) continue;
    const said = `${name} to be ${rule.expected}`;
    demand(value !== undefined && rule.holds(value), who, said, showReceived(value), rule.cure);
  }
};
