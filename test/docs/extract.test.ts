/** The reader of examples misses none and lets none pass that would not be run. */
import { describe, expect, it } from 'vitest';
import { examplesInSource, examplesOnPage } from './extract.js';
import { statedResults } from './statements.js';

const fence = (info: string, ...code: readonly string[]): string =>
  ['```' + info, ...code, '```'].join('\n');

const docstring = (...lines: readonly string[]): string =>
  ['/**', ...lines.map((line) => ` * ${line}`), ' */', 'export const f = 1;'].join('\n');

describe('docstrings', () => {
  it('give their examples, with place and subject', () => {
    const source = `const a = 1;\n${docstring('One.', '', '@example', '```ts', 'f; // 1', '```')}`;
    expect(examplesInSource('a.ts', source)).toEqual({
      examples: [{ file: 'a.ts', line: 6, code: 'f; // 1', about: 'f' }],
      unrun: [],
    });
  });

  it.each([
    ['an example without a fence', ['@example', 'f; // 1']],
    ['a fence in no language', ['```', 'f; // 1', '```']],
    ['a fence in another language', ['@example', '```ts', 'f; // 1', '```', '```js', 'f', '```']],
    ['a fence that stays open', ['@example', '```ts', 'f; // 1']],
  ])('may not have %s', (_, lines) => {
    expect(examplesInSource('a.ts', docstring(...lines)).unrun).toHaveLength(
      lines.at(-1) === 'f; // 1' && lines.includes('```ts') ? 2 : 1,
    );
  });
});

describe('pages', () => {
  it('pair a program with its output or its refusal', () => {
    const page = [
      fence('ts', 'f();'),
      fence('text', 'out'),
      fence('ts refused', 'g();'),
      'The compiler says:',
      fence('text', 'no'),
      fence('sh', 'npm test'),
    ].join('\n');
    expect(examplesOnPage('p.md', page)).toEqual({
      examples: [
        { file: 'p.md', line: 1, code: 'f();', prints: 'out' },
        { file: 'p.md', line: 7, code: 'g();', refusedWith: 'no' },
      ],
      unrun: [],
    });
  });

  it.each([
    ['a lone text fence', fence('text', 'out')],
    ['a refusal without its reason', fence('ts refused', 'g();')],
    ['a program in another language', fence('rust', 'f()')],
  ])('may not have %s', (_, page) => {
    expect(examplesOnPage('p.md', page)).toMatchObject({ examples: [], unrun: [{ line: 1 }] });
  });
});

describe('stated results', () => {
  it.each([
    ['beside the expression', 'f(1); // 2', { from: 0, to: 0, expression: 'f(1)', value: '2' }],
    [
      'beside the end of a long one',
      'f(\n  1, // one\n); // 2',
      { from: 0, to: 2, expression: 'f(\n  1, // one\n)', value: '2' },
    ],
    [
      'below it',
      "f(1);\n// [\n//   'a',\n// ]\n\ng();",
      { from: 0, to: 3, expression: 'f(1)', value: "[\n  'a',\n]" },
    ],
    [
      'after others',
      'const a = 1; // one\na; // 1',
      { from: 1, to: 1, expression: 'a', value: '1' },
    ],
  ])('stand %s', (_, code, stated) => {
    expect(statedResults(code)).toEqual([stated]);
  });

  it.each([
    ['a declaration with a comment', 'const a = 1; // 1'],
    ['prose about the next statement', 'f(1);\n// Then the other.\ng(1);'],
    ['a comment inside a function', 'const f = () => {\n  g(); // 1\n};'],
  ])('are not %s', (_, code) => {
    expect(statedResults(code)).toEqual([]);
  });
});
