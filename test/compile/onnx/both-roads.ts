/** A runtime that goes both roads at every run, and throws where one bit differs. */
import * as E from 'fp-ts/lib/Either.js';
import type { Values } from '../../../src/compile/arena.js';
import { bindingRuntime } from '../../../src/compile/onnx/binding.js';
import { cInterface } from '../../../src/compile/onnx/c-interface/runtime.js';
import type { Runtime } from '../../../src/compile/onnx/runtime.js';

const bytesOf = ({ buffer, byteOffset, byteLength }: Values): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The C interface's results, after they were compared with the binding's. */
export const bothRoads = async (): Promise<Runtime> => {
  const direct = await cInterface();
  if (E.isLeft(direct)) throw new Error(direct.left);
  const binding = bindingRuntime(await import('onnxruntime-node'), 'both are compared');
  return {
    by: direct.right.by,
    isDirect: true,
    open: async (model, settings) => {
      const copies = model.outputs.map((port) => ({ ...port, values: port.values.slice() }));
      const first = await direct.right.open(model, settings);
      const second = await binding.open({ ...model, outputs: copies }, settings);
      return {
        run: async () => {
          await first.run();
          await second.run();
          model.outputs.forEach(({ name, values }, i) => {
            const other = copies[i]?.values ?? values;
            if (!bytesOf(values).equals(bytesOf(other))) {
              throw new Error(`the roads differ at ${name}: ${values.join()} and ${other.join()}`);
            }
          });
        },
        close: async () => {
          await first.close();
          await second.close();
        },
      };
    },
  };
};
