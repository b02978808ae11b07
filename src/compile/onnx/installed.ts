/** The best road to the ONNX Runtime that is installed. */
import * as E from 'fp-ts/lib/Either.js';
import { type Binding, bindingRuntime } from './binding.js';
import { cInterface } from './c-interface/runtime.js';
import type { Runtime } from './runtime.js';

/** The C interface where it can be had, else the binding, which rejects where it is not installed. */
export const bestRuntime = async (
  direct: () => Promise<E.Either<string, Runtime>>,
  binding: () => Promise<Binding>,
): Promise<Runtime | undefined> => {
  const reached = await direct();
  if (E.isRight(reached)) return reached.right;
  try {
    return bindingRuntime(await binding(), reached.left);
  } catch {
    return undefined;
  }
};

const found: { runtime?: Promise<Runtime | undefined> } = {};

/** Nothing where it is not installed. A process has one environment, so this is found out once. */
export const installedRuntime = (): Promise<Runtime | undefined> =>
  (found.runtime ??= bestRuntime(cInterface, () => import('onnxruntime-node')));
