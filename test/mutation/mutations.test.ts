/** Every fault can still be made: an edit of the code does not lose a mutation without a word. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Mutation, mutations } from './mutations.js';
import { killedByPublicLaws } from './laws/public-laws.js';

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const occurrences = ({ file, find }: Mutation): number =>
  existsSync(pathOf(file)) ? readFileSync(pathOf(file), 'utf8').split(find).length - 1 : 0;

const told = ({ name, file, find }: Mutation): string => `${name}: ${file}: ${find}`;

describe('the mutations', () => {
  it('each replace a text that occurs exactly once', () => {
    expect(mutations.filter((m) => occurrences(m) !== 1).map(told)).toEqual([]);
  });

  it('each change something', () => {
    expect(mutations.filter(({ find, replace }) => find === replace).map(told)).toEqual([]);
  });

  it('each have a name of their own', () => {
    const names = mutations.map(({ name }) => name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  });

  it('each name a test file that is there', () => {
    const named = mutations.map(({ killedBy }) => killedBy).filter((name) => name !== 'tsc');
    expect(named.filter((file) => !existsSync(pathOf(file)))).toEqual([]);
  });

  it('are there where the public laws are to find them', () => {
    expect(killedByPublicLaws(mutations).length).toBeGreaterThan(0);
  });
});
