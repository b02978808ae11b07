/** The program whose start is timed is the one that README begins with. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { numberIn } from '../../bench/contenders/whole-program.js';

const text = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

it('is the first program of README', () => {
  const [, first = ''] = text('README.md').split('```ts\n');
  const [code = ''] = first.split('```');
  const program = text('bench/first-posterior/program.ts');
  expect(program.slice(program.indexOf('\n') + 1)).toBe(code);
});

it('agrees with its peers by the number that it prints', () => {
  expect(numberIn('The parcel weighs 1007.4 g ± 4.5 g.')).toBe(1007.4);
  expect(numberIn('−, or -3 or 4')).toBe(-3);
  expect(numberIn('nothing')).toBeNaN();
});
