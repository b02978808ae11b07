/** Puts kernels in the place of a backend's own. */
import * as tf from '@tensorflow/tfjs';
import type { Host, MendedKernel } from './host.js';

/** Those that are in place already: doing it again changes nothing. */
const mended = new WeakSet<object>();

/** The single result of a kernel. */
const single = (result: tf.TensorInfo | tf.TensorInfo[]): tf.TensorInfo => {
  const [info] = Array.isArray(result) ? result : [result];
  if (info === undefined) throw new Error('a kernel returned nothing');
  return info;
};

/** Runs kernels of a backend that have one result. */
export const runOn =
  (backend: object, backendName: string): Host['run'] =>
  (kernel, inputs, attributes) => {
    const { kernelFunc } = typeof kernel === 'string' ? tf.getKernel(kernel, backendName) : kernel;
    return single(kernelFunc({ inputs, backend, attrs: { ...attributes } }));
  };

/** A kernel, made from the one that was there. */
export type Mend = (before: tf.KernelConfig | undefined) => MendedKernel;

/** A kernel that does not ask what was there. */
export const always =
  (kernel: MendedKernel): Mend =>
  () =>
    kernel;

/** Registers kernels for a backend; what was there is set up as before, for others may rest on it. */
export const register = (
  backendName: string,
  hostOf: (backend: object) => Host,
  kernels: Readonly<Record<string, Mend>>,
): void => {
  for (const [kernelName, mend] of Object.entries(kernels)) {
    const before = tf.getKernel(kernelName, backendName);
    if (before !== undefined && mended.has(before)) continue;
    const kernel = mend(before);
    const config: tf.KernelConfig = {
      ...before,
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) => kernel(hostOf(backend), inputs, attrs ?? {}),
    };
    mended.add(config);
    if (before !== undefined) tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel(config);
  }
};
