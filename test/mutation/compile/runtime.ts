/** Faults of the roads to ONNX Runtime. */
import type { Mutation } from '../mutation.js';

const session = 'test/compile/onnx/c-interface/session.test.ts';
const executable = 'test/compile/onnx/executable.test.ts';

export const runtimes: readonly Mutation[] = [
  {
    name: 'runtime: a closed session that runs',
    file: 'src/compile/onnx/c-interface/session.ts',
    find: 'if (held.released()) throw closedError();',
    replace: '',
    killedBy: session,
    quick: true,
  },
  {
    name: 'runtime: sessions that nobody closes are kept',
    file: 'src/compile/onnx/c-interface/session.ts',
    find: 'abandoned.register(run, held, held);',
    replace: '',
    killedBy: session,
    quick: true,
  },
  {
    name: 'runtime: what was closed stays in memory',
    file: 'src/compile/onnx/c-interface/session.ts',
    find: 'held.afterwards(pin([model, inputs, outputs]));',
    replace: 'pin([model, inputs, outputs]);',
    killedBy: session,
    quick: true,
  },
  {
    name: 'runtime: errors that are dropped',
    file: 'src/compile/onnx/c-interface/functions.ts',
    find: 'throw new Error(message);',
    replace: '',
    killedBy: session,
    quick: true,
  },
  {
    name: 'runtime: whole numbers read as bits of others',
    file: 'src/compile/onnx/c-interface/session.ts',
    find: 'int32: 6',
    replace: 'int32: 1',
    killedBy: session,
    quick: true,
  },
  {
    name: 'runtime: providers that are never asked for',
    file: 'src/compile/onnx/c-interface/session.ts',
    find: 'for (const provider of executionProviders) addProvider(ort, options, provider);',
    replace: '',
    killedBy: executable,
    quick: true,
  },
  {
    name: 'runtime: no word of why it is the slower road',
    file: 'src/compile/onnx/installed.ts',
    find: 'bindingRuntime(await binding(), reached.left)',
    replace: "bindingRuntime(await binding(), '')",
    killedBy: executable,
    quick: true,
  },
];
