/** The command line of the bench. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import { count } from './count.js';
import type { Case } from './case.js';
import { type ChoiceCase, choiceCases } from './choices/catalogue.js';
import { type Series, cases, series } from './catalogue.js';
import { type Peer, peers, published } from './peers.js';

export interface Options {
  readonly json: boolean;
  /** The cases on which the engine's choice is judged; nothing where peers are measured instead. */
  readonly choices: readonly ChoiceCase[];
  readonly cases: readonly Case[];
  readonly series: readonly Series[];
  readonly peers: readonly Peer[];
  readonly rounds: number;
  /** How long a block lasts at least, in milliseconds. */
  readonly block: number;
  readonly out: string;
  /** The folder of the images that whole epochs are made of; drawn digits where it is left out. */
  readonly data: string | undefined;
}

/** What the command line asked for. */
export type Asked =
  | { readonly _tag: 'run'; readonly options: Options }
  | { readonly _tag: 'shown' }
  | { readonly _tag: 'bad'; readonly message: string };

const Given = t.intersection([
  t.strict({
    json: t.boolean,
    choices: t.boolean,
    rounds: t.number,
    block: t.number,
    out: t.string,
  }),
  t.partial({ data: t.string, case: t.array(t.string), peer: t.array(t.string) }),
]);

const among =
  (known: readonly string[]) =>
  (value: string, before: readonly string[] = []): readonly string[] => {
    if (!known.includes(value)) {
      throw new InvalidArgumentError(`It is none of ${known.join(', ')}`);
    }
    return [...before, value];
  };

const names = [...new Set([...cases, ...series, ...choiceCases].map(({ name }) => name))];

const command = (): Command =>
  new Command('npm run bench --')
    .description(
      'Measures training steps against the same mathematics by hand, by turns. Without --json it ' +
        'also measures how cost grows, and leaves metrics.json and pictures. Where it measured, and how, ' +
        'stands in environment.json.',
    )
    .option(
      '--json',
      'print one array of { case, peer, ms, ratio } and nothing else: means, and ours / peer',
      false,
    )
    .option(
      '--choices',
      "judge the engine's choice instead: every way to take a step, by turns, against the one that auto takes",
      false,
    )
    .option('--case <name>', `only this case; may be repeated: ${names.join(', ')}`, among(names))
    .option('--peer <name>', `only this peer; may be repeated: ${peers.join(', ')}`, among(peers))
    .option('--rounds <n>', 'blocks that each contender runs, by turns', count, 10)
    .option('--block <ms>', 'how long a block lasts at least, in milliseconds', count, 1000)
    .option('--data <dir>', 'images for whole epochs, as IDX files such as those of MNIST')
    .option('--out <dir>', 'folder for environment, metrics and pictures', 'out/bench')
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined });

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = (argv: readonly string[]): Asked => {
  const cli = command();
  try {
    cli.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0
      ? { _tag: 'shown' }
      : { _tag: 'bad', message: `${error.message.replace(/^error: /, '')}; see --help.` };
  }
  const given = Given.decode(cli.opts());
  if (E.isLeft(given)) return { _tag: 'bad', message: 'expected other options; see --help.' };
  const { json, choices, rounds, block, out, data, case: asked, peer } = given.right;
  const chosen = ({ name }: { readonly name: string }): boolean => asked?.includes(name) ?? true;
  const mayTakePart = json ? published : peers;
  return {
    _tag: 'run',
    options: {
      json,
      rounds,
      block,
      out,
      data,
      choices: choices ? choiceCases.filter(chosen) : [],
      cases: cases.filter(chosen),
      series: json ? [] : series.filter(chosen),
      peers: mayTakePart.filter((name) => peer?.includes(name) ?? true),
    },
  };
};
