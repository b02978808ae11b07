import type { Rule } from '../../dsl/refusals/options.js';

/** What an option that is a key must be. */
export const keyRule: Rule = {
  expected: 'a key',
  holds: (value) =>
    Array.isArray(value) && value.length === 2 && value.every((word) => Number.isInteger(word)),
  cure: 'pass key(0), say',
};
