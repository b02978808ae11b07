/** Graphs as generated JavaScript whose every number is a double: what float32 is held against. */
import * as E from 'fp-ts/lib/Either.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import type { ExecutableError } from '../executable.js';
import { type Graph, type Port, valueAt } from '../../graph/graph.js';
import { TooLong } from '../../code/javascript/block.js';
import { unsupported, writtenAs } from './executable.js';
import { programOf } from './program.js';
import type { Place, Places } from './written.js';

/** Doubles by name. */
export type Doubles = Readonly<Record<string, Float64Array>>;

/** A graph that reads and writes these arrays at each run. */
export interface DoubleProgram {
  readonly inputs: Doubles;
  readonly outputs: Doubles;
  readonly run: () => void;
}

const arraysOf = (graph: Graph, ports: readonly Port[]): Doubles =>
  Object.fromEntries(
    ports.map(({ name, id }) => [name, new Float64Array(sizeOf(valueAt(graph, id).shape))]),
  );

/**
 * The graph in double precision. Constants are as float32 has them; between inputs and outputs nothing
 * is rounded to it, so that differences over short steps keep their digits.
 */
export const doubleProgram = (
  graph: Graph,
  style?: 'straight' | 'loops',
): E.Either<ExecutableError, DoubleProgram> => {
  const kernel = unsupported(graph);
  if (kernel !== undefined) return E.left({ _tag: 'unsupportedKernel', kernel });
  const [inputs, outputs] = [arraysOf(graph, graph.inputs), arraysOf(graph, graph.outputs)];
  const place =
    (side: string, arrays: Doubles) =>
    (name: string): Place => ({ array: `${side}${Object.keys(arrays).indexOf(name)}`, base: 0 });
  const places: Places = { inputs: place('given', inputs), outputs: place('made', outputs) };
  try {
    const { written } = writtenAs(graph, places, { doubles: true, ...(style && { style }) });
    const named = (side: string, arrays: Doubles): Readonly<Record<string, Float64Array>> =>
      Object.fromEntries(Object.values(arrays).map((array, i) => [`${side}${i}`, array]));
    const run = programOf({ ...named('given', inputs), ...named('made', outputs) }, written);
    return E.right({ inputs, outputs, run: () => void run() });
  } catch (error) {
    if (error instanceof TooLong) return E.left({ _tag: 'tooLarge', reason: error.message });
    throw error;
  }
};
