/** What is saved loads, bit for bit; what is not, or not quite, what was saved is refused. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import * as fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type SviState,
  adam,
  elbo,
  freeState,
  independent,
  key,
  normal,
  observe,
  param,
  positive,
  program,
  real,
  sgd,
  svi,
  useBackend,
} from 'marginalia';
import {
  type CheckpointError,
  loadCheckpoint,
  readNotes,
  saveCheckpoint,
  showCheckpointError,
} from 'marginalia/checkpoints';
import { phases } from 'marginalia/inference';
import { of } from 'marginalia/monad';
import { savingCheckpointBy } from '../../../src/io/checkpoints/checkpoint.js';
import { savingBy } from '../../../src/io/files/save-file.js';
import { right } from '../../either.js';
import { fullAfter } from '../files/faulty-files.js';

const folder = mkdtempSync(join(tmpdir(), 'marginalia-checkpoints-'));
afterAll(() => rmSync(folder, { recursive: true }));

beforeAll(async () => {
  right(await useBackend('cpu')());
});

const located = (start: number | readonly number[], optimizer = adam(0.1)) =>
  svi({
    model: () =>
      program(function* () {
        const loc = yield* param('loc', typeof start === 'number' ? start : [...start]);
        const x = typeof start === 'number' ? 2 : start.map(() => 2);
        yield* observe(
          'x',
          typeof start === 'number' ? normal(loc, 1) : independent(normal(loc, 1)),
          x,
        );
      }),
    guide: () => of({}),
    objective: elbo(),
    optimizer,
  });

const inference = located(0);
const first = (): SviState => inference.init(key(3));

const left = <A>(e: E.Either<CheckpointError, A>): CheckpointError => {
  if (E.isRight(e)) throw new Error('expected a left');
  return e.left;
};

/** A state with these parameters and nothing else. */
const stateOf = (params: Iterable<readonly [string, number[]]>): SviState => ({
  ...first(),
  params: Object.fromEntries([...params].map(([name, values]) => [name, tf.tensor1d(values)])),
  supports: Object.fromEntries([...params].map(([name]) => [name, positive])),
  optimizer: {},
  optimizerSupports: {},
});

const bitsOf = (state: SviState): unknown =>
  Object.entries(state.params).map(([name, x]) => [name, ...new Uint32Array(x.dataSync().buffer)]);

describe('a checkpoint', () => {
  it('gives back names, numbers and notes of any kind, to the bit', async () => {
    const names = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'toString', '__metadata__', '7', 'a/b', ''),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\ud800', 'a"b', '\u2028', '\ufeff'),
    );
    const floats = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.tuple(names, floats), { selector: ([name]) => name, maxLength: 6 }),
        fc.array(fc.tuple(names, names)),
        fc.nat({ max: Number.MAX_SAFE_INTEGER }),
        fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 2 ** 32 - 1 })),
        async (params, noted, step, words) => {
          const path = join(folder, 'any.safetensors');
          const notes: Readonly<Record<string, string>> = Object.fromEntries(noted);
          const state: SviState = { ...stateOf(params), step, key: words };
          right(await saveCheckpoint(path, notes)(state)());
          const loaded = right(await loadCheckpoint(path, state, notes)());
          expect(bitsOf(loaded)).toEqual(bitsOf(state));
          expect({ step: loaded.step, key: loaded.key }).toEqual({ step, key: words });
          expect(Object.entries(right(await readNotes(path)()))).toEqual(Object.entries(notes));
          [state, loaded].forEach(freeState);
        },
      ),
      { numRuns: 80 },
    );
  });

  it('is refused where a bit of it is another', async () => {
    const path = join(folder, 'flipped.safetensors');
    const state = first();
    right(await saveCheckpoint(path, { model: 'a' })(state)());
    const whole = readFileSync(path);
    for (let i = 0; i < whole.length; i += 1) {
      // One bit of each byte: the checksums do not know one bit from another.
      whole[i] = (whole[i] ?? 0) ^ (1 << (i % 8));
      writeFileSync(path, whole);
      expect(left(await loadCheckpoint(path, state)())._tag).toBe('unreadable');
      whole[i] = (whole[i] ?? 0) ^ (1 << (i % 8));
    }
    writeFileSync(path, whole);
    freeState(right(await loadCheckpoint(path, state)()));
    freeState(state);
  });

  it('tells damage to its notes without its numbers being read', async () => {
    const path = join(folder, 'noted.safetensors');
    const state = first();
    right(await saveCheckpoint(path, { model: 'aaaa' })(state)());
    const whole = readFileSync(path);
    whole[whole.indexOf('aaaa')] = 98;
    writeFileSync(path, whole);
    expect(showCheckpointError(left(await readNotes(path)()))).toMatch(
      /its header does not have the checksum that it states\.$/,
    );
    freeState(state);
  });

  it('is refused with a clear sentence where it is cut short or is something else', async () => {
    const path = join(folder, 'cut.safetensors');
    const state = first();
    right(await saveCheckpoint(path, { model: 'a' })(state)());
    expect(right(await readNotes(path)())).toEqual({ model: 'a' });
    const whole = readFileSync(path);
    for (let length = 0; length < whole.length; length += 1) {
      writeFileSync(path, whole.subarray(0, length));
      const error = left(await loadCheckpoint(path, state)());
      expect(showCheckpointError(error)).toBe(
        `${path} is not a whole checkpoint of this program: it is cut short.`,
      );
    }
    writeFileSync(path, 'something else altogether');
    expect(left(await loadCheckpoint(path, state)())._tag).toBe('unreadable');
    expect(left(await loadCheckpoint(join(folder, 'none'), state)())._tag).toBe('missing');
    expect(left(await saveCheckpoint('/dev/null/x')(state)())._tag).toBe('unwritable');
    freeState(state);
  });

  it('leaves the one before where the disk is full, which loads', async () => {
    const path = join(folder, 'full.safetensors');
    const wide = located(
      Array.from({ length: 30_000 }, () => 0),
      sgd(0.1),
    );
    const state = wide.init(key(0));
    right(await saveCheckpoint(path)(state)());
    const [second] = wide.step(state);
    for (const room of [0, 100, 81_920, 120_000]) {
      const saved = await savingCheckpointBy(savingBy(fullAfter(room)))(path)(second)();
      expect(showCheckpointError(left(saved))).toMatch(
        /^The checkpoint .* could not be written: the disk is full/,
      );
      const back = right(await loadCheckpoint(path, state)());
      expect(back.step).toBe(0);
      freeState(back);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    [state, second].forEach(freeState);
  });
});

describe('a state that would not load', () => {
  const cases: readonly [string, (state: SviState) => SviState, RegExp][] = [
    [
      'with a NaN',
      (s) => ({ ...s, params: { loc: tf.scalar(Number.NaN) } }),
      /'params\/loc' should be finite, but holds NaN/,
    ],
    [
      'with an infinity',
      (s) => ({ ...s, params: { loc: tf.tensor1d([0, -Infinity]) } }),
      /holds -Infinity at \[1\]/,
    ],
    [
      'with a negative square',
      (s) => ({ ...s, optimizer: { ...s.optimizer, '0/square/loc': tf.scalar(-1e-9) } }),
      /'optimizer\/0\/square\/loc' should be nonnegative, but holds -1e-9/,
    ],
    ['with half a step', (s) => ({ ...s, step: 0.5 }), /its step is '0\.5'/],
    [
      'with more steps than numbers count',
      (s) => ({ ...s, step: 2 ** 53 }),
      /its step is '9007199254740992'/,
    ],
    [
      'with a key out of range',
      (s) => ({ ...s, key: [0, 2 ** 32] }),
      /its key is '\[0,4294967296\]'/,
    ],
    [
      'whose tensors are gone',
      (s) => {
        freeState(s);
        return s;
      },
      /disposed/,
    ],
  ];

  it.each(cases)('%s is not saved, and leaves the one before', async (_, change, words) => {
    const path = join(folder, 'kept.safetensors');
    const state = first();
    right(await saveCheckpoint(path)(state)());
    const before = readFileSync(path);
    const error = left(await saveCheckpoint(path)(change(state))());
    expect(error._tag).toBe('unwritable');
    expect(showCheckpointError(error)).toMatch(words);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});

it('of several phases, a state that none of their optimisers can have is not saved', async () => {
  const both = phases({ first: located(0), second: located(0) });
  const state = both.init(key(0));
  const optimizer = { ...state.optimizer, 'second/0/square/loc': tf.scalar(-1) };
  const error = left(
    await saveCheckpoint(join(folder, 'phases.safetensors'))({ ...state, optimizer })(),
  );
  expect(showCheckpointError(error)).toMatch(
    /'optimizer\/second\/0\/square\/loc' should be nonnegative/,
  );
  freeState(state);
});

describe('the checkpoint of another model is refused, naming what differs:', () => {
  const path = join(folder, 'other.safetensors');
  const cases: readonly [string, () => SviState, Readonly<Record<string, string>>, RegExp][] = [
    ['a name', () => stateOf([['scale', [1]]]), {}, /it has no 'params\/scale'\. Use/],
    [
      'one name more',
      () => stateOf([]),
      {},
      /it has 'params\/loc', which this model has not\. Use/,
    ],
    [
      'a shape',
      () => stateOf([['loc', [1, 2, 3]]]),
      {},
      /'params\/loc' has shape \[2\] where this model has \[3\]/,
    ],
    [
      'a support',
      () => ({ ...stateOf([['loc', [1, 2]]]), supports: { loc: real } }),
      {},
      /the support of 'loc' is 'positive' there and 'real' here/,
    ],
    [
      'a note',
      () => stateOf([['loc', [1, 2]]]),
      { rate: '2' },
      /the note of 'rate' is '1' there and '2' here/,
    ],
    [
      'a note that is not there',
      () => stateOf([['loc', [1, 2]]]),
      { data: 'x' },
      /it does not say the note of 'data', here 'x'/,
    ],
    [
      'a note with the name of a method',
      () => stateOf([['loc', [1, 2]]]),
      { toString: 'x' },
      /it does not say the note of 'toString'/,
    ],
    ['a name of 9 MB', () => stateOf([['n'.repeat(9e6), [1]]]), {}, /it has no 'params\/n+…'/],
    [
      'a parameter with the name of a method',
      () =>
        stateOf([
          ['loc', [1, 2]],
          ['constructor', [1]],
        ]),
      {},
      /it has no 'params\/constructor'/,
    ],
  ];

  it.each(cases)('%s', async (_, template, notes, words) => {
    const saved = stateOf([['loc', [1, 2]]]);
    right(await saveCheckpoint(path, { rate: '1' })(saved)());
    const mine = template();
    const error = left(await loadCheckpoint(path, mine, notes)());
    expect(error._tag).toBe('anotherModel');
    const sentence = showCheckpointError(error);
    expect(sentence).toMatch(words);
    expect(sentence.length).toBeLessThan(600);
    [saved, mine].forEach(freeState);
  });
});
