/** The page of the gallery, from the examples and what was measured of them. */
import { format } from 'prettier';
import { shown } from './check.js';
import type { Example } from './example.js';
import type { Metrics } from './metrics.js';

/** An example with its programs and a run of it. */
export interface Exhibit {
  readonly example: Pick<Example, 'name' | 'sentence' | 'equations'>;
  /** The text of its programs, by the name of the file. */
  readonly programs: Readonly<Record<string, string>>;
  /** A run whose results are kept; nothing before the first. */
  readonly metrics: Metrics | undefined;
}

const INTRODUCTION = `# Gallery

Each system as the equations that it implements, the program that says them, whole, the picture that it leaves, and
the figure that it reached. \`npm run example NAME\` runs one on data that it draws itself, \`--data DIR\` on real data,
and \`--quick\` on little; \`npm run example\` lists them. This page is written by \`npm run docs:gallery\`.`;

const words = (name: string): string => name.replace(/\.\w+$/, '').replaceAll('-', ' ');

const measurements = (folder: string, { metrics }: Exhibit): readonly string[] => {
  if (metrics === undefined) return [];
  const { headline, checks, pictures, command, figures } = metrics;
  const data = typeof figures['data'] === 'string' ? ` on ${figures['data']}` : '';
  return [
    ...pictures.map((file) => `![${words(file)}](${folder}/${file})`),
    headline,
    [
      '| held against itself | found | wanted |',
      '| --- | --- | --- |',
      ...checks.map(
        ({ what, found, wanted, holds }) =>
          `| ${what} | ${shown(found ?? Number.NaN)}${holds ? '' : ' (fails)'} | ${wanted} |`,
      ),
    ].join('\n'),
    `Measured${data} by \`${command}\`.`,
  ];
};

const section = (exhibit: Exhibit): string => {
  const { example, programs } = exhibit;
  return [
    `## ${example.name}`,
    example.sentence,
    ...example.equations.map((equation) => `$$\n${equation}\n$$`),
    ...Object.entries(programs).flatMap(([file, text]) => [
      `\`examples/${example.name}/${file}\``,
      `\`\`\`ts\n${text.trimEnd()}\n\`\`\``,
    ]),
    ...measurements(`gallery/${example.name}`, exhibit),
  ].join('\n\n');
};

/** Markdown as the project's own formatter writes it. */
export const formatted = (page: string): Promise<string> =>
  format(page, { parser: 'markdown', printWidth: 100, singleQuote: true });

/** The page, in Markdown. */
export const galleryPage = (exhibits: readonly Exhibit[]): string =>
  `${[INTRODUCTION, ...exhibits.map(section)].join('\n\n')}\n`;
