/**
 * Pure functions of tensors as compiled graphs, and as ONNX files. The entry `marginalia/compile`.
 */
import '../backend/on-import.js';
export {
  type CompileError,
  type CompileOptions,
  type CompiledFunction,
  type Executor,
  compile,
  graphOf,
} from '../compile/compile.js';
export { showExecutableError } from '../compile/executable.js';
export { type Graph, countKernels, showGraph } from '../graph/graph.js';
export { type ExportError, exportOnnx } from '../io/onnx-file.js';
