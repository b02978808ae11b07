/** Compiles generated modules and reads what the compiler says of each. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicEntries } from '../public-entries.js';
import type { ExampleModule } from './module.js';

/** One complaint of the compiler. */
export interface Diagnostic {
  /** The generated file, without folder and ending. */
  readonly name: string;
  readonly line: number;
  /** All its lines, without the code of the error. */
  readonly message: string;
}

/** Writes the modules into a folder of their own, beside a project file that compiles them. */
export const writeModules = (
  root: string,
  folder: string,
  modules: readonly Pick<ExampleModule, 'name' | 'text'>[],
): void => {
  const home = join(root, folder);
  const up = folder.replace(/[^/]+/g, '..');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  modules.forEach(({ name, text }) => writeFileSync(join(home, `${name}.ts`), text));
  const project = {
    extends: `${up}/tsconfig.base.json`,
    compilerOptions: {
      noEmit: true,
      composite: false,
      declaration: false,
      // An example shows an expression for its own sake, and names what it does not use.
      noUnusedLocals: false,
      noUnusedParameters: false,
      types: ['node'],
      paths: Object.fromEntries(
        publicEntries.map(({ specifier, source }) => [specifier, [`${up}/${source}`]]),
      ),
    },
    include: ['*.ts'],
  };
  writeFileSync(join(home, 'tsconfig.json'), JSON.stringify(project));
};

const HEADLINE = /^(.*?)\((\d+),\d+\): error TS\d+: (.*)$/;

const grouped = (lines: readonly string[]): readonly Diagnostic[] =>
  lines.reduce<readonly Diagnostic[]>((all, text) => {
    const [, file = '', line = '', message = ''] = HEADLINE.exec(text) ?? [];
    if (HEADLINE.test(text)) {
      const name = file.replace(/^.*\//, '').replace(/\.ts$/, '');
      return [...all, { name, line: Number(line), message }];
    }
    const last = all.at(-1);
    return last === undefined
      ? all
      : [...all.slice(0, -1), { ...last, message: `${last.message}\n${text}` }];
  }, []);

/** What the compiler says of the project in `folder`; nothing where it is content. */
export const compile = (root: string, folder: string): readonly Diagnostic[] => {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [tsc, '--project', join(root, folder), '--pretty', 'false'],
    { cwd: root, encoding: 'utf8' },
  );
  const found = grouped(stdout.split('\n').filter((line) => line !== ''));
  if (status !== 0 && found.length === 0) throw new Error(`tsc: ${stdout}${stderr}`);
  return found;
};
