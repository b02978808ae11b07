/** Long code in parts does what it does in one piece. */
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Tensor, useBackend } from 'marginalia';
import { inParts } from '../../../src/compile/javascript/parts.js';
import type { Written } from '../../../src/compile/javascript/written.js';
import { compiledBy, gap, wave } from '../compiled-values.js';

beforeAll(async () => {
  await useBackend('cpu')();
});

/** A recursion of which every step uses scalars, sums and arrays of the steps before. */
const recursion = (steps: number) => (inputs: Readonly<Record<string, Tensor>>) => {
  const { x = tf.scalar(0) } = inputs;
  let y: Tensor = x;
  let total: Tensor = tf.sum(x);
  const first = tf.exp(tf.neg(tf.square(total)));
  for (let i = 0; i < steps; i += 1) {
    const e = tf.softmax(tf.add(y, tf.mul(total, 0.1)));
    y = tf.add(tf.mul(tf.reverse(e, -1), first), tf.cumsum(e, -1));
    total = tf.add(tf.mul(total, 0.5), tf.max(y));
  }
  return { y, total, first };
};

describe('loops in parts', () => {
  it.each([1, 8, 40])('give the same after %i steps of a recursion', async (steps) => {
    const f = recursion(steps);
    const inputs = { x: wave([2, 3]) };
    const eager: Readonly<Record<string, Tensor>> = f(inputs);
    const made = await compiledBy('loops', f, inputs);
    for (const [name, value] of Object.entries(eager)) {
      expect(gap(made[name] ?? tf.scalar(Number.NaN), value), name).toBeLessThan(2e-5);
    }
  });

  it('are short, and hand on what a later part uses', () => {
    const written = (lines: readonly string[]): Written => ({
      setup: [],
      body: lines,
      stores: [],
      first: () => 'NaN',
      tables: [],
      hosts: [],
    });
    const lines = Array.from({ length: 400 }, (_, i) => `const v${i + 1} = v${i} + 1;`);
    const cuts = lines.map((_, i) => i);
    const { setup, body } = inParts(written(['const v0 = start;', ...lines]), cuts, ['v7', 'v400']);
    expect(body.length).toBeLessThan(10);
    for (const part of setup.filter((text) => text.startsWith('const part'))) {
      expect(part.split('\n').length).toBeLessThan(170);
    }
    const run = new Function(
      'start',
      `${setup.join('\n')}\n${body.join('\n')}\nreturn [v7, v400];`,
    );
    expect(run(10)).toEqual([17, 410]);
  });
});
