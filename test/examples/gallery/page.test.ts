/** The page of the gallery is what the examples and their kept results make it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../../examples/gallery/catalogue.js';
import { exhibitsOf } from '../../../examples/gallery/exhibits.js';
import { formatted, galleryPage } from '../../../examples/gallery/page.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('docs/gallery.md', () => {
  it('has the sentence, equations, programs and results of every example as they are now', async () => {
    const page = readFileSync(`${root}docs/gallery.md`, 'utf8');
    // Written by `npm run docs:gallery`.
    expect(page).toBe(await formatted(galleryPage(await exhibitsOf(root, catalogue))));
  });

  it('says what was found, what was wanted, and where a check fails', () => {
    const page = galleryPage([
      {
        example: { name: 'one', sentence: 'Shows it.', equations: ['x = 1'] },
        programs: { 'model.ts': 'const x = 1;\n' },
        metrics: {
          example: 'one',
          headline: 'It is one.',
          checks: [
            { what: 'x', found: 1.00001, wanted: 'at most 2', holds: true },
            { what: 'y', found: null, wanted: 'at most 2', holds: false },
          ],
          pictures: ['the-line.svg'],
          command: 'npm run example one -- --quick',
          cut: false,
          seconds: 3.2,
          figures: { data: 'ones' },
        },
      },
    ]);
    for (const part of [
      '## one\n\nShows it.\n\n$$\nx = 1\n$$',
      '`examples/one/model.ts`\n\n```ts\nconst x = 1;\n```',
      '![the line](gallery/one/the-line.svg)\n\nIt is one.',
      '| x | 1 | at most 2 |\n| y | NaN (fails) | at most 2 |',
      'Measured on ones by `npm run example one -- --quick`.',
    ]) {
      expect(page).toContain(part);
    }
  });
});
