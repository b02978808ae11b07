/** A call of a tiny graph by the executor that steps of networks run in. */
import * as E from 'fp-ts/lib/Either.js';
import { useBackend } from 'marginalia';
import { boundTo, executableBy, graphOf } from '../../src/compile/compile.js';
import { showExecutableError } from '../../src/compile/executable.js';
import { at } from '../contenders/arrays.js';
import { tiny } from '../cases/call.js';
import type { Contender, Problem } from '../contenders/contender.js';
import { tensorsOf } from '../problem.js';

export const called = async ({ batches }: Problem): Promise<Contender> => {
  await useBackend('wasm')();
  const inputs = batches[0] ?? {};
  const began = performance.now();
  const graph = graphOf(tiny, tensorsOf(inputs));
  if (E.isLeft(graph)) throw new Error(graph.left._tag);
  const bound = boundTo(graph.right);
  for (const [name, into] of Object.entries(bound.inputs)) into.set(at(inputs, name).values);
  const made = await executableBy({ _tag: 'onnxruntime', threads: 1 }, bound, {});
  if (E.isLeft(made)) throw new Error(showExecutableError(made.left));
  const { run, by } = made.right;
  const y = at(bound.outputs, 'y');
  return {
    says: by,
    compileMs: performance.now() - began,
    take: async (calls) => {
      const found: number[] = [];
      for (let i = 0; i < calls; i += 1) {
        const running = run();
        if (running instanceof Promise) await running;
        found.push(y[0] ?? Number.NaN);
      }
      return found;
    },
  };
};
