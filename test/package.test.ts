/**
 * The package as its users get it: packed, unpacked into an empty project beside its declared
 * dependencies only, and used from plain Node and from the compiler. `npm test` builds it first.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as t from 'io-ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesOnPage } from './docs/extract.js';
import { publicEntries } from './public-entries.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'marginalia-package-'));

const Packed = t.array(
  t.type({ filename: t.string, files: t.array(t.type({ path: t.string })) }),
  'Packed',
);
const Manifest = t.type({ dependencies: t.record(t.string, t.string) }, 'Manifest');

/** Decodes what another program wrote; anything else is a fault of this test. */
const decoded = <A>(codec: t.Decoder<unknown, A>, json: string): A => {
  const result = codec.decode(JSON.parse(json));
  if (result._tag === 'Left') throw new Error(`not as expected: ${json}`);
  return result.right;
};

const packed = (): readonly string[] => {
  // Without scripts: packing would build again, under the feet of tests that run what is built.
  const asked = ['pack', '--ignore-scripts', '--json', '--pack-destination', project];
  const said = execFileSync('npm', asked, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [only] = decoded(Packed, said);
  if (only === undefined) throw new Error('npm pack made nothing');
  const home = join(project, 'node_modules/marginalia');
  mkdirSync(home, { recursive: true });
  execFileSync('tar', ['-xzf', join(project, only.filename), '-C', home, '--strip-components=1']);
  return only.files.map(({ path }) => path);
};

/** Puts an installed dependency into the project. */
const link = (name: string): void => {
  const at = join(project, 'node_modules', name);
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(join(root, 'node_modules', name), at, 'junction');
};

const write = (name: string, text: string): void => writeFileSync(join(project, name), text);

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

const node = (...args: readonly string[]): Ran => {
  const { stdout, stderr, status } = spawnSync(process.execPath, args, {
    cwd: project,
    encoding: 'utf8',
  });
  return { stdout, stderr, status };
};

const compile = (file: string, ...options: readonly string[]): Ran =>
  node(
    join(root, 'node_modules/typescript/bin/tsc'),
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    ...options,
    file,
  );

const readme = examplesOnPage('README.md', readFileSync(join(root, 'README.md'), 'utf8'));
const [program] = readme.examples;
const silent = { stderr: '', status: 0 };

let files: readonly string[] = [];

beforeAll(() => {
  files = packed();
  const manifest = readFileSync(join(project, 'node_modules/marginalia/package.json'), 'utf8');
  Object.keys(decoded(Manifest, manifest).dependencies).forEach(link);
  write('package.json', JSON.stringify({ name: 'user', private: true, type: 'module' }));
  write('posterior.ts', program?.code ?? '');
}, 120_000);

afterAll(() => rmSync(project, { recursive: true }));

describe('the package', () => {
  it('holds the library and nothing else', () => {
    const expected =
      /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/(?:dsl|src)\/.+\.(?:js|d\.ts))$/;
    expect(files.filter((path) => !expected.test(path))).toEqual([]);
    expect(files).toEqual(
      expect.arrayContaining(['LICENSE', 'README.md', 'dist/src/index.js', 'dist/src/index.d.ts']),
    );
  });

  it.each([
    ['nodenext', ['--module', 'nodenext']],
    ['bundler', ['--module', 'esnext', '--moduleResolution', 'bundler', '--noEmit']],
  ])('type checks under %s', (_, options) => {
    expect(compile('posterior.ts', ...options)).toEqual({ stdout: '', ...silent });
  });

  it("fits the README's posterior under plain Node, without a word on standard error", () => {
    compile('posterior.ts', '--module', 'nodenext');
    expect(node('posterior.js')).toEqual({ stdout: `${program?.prints}\n`, ...silent });
  });

  it('gives every entry of its manifest, and any one mends `cpu`', () => {
    const alone = publicEntries.filter(({ specifier }) => !specifier.endsWith('/testing'));
    write('entries.js', alone.map(({ specifier }) => `import '${specifier}';\n`).join(''));
    expect(node('entries.js')).toEqual({ stdout: '', ...silent });
    write(
      'room.js',
      "import * as tf from '@tensorflow/tfjs';\n" +
        "import 'marginalia/distributions';\n" +
        // Unmended it is 1.1285e-5.
        'console.log(tf.erf(tf.scalar(1e-5)).dataSync()[0].toExponential(4));\n',
    );
    expect(node('room.js')).toEqual({ stdout: '1.1284e-5\n', ...silent });
  });

  it('keeps its law kit behind an optional dependency', () => {
    write(
      'laws.js',
      "import { normal } from 'marginalia';\n" +
        "import { checkDistribution } from 'marginalia/testing';\n" +
        "checkDistribution(() => normal(0, 1));\nconsole.log('lawful');\n",
    );
    expect(node('laws.js').stderr).toContain("Cannot find package 'fast-check'");
    write(
      'laws-alone.js',
      "import { normal, sample } from 'marginalia';\n" +
        "import { checkDistribution, checkParticles } from 'marginalia/testing/laws';\n" +
        'checkDistribution(() => normal(0, 1));\n' +
        "const z = sample('z', normal(0, 1));\n" +
        "checkParticles({ model: z, guide: z });\nconsole.log('lawful');\n",
    );
    expect(node('laws-alone.js')).toEqual({ stdout: 'lawful\n', ...silent });
    link('fast-check');
    expect(node('laws.js').stdout).toBe('lawful\n');
  });

  // What a user adds has the rights of what the library has: the laws are its judge.
  it.each([
    [
      'laplace',
      [
        "The law 'a distribution is its family' is bro",
        'closedForm',
        '0',
        'true false',
        'laplace: expected scale to be positive, but got -1; use softplus or exp, or a param with { support: positive }.',
        "site 'z': expected scale of Laplace to be positive, but got -1. To keep it there, use softplus or exp, or a param with { support: positive }.",
        "Step 0: the loss is not finite; the first cause is the kl term of 'z', which is NaN (guide loc = 0; guide scale = -1; model loc = 0; model s",
      ],
    ],
    [
      'ordered',
      [
        'true true false',
        'true',
        '[ 0 ]',
        'true',
        "param 'middle': expected an initial value that is in ascending order, as its support needs, but got a step down to 0. Start from a number inside the support, or give the param another support.",
      ],
    ],
  ])('takes a family, a support and a bijector of a user: %s', (name, lines) => {
    const file = `${name}.ts`;
    write(file, readFileSync(join(root, 'test/outside', file), 'utf8'));
    expect(compile(file, '--module', 'nodenext')).toEqual({ stdout: '', ...silent });
    expect(node(`${name}.js`)).toEqual({ stdout: `${lines.join('\n')}\n`, ...silent });
  });
});
