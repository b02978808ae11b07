/** The page of distributions is what the values, their docstrings and the lists make it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as distributions from 'marginalia/distributions';
import { families } from 'marginalia/distributions';
import { describe, expect, it } from 'vitest';
import { formatted } from '../../../examples/gallery/page.js';
import { declaredMakers, exhibitsOf } from './exhibits.js';
import { distributionsPage } from './page.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const docs = `${root}docs/`;
const exhibits = exhibitsOf(root);

describe('docs/distributions.md', () => {
  it('has laws, a summary and a formula of every distribution', () => {
    const wanting = exhibits.filter(
      ({ name, laws, docstring: { summary, formulas } }) =>
        // What cannot be drawn from is no family.
        (name in families && laws.length === 0) || summary === '' || formulas.length === 0,
    );
    expect(wanting.map(({ name }) => name)).toEqual([]);
  });

  it('knows every family of the list as one that is public', () => {
    const makers = declaredMakers(root).map(({ name }) => name);
    expect(Object.keys(families).filter((name) => !makers.includes(name))).toEqual([]);
    expect(makers.filter((name) => !(name in distributions))).toEqual([]);
  });

  // Written by `npm run docs:distributions`.
  it('is up to date, with its pictures', async () => {
    const { text, pictures } = distributionsPage(root, exhibits);
    expect(readFileSync(`${docs}distributions.md`, 'utf8')).toBe(await formatted(text));
    expect(readdirSync(`${docs}distributions`).toSorted()).toEqual([...pictures.keys()].toSorted());
    for (const [name, svg] of pictures) {
      const file = `${docs}distributions/${name}`;
      expect(existsSync(file) && readFileSync(file, 'utf8') === svg, name).toBe(true);
    }
  });
});

describe('docs/coming-from-pyro.md', () => {
  it('says of every distribution what others call it', () => {
    const page = readFileSync(`${docs}coming-from-pyro.md`, 'utf8');
    const makers = declaredMakers(root).map(({ name }) => name);
    expect(makers.filter((name) => !page.includes(`\`${name}(`))).toEqual([]);
  });
});
