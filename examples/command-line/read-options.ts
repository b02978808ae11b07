/** Command lines, decoded and checked. */
import { Command, CommanderError } from 'commander';
import * as E from 'fp-ts/lib/Either.js';
import { pipe } from 'fp-ts/lib/function.js';
import type * as t from 'io-ts';

/** What a command line asked for. */
export type Asked<O> =
  | { readonly _tag: 'run'; readonly options: O }
  | { readonly _tag: 'shown' }
  | { readonly _tag: 'bad'; readonly message: string };

/** A command to add options to, which leaves it to us what to say and when to end. */
export const commandOf = (name: string, description: string): Command =>
  new Command(name)
    .description(description)
    .exitOverride()
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => undefined });

const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);

const complaint = (errors: t.Errors): string =>
  errors
    .map((e) => {
      const at = e.context.filter((c) => !/^\d*$/.test(c.key))[0];
      const wanted = e.context.find((c) => c.key === at?.key)?.type.name ?? 'another value';
      return `--${kebab(at?.key ?? '')}: expected ${wanted}, but got '${String(at?.actual)}'; see --help.`;
    })
    .filter((line, i, all) => all.indexOf(line) === i)
    .join('\n');

/** Decodes a command line. Help is printed here; everything else is the caller's to say. */
export const readOptions = <O>(
  cli: Command,
  options: t.Type<O, unknown, unknown>,
  argv: readonly string[],
): Asked<O> => {
  try {
    cli.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0
        ? { _tag: 'shown' }
        : { _tag: 'bad', message: `${error.message.replace(/^error: /, '')}; see --help.` };
    }
    throw error;
  }
  return pipe(
    options.decode(cli.opts()),
    E.match(
      (errors): Asked<O> => ({ _tag: 'bad', message: complaint(errors) }),
      (decoded): Asked<O> => ({ _tag: 'run', options: decoded }),
    ),
  );
};
