/** Graphs as generated JavaScript: straight code where they are small, loops over arrays above. */
import * as E from 'fp-ts/lib/Either.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { kernels } from '../../kernels/index.js';
import type { Arrays } from '../arena.js';
import type { Bound, Executable, ExecutableError } from '../executable.js';
import type { Graph } from '../../graph/graph.js';
import { TooLong } from '../../code/javascript/block.js';
import { loopCode } from './loops.js';
import { programOf } from './program.js';
import { straightCode } from './straight.js';
import type { Place, Places, Written } from './written.js';

/** A program that runs at once, without a promise. */
export interface SynchronousExecutable extends Omit<Executable, 'run'> {
  /** Runs; false where the guarding output was not finite, and then nothing else was stored. */
  readonly run: () => boolean;
}

export interface JavascriptOptions {
  /** Store nothing unless this output's first element is finite. It is stored in any case. */
  readonly guard?: string;
  /** `straight` for small graphs, `loops` for others; what fits where it is left out. */
  readonly style?: 'straight' | 'loops';
}

/** The memories that arrays lie in, numbered as they are met. */
const memoriesOf = ({ inputs, outputs }: Bound): readonly ArrayBufferLike[] => [
  ...new Set([...Object.values(inputs), ...Object.values(outputs)].map((a) => a.buffer)),
];

/** Where an array lies in the views of its memory. */
const placeOf = (memories: readonly ArrayBufferLike[], arrays: Arrays, name: string): Place => {
  const array = entryOf(arrays, name);
  if (array === undefined) throw new Error(`javascript: expected an array for '${name}'.`);
  const letter = array instanceof Float32Array ? 'f' : array instanceof Int32Array ? 'i' : 'u';
  return {
    array: `${letter}${memories.indexOf(array.buffer)}`,
    base: array.byteOffset / array.BYTES_PER_ELEMENT,
  };
};

/** The first kernel that has no rule. */
export const unsupported = ({ nodes }: Graph): string | undefined =>
  nodes.find(
    ({ kernel }) =>
      kernels.get(kernel)?.host === undefined &&
      kernels.get(kernel)?.scalar === undefined &&
      kernels.get(kernel)?.element === undefined,
  )?.kernel;

/** A graph as code, with what it is called; throws `TooLong` where it does not fit. */
export const writtenAs = (
  graph: Graph,
  places: Places,
  { style, doubles = false }: Pick<JavascriptOptions, 'style'> & { readonly doubles?: boolean },
): { readonly by: string; readonly written: Written } => {
  if (style !== 'loops') {
    try {
      return { by: 'straight JavaScript', written: straightCode(graph, places) };
    } catch (error) {
      if (!(error instanceof TooLong) || style === 'straight') throw error;
    }
  }
  return { by: 'JavaScript loops', written: loopCode(graph, places, doubles) };
};

/**
 * Writes a graph as JavaScript and prepares it for running. Sums are taken in double precision and
 * rounded where they are stored.
 */
export const javascriptExecutable = (
  bound: Bound,
  { guard, style }: JavascriptOptions = {},
): E.Either<ExecutableError, SynchronousExecutable> => {
  const { graph, inputs, outputs } = bound;
  const kernel = unsupported(graph);
  if (kernel !== undefined) return E.left({ _tag: 'unsupportedKernel', kernel });
  const memories = memoriesOf(bound);
  const places: Places = {
    inputs: (name) => placeOf(memories, inputs, name),
    outputs: (name) => placeOf(memories, outputs, name),
  };
  try {
    const { by, written } = writtenAs(graph, places, { ...(style && { style }) });
    const views = memories.flatMap((buffer, m): readonly (readonly [string, unknown])[] => [
      [`f${m}`, new Float32Array(buffer)],
      [`i${m}`, new Int32Array(buffer)],
      [`u${m}`, new Uint8Array(buffer)],
    ]);
    const program = programOf(
      Object.fromEntries(views),
      written,
      guard === undefined ? undefined : { output: guard, at: places.outputs(guard) },
    );
    return E.right({ by, run: program, close: async () => undefined });
  } catch (error) {
    if (error instanceof TooLong) return E.left({ _tag: 'tooLarge', reason: error.message });
    throw error;
  }
};
