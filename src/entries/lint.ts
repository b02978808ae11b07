/** Advice about a model and its guide. The entry `marginalia/lint`. */
import '../backend/on-import.js';
export {
  type Finding,
  type LintRule,
  type Severity,
  LintError,
  showFinding,
  showLint,
} from '../lint/finding.js';
export { type LintOptions, lint } from '../lint/lint.js';
