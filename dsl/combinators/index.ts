/** What makes laws of laws, as the cases of their laws use it; `src/entries` has what users import. */
export { censored } from './censored.js';
export { expand } from './expand.js';
export { hurdle } from './hurdle.js';
export { independent } from './independent.js';
export { mask } from './mask.js';
export { mixture } from './mixture.js';
export { transformed } from './transformed.js';
export { truncated } from './truncated.js';
export {
  zeroInflated,
  zeroInflatedNegativeBinomial2,
  zeroInflatedPoisson,
} from './zero-inflated.js';
