/** ONNX Runtime is an optional dependency, which an install can lose without a word. */
import { type ExecutableError, showExecutableError } from '../executable.js';

/** Where a user is told what should be known. */
export interface Channel {
  /**
   * Told, in one line, that ONNX Runtime would have been chosen and is not installed. Where it is left
   * out the line goes to standard error, once for a process.
   */
  readonly onWarning?: (warning: string) => void;
}

// What stands on a terminal already need not be said again: the terminal's memory, not the library's.
const said = new Set<string>();

const sayOnce = (warning: string): void => {
  if (said.has(warning)) return;
  said.add(warning);
  console.warn(warning);
};

/** Says which of what was refused is not installed, and how it is. */
export const tellMissing = (
  refused: readonly ExecutableError[],
  { onWarning = sayOnce }: Channel,
): void => {
  const missing = refused.find(({ _tag }) => _tag === 'runtimeMissing');
  if (missing !== undefined) onWarning(`marginalia: ${showExecutableError(missing)}`);
};

/** The same channel, on which no line comes twice. */
export const onceEach = <C extends Channel>(channel: C): C => {
  const { onWarning } = channel;
  if (onWarning === undefined) return channel;
  const before = new Set<string>();
  return {
    ...channel,
    onWarning: (warning: string) => {
      if (before.has(warning)) return;
      before.add(warning);
      onWarning(warning);
    },
  };
};
