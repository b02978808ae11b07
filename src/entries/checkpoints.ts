/**
 * Checkpoints, files that are whole, and the progress of a run. The entry `marginalia/checkpoints`.
 */
import '../backend/on-import.js';
export {
  type CheckpointError,
  type Notes,
  loadCheckpoint,
  readNotes,
  saveCheckpoint,
  showCheckpointError,
} from '../io/checkpoints/checkpoint.js';
export { type FileError, showFileError } from '../io/files/file-error.js';
export { tryFolder } from '../io/files/folder.js';
export { type FileContent, saveFile } from '../io/files/save-file.js';
export { type ProgressBar, type ProgressBarOptions, progressBar } from '../io/progress-bar.js';
