/** What sets the checkpoint of one model apart from that of another, in words. */
import { sameShape, showShape } from '../../../dsl/tensors/shape.js';
import { excerpt } from '../files/excerpt.js';
import type { Notes } from './facts.js';

type Shapes = ReadonlyMap<string, readonly number[]>;

/** A shape of any length, which a file may state. */
const shown = (shape: readonly number[]): string => excerpt(showShape(shape.slice(0, 40)));

/** What sets the tensors apart; nothing where names and shapes agree. */
export const otherTensors = (expected: Shapes, found: Shapes): string | undefined => {
  for (const [name, shape] of expected) {
    const other = found.get(name);
    if (other === undefined) return `it has no '${excerpt(name)}'`;
    if (!sameShape(shape, other)) {
      return `its '${excerpt(name)}' has shape ${shown(other)} where this model has ${shown(shape)}`;
    }
  }
  const extra = [...found.keys()].find((name) => !expected.has(name));
  return extra === undefined ? undefined : `it has '${excerpt(extra)}', which this model has not`;
};

/** What sets texts by name apart; `what` says what one of them is. Those that are not expected may be there. */
export const otherTexts = (what: string, expected: Notes, found: Notes): string | undefined => {
  const texts = new Map(Object.entries(found));
  for (const [name, text] of Object.entries(expected)) {
    const other = texts.get(name);
    const which = `the ${what} of '${excerpt(name)}'`;
    if (other === undefined) return `it does not say ${which}, here '${excerpt(text)}'`;
    if (other !== text) return `${which} is '${excerpt(other)}' there and '${excerpt(text)}' here`;
  }
  return undefined;
};
