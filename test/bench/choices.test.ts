/** The engine's choice is judged by ways that were really run. */
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from 'marginalia';
import { choiceCases } from '../../bench/choices/catalogue.js';
import { judge } from '../../bench/choices/judge.js';
import { reportChoices } from '../../bench/choices/report.js';
import { readOptions } from '../../bench/options.js';

beforeAll(async () => {
  await useBackend('wasm')();
});

describe('a choice', () => {
  it.each(['eight-schools', 'pmf-small', 'mlp-small'])(
    'of %s is one of what was run',
    async (name) => {
      const of = choiceCases.find((c) => c.name === name);
      if (of === undefined) throw new Error(`no case ${name}`);
      const judged = await judge(of, { rounds: 1, block: 1, rest: 0, warm: 1 });
      expect(judged.tried.length).toBeGreaterThan(2);
      expect(judged.tried.every(({ ms, modelled }) => ms > 0 && modelled > 0)).toBe(true);
      expect(new Set(judged.tried.map(({ way }) => way)).size).toBe(judged.tried.length);
      const least = Math.min(...judged.tried.map(({ ms }) => ms));
      const chosen = judged.tried.find(({ way }) => way === judged.chosen);
      expect(judged.tried.find(({ way }) => way === judged.fastest)?.ms).toBe(least);
      expect(judged.ratio).toBe((chosen?.ms ?? Number.NaN) / least);
      expect(reportChoices([judged])).toContain(judged.ratio.toFixed(2));
    },
  );

  it('is judged where that is asked for', () => {
    const choices = (...args: readonly string[]): readonly string[] => {
      const asked = readOptions([...args]);
      return asked._tag === 'run' ? asked.options.choices.map(({ name }) => name) : ['bad'];
    };
    expect(choices()).toEqual([]);
    expect(choices('--choices', '--case', 'pmf')).toEqual(['pmf']);
    expect(choices('--choices')).toEqual(expect.arrayContaining(['vae-128', 'hmm-30', 'mlp']));
  });
});
