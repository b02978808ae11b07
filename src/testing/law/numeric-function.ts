/**
 * Functions of parameters and noise as functions of plain numbers: in double precision where they can be
 * traced, so that differences over short steps keep their digits, and in float32 where they cannot.
 */
import * as tf from '@tensorflow/tfjs';
import * as E from 'fp-ts/lib/Either.js';
import type { Tensor } from '../../../dsl/index.js';
import { entryOf, mapped } from '../../../dsl/records/dictionary.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { doubleProgram } from '../../compile/javascript/double-program.js';
import { computed } from '../../compile/computed.js';
import { RecordingError, type Tensors, recordGraph } from '../../compile/recording/recorder.js';
import { type NoiseInput, specsOf, recordFrozen } from '../../inference/compiled/noisy-graph.js';
import { type NoiseSource, keyedNoise } from '../../random/noise-source.js';
import type { Params } from '../../interpreters/params.js';
import { putUnder, takeUnder } from '../../../dsl/records/record-paths.js';
import { key } from '../../random/index.js';

/** Arrays of numbers by name. */
export type NumbersByName = Readonly<Record<string, ArrayLike<number>>>;

/** A function of parameters and noise, both as numbers. */
export interface NumericFunction {
  /** What it is computed in. */
  readonly precision: 'double' | 'single';
  /** The noise that it takes, each block under its `input`. */
  readonly noises: readonly NoiseInput[];
  /** Its outputs by name; they are overwritten by the next call. */
  readonly at: (params: NumbersByName, noise: NumbersByName) => NumbersByName;
}

/** A function of tensors. */
export type TensorFunction = (params: Params, noise: NoiseSource) => Tensors;

/** The numbers of tensors by name. */
export const numbersOf = (tensors: Tensors): NumbersByName => mapped(tensors, (x) => x.dataSync());

/** Noise as a source gives it, each block as numbers under its input's name. */
export const noiseNumbers = (noises: readonly NoiseInput[], source: NoiseSource): NumbersByName =>
  Object.fromEntries(
    noises.map(({ input, site, block, noise, batch }) => {
      const x = source(site, block, noise, batch);
      const values = x.dataSync();
      x.dispose();
      return [input, values];
    }),
  );

const inputOf = (site: string, block: number): string => `noise/${site}/${block}`;

/** By the graph of the function, in doubles; nothing where it has none. */
const inDouble = (params: Params, f: TensorFunction): NumericFunction | undefined => {
  try {
    const { graph, noises } = recordFrozen(
      specsOf(Object.entries(putUnder('params', params))),
      (tensors, noise) => f(takeUnder('params', tensors), noise),
    );
    const made = doubleProgram(graph);
    if (E.isLeft(made)) return undefined;
    const { inputs, outputs, run } = made.right;
    return {
      precision: 'double',
      noises,
      at: (at, noise) => {
        for (const [name, into] of Object.entries(inputs)) {
          const given = name.startsWith('params/')
            ? entryOf(at, name.slice('params/'.length))
            : entryOf(noise, name);
          into.set(given ?? []);
        }
        run();
        return outputs;
      },
    };
  } catch (error) {
    if (error instanceof RecordingError) return undefined;
    throw error;
  }
};

/** The noise that a run asks for. */
export const noisesOf = (run: (noise: NoiseSource) => void): readonly NoiseInput[] => {
  const noises: NoiseInput[] = [];
  tf.tidy(() => {
    const standard = keyedNoise(key(0));
    // Written down alone: what comes of it is not looked at.
    recordGraph({}, () => {
      run((site, block, noise, batch) => {
        const input = inputOf(site, block);
        if (!noises.some((n) => n.input === input))
          noises.push({ input, site, block, noise, batch });
        return standard(site, block, noise, batch);
      });
      return {};
    });
  });
  return noises;
};

/** By the tensors themselves. */
const inSingle = (params: Params, f: TensorFunction): NumericFunction => {
  const noises = noisesOf((noise) => void f(params, noise));
  const tensorOf = (values: ArrayLike<number> | undefined, shape: readonly number[]): Tensor =>
    tf.tensor(Float32Array.from(values ?? new Float32Array(sizeOf(shape))), [...shape], 'float32');
  return {
    precision: 'single',
    noises,
    at: (at, noise) => {
      const found: NumbersByName[] = [];
      tf.tidy(() => {
        const moved = mapped(params, (x, name) => tensorOf(entryOf(at, name), x.shape));
        const made = computed(moved, (given) =>
          f(given, (site, block, { shape }, batch) =>
            tensorOf(entryOf(noise, inputOf(site, block)), [...batch, ...shape]),
          ),
        );
        found.push(numbersOf(made));
      });
      return found[0] ?? {};
    },
  };
};

/**
 * A function of tensors as one of numbers. What cannot be traced, or has no rule in generated JavaScript,
 * as convolutions have not, is computed in float32.
 */
export const numericFunction = (params: Params, f: TensorFunction): NumericFunction =>
  inDouble(params, f) ?? inSingle(params, f);
