/** What changes a program, or runs it on numbers. The entry `marginalia/handlers`. */
import '../backend/on-import.js';
export { type PartlyKnown, block, condition, intervene } from '../../dsl/program/condition.js';
export { evaluation } from '../../dsl/program/evaluation.js';
export { scoped } from '../../dsl/program/scoped.js';
export { type Enumerated, enumerate } from '../interpreters/enumerate.js';
export type { Environment } from '../interpreters/environment.js';
export {
  type SiteChange,
  type SiteJson,
  traceDiff,
  traceTable,
  traceToJson,
} from '../interpreters/trace-report.js';
export * from '../interpreters/trace.js';
