/** That gradients are what differences say. */
import { expect } from 'vitest';
import type { Graph } from '../../../src/graph/graph.js';
import { type Evaluate, type Numbers, byBackend, inDouble } from './evaluate.js';
import { realInputs, withGradients, withSecondGradients } from './graphs.js';
import type { Use } from './use.js';

/** The numbers of one draw. */
export const drawOf = ({ inputs }: Use, draw: number): Numbers =>
  Object.fromEntries(Object.entries(inputs).map(([name, { draws }]) => [name, draws[draw] ?? []]));

/** How a graph is run, how far apart differences are taken, and how well they agree. */
interface Precision {
  readonly evaluate: Evaluate;
  readonly step: number;
  readonly tolerance: number;
}

/** Float32 will do for what is linear in each of its inputs, where a step may be long. */
const precisionOf = (graph: Graph): Precision => {
  const evaluate = inDouble(graph);
  return evaluate === undefined
    ? { evaluate: byBackend('cpu', graph), step: 2 ** -5, tolerance: 1e-3 }
    : { evaluate, step: 1e-5, tolerance: 1e-6 };
};

const checkGradients = (graph: Graph, use: Use, what: string): void => {
  const { evaluate, step, tolerance } = precisionOf(graph);
  const given = drawOf(use, 0);
  const found = evaluate(given);
  for (const name of realInputs(use)) {
    const numbers = given[name] ?? [];
    const lossAt = (i: number, x: number): number =>
      evaluate({ ...given, [name]: numbers.with(i, x) })['loss']?.[0] ?? Number.NaN;
    const differences = numbers.map((x, i) => {
      const h = step * Math.max(1, Math.abs(x));
      return (lossAt(i, x + h) - lossAt(i, x - h)) / (2 * h);
    });
    const gradient = found[`d/${name}`] ?? [];
    const scale = Math.max(1, ...differences.map(Math.abs));
    const message = `${what} by ${name}: [${gradient.slice(0, 12).join(', ')}], not [${differences.slice(0, 12).join(', ')}]`;
    const off = gradient.map((x, i) => Math.abs(x - (differences[i] ?? Number.NaN)) / scale);
    expect(gradient.length, message).toBe(differences.length);
    expect(Math.max(0, ...off), message).toBeLessThanOrEqual(tolerance);
  }
};

/** The gradients of a use against central differences, in double precision where generated code can. */
export const checkDerivative = (use: Use): void =>
  checkGradients(withGradients(use), use, 'the derivative');

/** The gradients of a weighed sum of gradients against differences of that. */
export const checkSecondDerivative = (use: Use): void =>
  checkGradients(withSecondGradients(use), use, 'the second derivative');
