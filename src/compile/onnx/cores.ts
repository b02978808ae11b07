/** How many cores there are to run on. */
import { availableParallelism } from 'node:os';

export const cores = (): number => availableParallelism();
