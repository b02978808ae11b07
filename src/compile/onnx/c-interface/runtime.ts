/**
 * The road through the C interface: no copies, nothing for the collector, three microseconds a call.
 * Its places in the library are taken on trust only after a model with a known answer.
 */
import * as E from 'fp-ts/lib/Either.js';
import { reasonOf } from '../../../../dsl/refusals/thrown.js';
import type { Graph } from '../../../graph/graph.js';
import type { Runtime } from '../runtime.js';
import { onnxBytes } from '../write.js';
import { type Environment, environmentOf } from './environment.js';
import { findLibrary } from './library.js';
import { openSession } from './session.js';

/** x + x for three numbers. */
const doubling: Graph = {
  values: [
    { shape: [3], dtype: 'float32' },
    { shape: [3], dtype: 'float32' },
  ],
  constants: new Map(),
  nodes: [{ kernel: 'Add', inputs: { a: 0, b: 0 }, attributes: {}, outputs: [1] }],
  inputs: [{ name: 'x', id: 0 }],
  outputs: [{ name: 'y', id: 1 }],
};

/** Throws unless a session computes what it should. */
const tryOut = async (environment: Environment): Promise<void> => {
  const bytes = onnxBytes(doubling);
  if (E.isLeft(bytes)) throw new Error('the first model cannot be written');
  const shape = [3];
  const [x, y] = [Float32Array.of(1, 2, -3), new Float32Array(3)];
  const { run, close } = openSession(
    environment,
    {
      bytes: bytes.right,
      inputs: [{ name: 'x', shape, dtype: 'float32', values: x }],
      outputs: [{ name: 'y', shape, dtype: 'float32', values: y }],
    },
    { threads: 1, executionProviders: ['cpu'] },
  );
  try {
    await run();
  } finally {
    await close();
  }
  if (y.join() !== '2,4,-6') throw new Error(`twice [1, 2, -3] came out as [${y.join(', ')}]`);
};

/** The C interface, or why it cannot be had here. */
export const cInterface = async (): Promise<E.Either<string, Runtime>> => {
  const library = findLibrary();
  if (E.isLeft(library)) return library;
  try {
    const { default: koffi } = await import('koffi');
    const environment = environmentOf(koffi, library.right);
    await tryOut(environment);
    return E.right({
      by: 'ONNX Runtime',
      isDirect: true,
      open: async (model, settings) => openSession(environment, model, settings),
    });
  } catch (error) {
    return E.left(`its C interface is out of reach: ${reasonOf(error)}`);
  }
};
