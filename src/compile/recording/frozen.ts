/**
 * Constants that differ between two traces of one function were drawn by the function itself, and
 * would be frozen into its graph.
 */
import { exactJson } from '../../graph/exact.js';
import type { Constant, Graph } from '../../graph/graph.js';
import { RecordingError } from './recorder.js';

const sameConstant = (a: Constant | undefined, b: Constant | undefined): boolean => {
  if (a === undefined || b === undefined) return a === b;
  if (a._tag === 'uniform' || b._tag === 'uniform') {
    return a._tag === 'uniform' && b._tag === 'uniform' && Object.is(a.value, b.value);
  }
  const [x, y] = [Array.from(a.values), Array.from(b.values)];
  return x.length === y.length && x.every((v, i) => Object.is(v, y[i]));
};

/** Whether two traces are the same in all that they hold. */
export const sameGraphs = (a: Graph, b: Graph): boolean =>
  exactJson(a.nodes) === exactJson(b.nodes) &&
  a.constants.size === b.constants.size &&
  [...a.constants].every(([id, c]) => sameConstant(c, b.constants.get(id)));

/** The refusal of a function that draws; `where` is where it may. */
export const frozen = (where: string): RecordingError =>
  new RecordingError(
    'the program draws random numbers of its own, which a trace would freeze; ' +
      `draw them ${where}.`,
  );
