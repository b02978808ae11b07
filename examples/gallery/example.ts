/** What an example of the gallery is. */
import type * as tf from '@tensorflow/tfjs';
import type { Key, SviState } from 'marginalia';
import type { EngineOptions } from 'marginalia/inference';
import type { Fitted, Fitting } from '../command-line/fit-in-folder.js';
import type { Check } from './check.js';

/** A fit under a name, from which its key, its checkpoint and its notes come. */
export type FitTask<B extends tf.TensorContainer, P extends string = string> = Omit<
  Fitting<B, P>,
  'key' | 'settings'
>;

/** What an example is run with. */
export interface Setting {
  /** The folder of `--data`, which the loaders take. */
  readonly data: string | undefined;
  /** All of it in some 20 s on two cores. */
  readonly quick: boolean;
  /** That of `--seed`. */
  readonly key: Key;
  readonly engine: EngineOptions;
  readonly say: (line: string) => void;
  /** So many steps, or those of `--steps` where they are fewer: for what takes steps without `fit`. */
  readonly capped: (steps: number) => number;
  /** Trains: with progress, a checkpoint in the run's folder, to go on from, and an end by signals. */
  readonly fit: <B extends tf.TensorContainer, P extends string>(
    task: FitTask<B, P>,
  ) => Promise<SviState<P>>;
  /** The same, with the losses, what was watched, and the time it took, through all its interruptions. */
  readonly fitWithCurves: <B extends tf.TensorContainer, P extends string>(
    task: FitTask<B, P>,
  ) => Promise<Fitted<P>>;
}

/** What an example shows. */
export interface Shown {
  /** One sentence with the figure that was reached and its unit. */
  readonly headline: string;
  /** JSON; `data`, a text, says what it was measured on. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly checks: readonly Check[];
  /** SVG text or the bytes of a PNG, by the name of their file. */
  readonly pictures: Readonly<Record<string, string | Uint8Array>>;
}

/** One system: what it shows, what it implements, and how it is run. */
export interface Example {
  readonly name: string;
  readonly sentence: string;
  /** LaTeX, a display each. */
  readonly equations: readonly string[];
  readonly run: (setting: Setting) => Promise<Shown>;
}
