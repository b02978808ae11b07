/** That an element of an output which moves with an element of an input is told to come from it, or from several. */
import { expect } from 'vitest';
import type { Graph } from '../../../src/graph/graph.js';
import { recordGraph, whileRecording } from '../../../src/compile/recording/recorder.js';
import { type Labels, SEVERAL } from '../../../src/kernels/reach.js';
import { elementsBehind } from '../../../src/transform/elements-behind.js';
import { drawOf } from './derivative-law.js';
import { byBackend, inDouble } from './evaluate.js';
import { outputsOf } from './graphs.js';
import { DRAWS, type Use, inputOf } from './use.js';

/** Elements of an input that are moved, at most. */
const MOST = 6;

/** What the outputs of a use are told to come from, where the elements of one input have the numbers from 1 up. */
const behind = (use: Use, name: string): readonly Labels[] => {
  const found: Labels[] = [];
  recordGraph(use.inputs, (inputs) => {
    const from = inputOf(inputs, name);
    const made = Object.values(outputsOf(use, inputs));
    const own = Int32Array.from({ length: from.size }, (_, i) => i + 1);
    found.push(...whileRecording(() => elementsBehind(from, own, made)));
    return outputsOf(use, inputs);
  });
  return found;
};

const graphOf = (use: Use): Graph => recordGraph(use.inputs, (inputs) => outputsOf(use, inputs));

export const checkReach = (use: Use): void => {
  const graph = graphOf(use);
  const run = inDouble(graph, 'loops') ?? byBackend('cpu', graph);
  const first = drawOf(use, 0);
  const before = Object.values(run(first)).map((y) => [...y]);
  for (const [name, { draws }] of Object.entries(use.inputs)) {
    const labels = behind(use, name);
    const numbers = draws[0] ?? [];
    const step = Math.max(1, Math.ceil(numbers.length / MOST));
    for (let i = 0; i < numbers.length; i += step) {
      for (let other = 1; other < DRAWS; other += 1) {
        const moved = numbers.with(i, draws[other]?.[i] ?? 0);
        const after = Object.values(run({ ...first, [name]: moved }));
        before.forEach((y, part) =>
          y.forEach((value, at) => {
            if (Object.is(value, after[part]?.[at])) return;
            const label = labels[part]?.[at];
            const what = `element ${at} of output ${part} moves with element ${i} of ${name}`;
            expect([i + 1, SEVERAL], what).toContain(label);
          }),
        );
      }
    }
  }
};
