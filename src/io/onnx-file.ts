/** Exports a function of tensors as a standard ONNX file. */
import * as E from 'fp-ts/lib/Either.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { type CompileError, graphOf } from '../compile/compile.js';
import { onnxBytes } from '../compile/onnx/write.js';
import type { Tensors } from '../compile/recording/recorder.js';
import type { FileError } from './files/file-error.js';
import { type FileContent, saveFile } from './files/save-file.js';

/** Why a file could not be written. */
export type ExportError = CompileError | FileError;

/** `exportOnnx` by this way of saving a file. */
export const exportingOnnxBy =
  (save: (path: string, content: FileContent) => TaskEither<FileError, void>) =>
  (
    f: (inputs: Tensors) => Tensors,
    example: Tensors,
    path: string,
  ): TaskEither<ExportError, void> =>
  async () => {
    const graph = graphOf(f, example);
    if (E.isLeft(graph)) return graph;
    const bytes = onnxBytes(graph.right);
    if (E.isLeft(bytes)) return bytes;
    return save(path, bytes.right)();
  };

/**
 * Writes a pure function of named tensors as an ONNX file (operator set 18), traced at the shapes of
 * `example`: inputs and outputs keep their names, everything else is stored as constants. Any
 * runtime that reads ONNX can serve it.
 *
 * @example
 * ```ts
 * const reads = ({ x = tf.scalar(0) }) => ({ y: tf.scalar(x.dataSync()[0] ?? 0) });
 * const written = await exportOnnx(reads, { x: tf.scalar(1) }, 'out/never.onnx')();
 * E.isLeft(written) && written.left._tag; // 'notRecordable'
 * ```
 */
export const exportOnnx = exportingOnnxBy(saveFile);
