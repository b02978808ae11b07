/** What a campaign of exact laws asked, as a page. */
import { BACKENDS, type Asked } from './record.js';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** How often a law was kept in some slices. */
const keptIn = (asked: readonly Asked[], law: string): number =>
  asked.reduce((sum, { tallies }) => sum + (tallies[law]?.kept ?? 0), 0);

/** Seeds for which a law said something, by law and subject, on one backend. */
const tableOf = (asked: readonly Asked[]): string => {
  const laws = unique(asked.flatMap(({ tallies }) => Object.keys(tallies)));
  const subjects = unique(asked.map(({ subject }) => subject));
  const of = (subject: string): readonly Asked[] => asked.filter((a) => a.subject === subject);
  const seeds = (slices: readonly Asked[]): string =>
    String(slices.reduce((sum, s) => sum + s.seeds, 0));
  return [
    row(['law', ...subjects, 'all']),
    row(['---', ...subjects.map(() => '--:'), '--:']),
    row(['seeds', ...subjects.map((s) => seeds(of(s))), seeds(asked)]),
    ...laws.map((law) =>
      row([
        `\`${law}\``,
        ...subjects.map((s) => String(keptIn(of(s), law))),
        String(keptIn(asked, law)),
      ]),
    ),
  ].join('\n');
};

/** All alarms of some slices. */
export const alarmsIn = (asked: readonly Asked[]): Asked['alarms'] =>
  asked.flatMap(({ alarms }) => alarms);

/** The page of a campaign. */
export const exactLawsPage = (asked: readonly Asked[]): string => {
  const alarms = alarmsIn(asked);
  const tables = BACKENDS.flatMap((backend) => {
    const on = asked.filter((a) => a.backend === backend);
    return on.length === 0 ? [] : [`## On ${backend}`, '', tableOf(on), ''];
  });
  return [
    '# Exact laws of sound models',
    '',
    'Every exact law asked of sound models and generated ones, with a seed of its own each time. A number says',
    'for how many of the seeds the law was kept; for the others it says nothing of the subject, as it tells.',
    `Alarms, each of which would be a false one: ${alarms.length}. \`npm run laws\` writes this page.`,
    '',
    ...tables,
  ].join('\n');
};
