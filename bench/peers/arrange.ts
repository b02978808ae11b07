/** The initial parameters as a peer by hand would keep them. */
import { type NumberArray, type NumberArrays, at } from '../contenders/arrays.js';
import type { Case } from '../case.js';

const joined = (parts: readonly NumberArray[]): NumberArray => {
  const values = Float32Array.from(parts.flatMap((part) => [...part.values]));
  return { shape: [values.length], values };
};

/** The ten latents of eight schools become one vector; all else stays as it is. */
export const arrange = (of: Case, initial: NumberArrays): NumberArrays => {
  if (of.kind !== 'eight-schools') return initial;
  const part = (which: string): NumberArray =>
    joined(['mu', 'logTau', 't'].map((name) => at(initial, `${name}/${which}`)));
  return { loc: part('loc'), logScale: part('scale') };
};
