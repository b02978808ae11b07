/** What programs are made of, and the types of their sites. The entry `marginalia/primitives`. */
import '../backend/on-import.js';
export { SiteError } from '../../dsl/refusals/error.js';
export { inTraining } from '../../dsl/program/evaluation.js';
export type { Initializer } from '../../dsl/program/instruction.js';
export { type NoiseOptions, noise } from '../../dsl/program/noise.js';
export { param, shared } from '../../dsl/program/param.js';
export { type PlateOptions, plate } from '../../dsl/program/plate.js';
export { type Program, type ResultOf, type SitesOf, program } from '../../dsl/program/program.js';
export { deterministic, factor, observe, sample } from '../../dsl/program/sample.js';
export type {
  Deterministic,
  Factor,
  Latent,
  NoPlate,
  Observed,
  Param,
  Partly,
} from '../../dsl/program/site.js';
