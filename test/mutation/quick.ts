/** The faults of `npm run mutate -- --quick`: those that are marked, and one of every other room. */
import { dirname } from 'node:path';
import type { Mutation } from './mutation.js';

/** Marked ones, and the first of each folder that has none. */
export const quickOf = (all: readonly Mutation[]): readonly Mutation[] => {
  const room = ({ file }: Mutation): string => dirname(file);
  const marked = all.filter(({ quick }) => quick === true);
  const seen = new Set(marked.map(room));
  const others = all.filter((m, i) => {
    const isFirst = all.findIndex((other) => room(other) === room(m)) === i;
    return isFirst && !seen.has(room(m));
  });
  return [...marked, ...others];
};
