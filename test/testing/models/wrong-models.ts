/** Models and guides with a mistake, each beside the right one: what `checkModel` must tell apart. */
import { wrongDistributions } from './wrong-distributions.js';
import { wrongKnowledge } from './wrong-knowledge.js';
import type { WrongModel } from './wrong-model.js';
import { wrongPlates } from './wrong-plates.js';
import { wrongPrograms } from './wrong-programs.js';

export const wrongModels: readonly WrongModel[] = [
  ...wrongPlates,
  ...wrongKnowledge,
  ...wrongDistributions,
  ...wrongPrograms,
];
