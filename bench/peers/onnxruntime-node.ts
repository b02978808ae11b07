/** The tiny graph through onnxruntime-node as its manual says, with tensors that are made once. */
import * as E from 'fp-ts/lib/Either.js';
import * as ort from 'onnxruntime-node';
import { useBackend } from 'marginalia';
import { graphOf } from '../../src/compile/compile.js';
import { showExecutableError } from '../../src/compile/executable.js';
import { onnxBytes } from '../../src/compile/onnx/write.js';
import { at, mapNamed } from '../contenders/arrays.js';
import { tiny } from '../cases/call.js';
import type { Contender, Problem } from '../contenders/contender.js';
import { tensorsOf } from '../problem.js';

export const onnxruntimeNode = async ({ batches }: Problem): Promise<Contender> => {
  await useBackend('wasm')();
  const inputs = batches[0] ?? {};
  const began = performance.now();
  const graph = graphOf(tiny, tensorsOf(inputs));
  if (E.isLeft(graph)) throw new Error(graph.left._tag);
  const bytes = onnxBytes(graph.right);
  if (E.isLeft(bytes)) throw new Error(showExecutableError(bytes.left));
  const session = await ort.InferenceSession.create(bytes.right, { intraOpNumThreads: 1 });
  const feeds = mapNamed(
    inputs,
    ({ shape, values }) => new ort.Tensor('float32', Float32Array.from(values), [...shape]),
  );
  return {
    says: 'onnxruntime-node, one thread',
    compileMs: performance.now() - began,
    take: async (calls) => {
      const found: number[] = [];
      for (let i = 0; i < calls; i += 1) {
        const results = await session.run({ ...feeds });
        found.push(Number(at(results, 'y').data[0]));
      }
      return found;
    },
  };
};
