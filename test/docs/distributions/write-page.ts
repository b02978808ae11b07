/** `npm run docs:distributions`: writes the page of distributions and its pictures. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { formatted } from '../../../examples/gallery/page.js';
import { distributionsPage } from './page.js';

const FOLDER = 'docs/distributions';

const { text, pictures } = distributionsPage('.');
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
for (const [name, svg] of pictures) writeFileSync(`${FOLDER}/${name}`, svg);
writeFileSync('docs/distributions.md', await formatted(text));
console.log(`docs/distributions.md and ${pictures.size} pictures`);
