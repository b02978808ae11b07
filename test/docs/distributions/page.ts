/** The page of all distributions, supports and bijectors, from the values themselves and their docstrings. */
import * as distributions from 'marginalia/distributions';
import {
  type Bijector,
  type Distribution,
  type Support,
  bijectors,
} from 'marginalia/distributions';
import {
  type Share,
  abilities,
  argumentsIn,
  divergences,
  gradientsOf,
  shareOf,
  supportOf,
} from './abilities.js';
import { type Declared, declaredBy, docstringOf } from './docstrings.js';
import { type Exhibit, exhibitsOf } from './exhibits.js';
import { pictureOf } from './picture.js';

/** A page, and the pictures beside it by their names. */
export interface Page {
  readonly text: string;
  readonly pictures: ReadonlyMap<string, string>;
}

const MARKS: Readonly<Record<Share, string>> = { all: '✓', some: '(✓)', none: '' };

/** A cell of a table, where a bar would end it. */
const cell = (text: string): string => text.replaceAll('|', '\\|');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map(cell).join(' | ')} |`)
    .join('\n');

const link = (name: string): string => `[${name}](#${name.toLowerCase()})`;

/** Text of a docstring where Markdown would read some of its signs as its own. */
const plain = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 0 ? part.replaceAll(/[*_<]/g, (sign) => `\\${sign}`) : part))
    .join('');

const abilityTable = (exhibits: readonly Exhibit[]): string =>
  table(
    ['distribution', 'support', 'gradient of a draw', ...Object.keys(abilities)],
    exhibits.map(({ name, laws }) => [
      link(name),
      supportOf(laws),
      gradientsOf(laws),
      ...Object.values(abilities).map((has) => MARKS[shareOf(laws, has)]),
    ]),
  );

const divergenceTable = (known: ReadonlyMap<string, readonly string[]>): string =>
  table(
    ['from', 'to'],
    [...known].flatMap(([q, ps]) => (ps.length === 0 ? [] : [[link(q), ps.map(link).join(', ')]])),
  );

/** What is said of all laws in words, and of some with a proviso. */
const canDo = (laws: readonly Distribution[]): string => {
  const shares = Object.entries(abilities).map(
    ([name, has]) => [name, shareOf(laws, has)] as const,
  );
  const named = (share: Share): string =>
    shares.flatMap(([name, of]) => (of === share ? [name] : [])).join(', ');
  const [all, some] = [named('all'), named('some')];
  return `${all === '' ? 'its density' : all}${some === '' ? '' : `; for some parameters ${some}`}`;
};

const entry = (
  { name, docstring, laws }: Exhibit,
  shows: string,
  to: readonly string[],
  from: readonly string[],
): string => {
  const { summary, formulas, notes } = docstring;
  const others = (names: readonly string[]): string => names.map(link).join(', ');
  const told = ['Shapes', 'Gradient', 'Edges', 'Source'].flatMap((note) => {
    const said = notes.get(note);
    return said === undefined ? [] : [`- ${note}: ${plain(said)}`];
  });
  const able = [
    `- Support: ${supportOf(laws)}`,
    `- Has: ${canDo(laws)}`,
    ...(to.length === 0 ? [] : [`- KL to: ${others(to)}`]),
    ...(from.length === 0 ? [] : [`- KL from: ${others(from)}`]),
  ];
  const given = [...argumentsIn(laws)].map(([a, words]) => [
    /^\w+$/.test(a) ? `\`${a}\`` : a,
    words,
  ]);
  // What cannot be drawn from has no laws among the cases.
  const isShown = laws.length > 0;
  return [
    `### ${name}`,
    plain(summary),
    ...(isShown ? [`![${name}: ${shows}](distributions/${name}.svg)`] : []),
    ...formulas.map(plain),
    ...(isShown ? [table(['made from', 'which must be'], given)] : []),
    [...(isShown ? able : []), ...told].join('\n'),
  ].join('\n\n');
};

const TITLES: Readonly<Record<string, string>> = {
  'real-line': 'Of a real number',
  positive: 'Of a positive number',
  'unit-interval': 'Of a number between 0 and 1',
  counts: 'Of a count',
  classes: 'Of a class',
  vectors: 'Of a vector',
  circle: 'Of an angle',
  matrices: 'Of a matrix',
  series: 'Of a series',
  '': 'Points and flat priors',
};

/** The place of a room on the page; one that is not named stands before points. */
const placeOf = (room: string): number => {
  const names = Object.keys(TITLES);
  return names.includes(room) ? names.indexOf(room) : names.length - 1.5;
};

const words = (room: string): string =>
  TITLES[room] ?? `Of ${room.replaceAll('-', ' ').replaceAll('/', ', ')}`;

const isObject = (x: unknown): x is object => typeof x === 'object' && x !== null;
const isSupport = (x: unknown): x is Support => isObject(x) && 'isWithin' in x;
const isBijector = (x: unknown): x is Bijector => isObject(x) && 'logAbsDetJacobian' in x;

const valueOf = (space: object, name: string): unknown =>
  Object.entries(space).find(([own]) => own === name)?.[1];

/** What its source says of each name, before its notes. */
const described = (
  root: string,
  declared: readonly Declared[],
): readonly (readonly [string, string])[] =>
  declared.map((one) => {
    const { summary, formulas } = docstringOf(root, one);
    return [one.name, plain([summary, ...formulas].join(' '))];
  });

/** The functions of a room of the language, and what their sources say. */
const functionsIn = (root: string, room: string, head: string): string =>
  table(
    [head, 'what it makes'],
    described(
      root,
      declaredBy(root, 'src/entries/distributions.ts').filter(
        ({ name, file }) =>
          file.startsWith(`dsl/${room}/`) && typeof valueOf(distributions, name) === 'function',
      ),
    ).map(([name, summary]) => [`\`${name}\``, summary]),
  );

const supports = (root: string): string =>
  table(
    ['support', 'its values', 'measure', 'axes of a value', 'reached by'],
    declaredBy(root, 'dsl/supports/index.ts').map((one) => {
      const value = valueOf(distributions, one.name);
      const { summary } = docstringOf(root, one);
      if (!isSupport(value)) return [`\`${one.name}(…)\``, plain(summary), '', '', ''];
      const { isDiscrete, eventRank, bijector } = value;
      return [
        `\`${one.name}\``,
        plain(summary === '' ? value.words : summary),
        isDiscrete ? 'counting' : 'Lebesgue',
        String(eventRank),
        bijector === undefined ? '' : `\`${bijector().name}\``,
      ];
    }),
  );

const maps = (root: string): string =>
  table(
    ['bijector', 'what it is', 'onto', 'axes that it mixes'],
    declaredBy(root, 'dsl/bijectors/index.ts').map((one) => {
      const value = valueOf(bijectors, one.name);
      const { summary } = docstringOf(root, one);
      return isBijector(value)
        ? [`\`${one.name}\``, plain(summary), value.codomain.name, String(value.inputRank)]
        : [`\`${one.name}(…)\``, plain(summary), '', ''];
    }),
  );

/** The page and its pictures. */
export const distributionsPage = (root: string, all = exhibitsOf(root)): Page => {
  const exhibits = all.toSorted((a, b) => placeOf(a.room) - placeOf(b.room));
  const to = divergences(exhibits);
  const pairs = [...to.values()].flat().length;
  const from = (name: string): readonly string[] =>
    [...to].flatMap(([q, ps]) => (ps.includes(name) && q !== name ? [q] : []));
  const drawn = exhibits.filter(({ laws }) => laws.length > 0);
  const pictures = new Map(drawn.map(({ name, laws }) => [name, pictureOf(laws)]));
  const shows = (name: string): string => pictures.get(name)?.shows ?? '';
  const rooms = [...new Set(exhibits.map(({ room }) => room))];
  const text = [
    '# Distributions',
    `${exhibits.length} distributions, of which \`marginalia/distributions\` has all. What stands here is read off the laws that ` +
      'the tests check and off the docstrings; `npm run docs:distributions` writes it. Log densities are in nats. Pictures ' +
      'are of parameters that were drawn at random, as they stand below each.',
    '## What each can do',
    'A ✓ in brackets is of some laws of the family only: those that are made of numbers, or at some parameters. `tails`: logarithms of shares below and above, ' +
      'right however far out; `listed`: the ' +
      'values can be listed, and summed over; `relaxed`: there is a smooth stand-in for a draw.',
    abilityTable(drawn),
    '## Divergences',
    `KL(q ‖ p) has a closed form for ${pairs} pairs of families; for some of them at some parameters only. Beside these, combinators ` +
      'have the divergences of what they are made of: `independent`, `expand`, `mask`, and images under one map.',
    divergenceTable(to),
    ...rooms.flatMap((room) => [
      `## ${words(room)}`,
      ...exhibits
        .filter((one) => one.room === room)

        .map((one) => entry(one, shows(one.name), to.get(one.name) ?? [], from(one.name))),
    ]),
    '## Combinators',
    functionsIn(root, 'combinators', 'combinator'),
    '## Sequences',
    functionsIn(root, 'sequences', 'law of a series'),
    '## Supports',
    supports(root),
    '## Bijectors',
    maps(root),
  ].join('\n\n');
  return {
    text: `${text}\n`,
    pictures: new Map([...pictures].map(([name, { svg }]) => [`${name}.svg`, svg])),
  };
};
