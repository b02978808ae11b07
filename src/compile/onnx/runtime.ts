/** What is needed of ONNX Runtime, by whichever road it is reached: models opened over arrays. */
import type { Shape } from '../../../dsl/index.js';
import type { Values } from '../arena.js';
import type { DType } from '../../graph/graph.js';

/** An input or output of a model, and the array it is read from or written to at every run. */
export interface BoundPort {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  readonly values: Values;
}

/** A model as bytes, and where its numbers are. No output may share memory with an input. */
export interface BoundModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly BoundPort[];
  readonly outputs: readonly BoundPort[];
}

/** How a model is run. */
export interface Settings {
  readonly threads: number;
  readonly executionProviders: readonly string[];
}

/** A model that is ready to run. */
export interface Opened {
  readonly run: () => void | Promise<void>;
  /** Frees it; no run may be under way, and none comes after. */
  readonly close: () => Promise<void>;
}

/** A road to ONNX Runtime. */
export interface Runtime {
  /** What reaches it, for people. */
  readonly by: string;
  /** Whether a run of a few nodes takes microseconds, so that a graph may be run in many pieces. */
  readonly isDirect: boolean;
  /** Makes a model ready; throws what the runtime says against it. */
  readonly open: (model: BoundModel, settings: Settings) => Promise<Opened>;
}

/** The error of a run that comes after `close`. */
export const closedError = (): Error =>
  new Error(
    'onnx: expected a session that is open, but it was closed; compile the function again.',
  );
