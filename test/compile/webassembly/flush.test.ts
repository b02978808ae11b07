/** What is below the normal numbers becomes zero, and nothing else is another number. */
import { describe, expect, it } from 'vitest';
import { arenaOf } from '../../../src/compile/arena.js';
import { flushOver, stretchesOf } from '../../../src/compile/webassembly/flush.js';

const LEAST = 2 ** -126;

const given = [
  1,
  -2.5,
  LEAST,
  -LEAST,
  LEAST * (1 - 2 ** -23),
  -LEAST / 2,
  2 ** -149,
  -0,
  Number.NaN,
  Infinity,
  -Infinity,
];

const flushed = given.map((x) => (Math.abs(x) < LEAST ? 0 : x));

const slot = (name: string) => ({ name, size: given.length, dtype: 'float32' }) as const;

describe('a flush', () => {
  it('writes zero for what is below the normal numbers alone, where it is told to', async () => {
    const { memory, arrays } = arenaOf([[slot('a'), slot('b')], [slot('apart')], [slot('c')]]);
    const at = (name: string) => arrays[name] ?? new Float32Array();
    for (const x of Object.values(arrays)) x.set(given);
    const flush = await flushOver(memory, stretchesOf(['a', 'b', 'c'].map(at)));
    flush();
    for (const name of ['a', 'b', 'c']) {
      expect([...at(name)], name).toEqual(flushed);
    }
    expect([...at('apart')]).toEqual([...Float32Array.from(given)]);
  });

  it('goes over arrays that lie side by side as one', () => {
    const { arrays } = arenaOf([[slot('a'), slot('b')], [slot('apart')], [slot('c')]]);
    const of = (...names: readonly string[]) =>
      stretchesOf(names.map((name) => arrays[name] ?? new Float32Array()));
    expect(of('a', 'b')).toEqual([{ from: 0, to: 96 }]);
    expect(of('c', 'a')).toHaveLength(2);
    expect(stretchesOf([new Float32Array()])).toEqual([]);
  });
});
