/** Files with right checksums that no training wrote: refused in a sentence, at once, in little memory. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  adam,
  elbo,
  freeState,
  key,
  normal,
  observe,
  param,
  program,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import { loadCheckpoint, showCheckpointError } from 'marginalia/checkpoints';
import { of } from 'marginalia/monad';
import type { Optimizer } from 'marginalia/optimizers';
import { right } from '../../either.js';
import { ENTRIES, type Forgery, METADATA, float32, forged } from './forged.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-forged-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  right(await useBackend('cpu')());
});

const inferenceWith = (optimizer: Optimizer) =>
  svi({
    model: () =>
      program(function* () {
        yield* observe('x', normal(yield* param('loc', 0), 1), 2);
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer,
  });

/** What loading says of bytes: a sentence, or the step that was loaded. */
const heard = async (path: string, optimizer = sgd(0.1)): Promise<string | number> => {
  const template = inferenceWith(optimizer).init(key(0));
  const loaded = await loadCheckpoint(path, template)();
  freeState(template);
  if (E.isLeft(loaded)) return showCheckpointError(loaded.left);
  freeState(loaded.right);
  return loaded.right.step;
};

const heardOf = async (bytes: Uint8Array, optimizer?: Optimizer): Promise<string | number> => {
  const path = join(folder, 'forged.safetensors');
  writeFileSync(path, bytes);
  return heard(path, optimizer);
};

const withStep = (step: string): Forgery => ({
  metadata: METADATA.replace('"3"', JSON.stringify(step)),
});
const withKey = (words: string): Forgery => ({
  metadata: METADATA.replace('[0,7]', words),
});
const entry = (name: string, shape: string, offsets: string, dtype = 'F32'): string =>
  `"${name}":{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${offsets}]}`;

describe('a forged checkpoint', () => {
  it('loads where nothing is wrong with it', async () => {
    expect(await heardOf(forged({}))).toBe(3);
  });

  const twice = /names something twice, or is not in the form/;
  const step = /its step is '.*', which is no whole number from 0 to 2\^53 - 1\.$/;
  const word = /its key is '.*', which is no pair of whole numbers below 2\^32\.$/;
  const form = /is not that of a float32 tensor\.$/;
  const cases: readonly [string, Forgery, RegExp][] = [
    [
      'trailing bytes',
      { after: Uint8Array.of(1, 2, 3) },
      /it goes on for 3 bytes after its tensors/,
    ],
    [
      'a gap before a tensor',
      { entries: entry('params/loc', '', '4,8'), data: float32(1, 2) },
      /does not start where the one before it ends/,
    ],
    [
      'a gap between tensors',
      { entries: `${ENTRIES},${entry('a', '', '8,12')}`, data: float32(1, 2, 3) },
      /tensor 'a' does not start/,
    ],
    [
      'overlapping tensors',
      { entries: `${ENTRIES},${entry('a', '', '0,4')}` },
      /tensor 'a' does not start/,
    ],
    ['tensors that go backwards', { entries: entry('params/loc', '', '4,0') }, /does not start/],
    [
      'a shape of another size',
      { entries: entry('params/loc', '2', '0,4') },
      /has another size than its shape/,
    ],
    [
      'a tensor twice',
      { entries: `${ENTRIES},${ENTRIES.replace('0,4', '4,8')}`, data: float32(1, 2) },
      /does not start|twice/,
    ],
    [
      'an empty tensor twice',
      { entries: `${entry('e', '0', '0,0')},${entry('e', '0', '0,0')},${ENTRIES}` },
      twice,
    ],
    ['a note twice', { metadata: `${METADATA},"note/a":"1","note/a":"2"` }, twice],
    [
      'metadata twice',
      { entries: `${ENTRIES},"__metadata__":{}` },
      /has no format|no checksum|twice/,
    ],
    ['a field twice', { entries: ENTRIES.replace('{"dtype"', '{"dtype":"F64","dtype"') }, twice],
    ['a field more', { entries: ENTRIES.replace('{"dtype"', '{"x":1,"dtype"') }, twice],
    ['numbers in another form', { entries: entry('params/loc', '', '0,4e0') }, twice],
    ['padding of another kind', { padding: '\n' }, twice],
    ['an axis below 0', { entries: entry('params/loc', '-1', '0,4') }, form],
    ['half an axis', { entries: entry('params/loc', '0.5', '0,4') }, form],
    ['another type', { entries: entry('params/loc', '', '0,4', 'I32') }, form],
    ['an entry that is a number', { entries: '"params/loc":4' }, form],
    ['an entry that is nothing', { entries: '"params/loc":null' }, form],
    [
      'an axis of 2^60',
      { entries: entry('params/loc', String(2 ** 60), `0,${2 ** 62}`) },
      /it is cut short/,
    ],
    [
      'axes beyond doubles',
      { entries: entry('params/loc', '1e300,1e300,0', '0,0') },
      /another size/,
    ],
    ['no steps', withStep(''), step],
    ['steps with an exponent', withStep('1e3'), step],
    ['half a step', withStep('0.5'), step],
    ['steps below 0', withStep('-1'), step],
    ['steps with a space', withStep(' 3'), step],
    ['steps with a nought before', withStep('03'), step],
    ['steps of another base', withStep('0x3'), step],
    ['more steps than numbers count', withStep('9007199254740993'), step],
    ['a great many digits', withStep('9'.repeat(1_000_000)), step],
    ['a key word of 2^32', withKey('[0,4294967296]'), word],
    ['a key word below 0', withKey('[-1,0]'), word],
    ['half a key word', withKey('[0,0.5]'), word],
    ['a key of one word', withKey('[0]'), word],
    ['a key of three words', withKey('[0,1,2]'), word],
    ['a key that is no list', withKey('{}'), word],
    ['a key with spaces', withKey('[0, 1]'), word],
    [
      'another format',
      { metadata: METADATA.replace('svi-2', 'svi-1') },
      /the format 'marginalia-svi-1' where/,
    ],
    ['no metadata of ours', { metadata: '' }, /it has no format where this program/],
    [
      'metadata that is no text',
      { metadata: `${METADATA},"note/a":1` },
      /metadata is not text by name/,
    ],
    [
      'a number that is not',
      { data: float32(Number.NaN) },
      /'params\/loc' should be finite, but holds NaN/,
    ],
    [
      'an infinite number',
      { data: float32(-Infinity) },
      /'params\/loc' should be finite, but holds -Infinity/,
    ],
    [
      'a name of a million letters',
      { entries: entry('n'.repeat(1e6), '', '0,4') },
      /it has no 'params\/loc'/,
    ],
    [
      'a tensor more, with a name of a million letters',
      { entries: `${ENTRIES},${entry('n'.repeat(1e6), '', '4,8')}`, data: float32(1, 2) },
      /it has 'n+…', which this model has not/,
    ],
    [
      'a shape of 100,000 axes',
      { entries: entry('params/loc', Array(1e5).fill(1).join(','), '0,4') },
      /has shape \[1, .*… where this model has \[\]/,
    ],
    [
      'the name of what every object has',
      { entries: ENTRIES.replace('params/loc', '__proto__') },
      /it has no 'params\/loc'/,
    ],
    ['a hundred thousand brackets', { entries: `"a":${'['.repeat(1e5)}${']'.repeat(1e5)}` }, form],
  ];

  it.each(cases)('with %s is refused', async (_, forgery, words) => {
    const sentence = String(await heardOf(forged(forgery)));
    expect(sentence).toMatch(words);
    expect(sentence.length).toBeLessThan(600);
    expect(sentence).not.toMatch(/[\n\0]/);
  });

  const moments = (count: number, mean: number, square: number): Uint8Array =>
    forged({
      entries: [
        ENTRIES,
        entry('optimizer/0/count', '', '4,8'),
        entry('optimizer/0/mean/loc', '', '8,12'),
        entry('optimizer/0/square/loc', '', '12,16'),
      ].join(','),
      data: float32(0.5, count, mean, square),
    });

  it.each<[string, number, number, number, string | RegExp]>([
    ['possible moments', 3, -1, 0.25, /^3$/],
    [
      'a mean of squares below 0',
      3,
      1,
      -1e-30,
      /'optimizer\/0\/square\/loc' should be nonnegative, but holds -1e-30/,
    ],
    ['half a step', 2.5, 1, 1, /'optimizer\/0\/count' should be a whole number.*holds 2\.5/],
    ['steps below 0', -1, 1, 1, /'optimizer\/0\/count' should be a whole number.*holds -1/],
    [
      'an infinite mean',
      3,
      Infinity,
      1,
      /'optimizer\/0\/mean\/loc' should be finite, but holds Infinity/,
    ],
  ])('with %s', async (_, count, mean, square, words) => {
    expect(String(await heardOf(moments(count, mean, square), adam(0.1)))).toMatch(words);
  });
});

describe('what is no checkpoint at all', () => {
  const length = (n: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(n).buffer);

  it.each<[string, Uint8Array, RegExp]>([
    ['nothing', new Uint8Array(), /cut short/],
    ['the header of 2^64 bytes', length(2n ** 64n - 1n), /cut short/],
    ['a header without an end', length(2n ** 40n), /cut short/],
    ['a header of no bytes', length(0n), /it has no checksum/],
    [
      'a header of the format that another program wrote',
      Buffer.concat([length(2n), Buffer.from('{}')]),
      /it has no checksum/,
    ],
    ['noughts', new Uint8Array(1000), /it has no checksum/],
  ])('%s', async (_, bytes, words) => {
    expect(await heardOf(bytes)).toMatch(words);
  });

  it('is refused before its size is taken from memory', async () => {
    const path = join(folder, 'sparse.safetensors');
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
    const before = process.memoryUsage().rss;
    expect(await heard(path)).toMatch(/it has no checksum/);
    writeFileSync(path, length(90_000_000n));
    truncateSync(path, 50_000_000);
    expect(await heard(path)).toMatch(/cut short/);
    expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
  });

  it('is refused where it is no file, and is not waited for', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, folder, '/dev/zero']) {
      expect(await heard(path)).toBe(
        `${path} is not a whole checkpoint of this program: it is no regular file.`,
      );
    }
    expect(await heard('a\0b')).toMatch(/null bytes/);
    expect(await heard('')).toMatch(/There is no checkpoint/);
  });
});
