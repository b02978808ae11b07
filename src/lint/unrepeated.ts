/** Sites that are not the same twice, at the same noise: the program draws random numbers of its own. */
import type { Tensor } from '../../dsl/index.js';
import type { SiteRecord } from '../interpreters/record.js';
import { siteLogProb } from '../interpreters/score-record.js';
import type { NoiseSource } from '../random/noise-source.js';
import type { Role, UnrepeatedSite } from './examination.js';
import { type Programs, runBoth } from './programs.js';

/** Some devices add in another order every time. */
const TOLERANCE = 1e-5;

const numbersOf = (r: SiteRecord): readonly Tensor[] =>
  r.kind === 'sample' ? [r.value, siteLogProb(r)] : [r.value];

const differ = (a: Tensor, b: Tensor | undefined): boolean => {
  const [x, y] = [a.dataSync(), b?.dataSync() ?? []];
  let scale = 0;
  for (const v of x) if (Math.abs(v) > scale) scale = Math.abs(v);
  for (const [i, v] of x.entries()) {
    const w = y[i] ?? Number.NaN;
    if (!Object.is(v, w) && !(Math.abs(v - w) <= TOLERANCE * scale)) return true;
  }
  return false;
};

/** The first site of each program that is another one when both are run again with the same noise. */
export const findUnrepeated = (
  once: Programs,
  again: Programs,
  noise: NoiseSource,
): readonly UnrepeatedSite[] => {
  const [before, after] = [runBoth(once, noise), runBoth(again, noise)];
  const firstIn = (role: Role): readonly UnrepeatedSite[] => {
    const moved = before[role].find((r) => {
      const other = after[role].find(({ name }) => name === r.name);
      const others = other === undefined ? [] : numbersOf(other);
      return numbersOf(r).some((x, i) => differ(x, others[i]));
    });
    return moved === undefined ? [] : [{ role, site: moved.name, kind: moved.kind }];
  };
  // What the guide draws, the model is run at.
  const inGuide = firstIn('guide');
  return inGuide.length > 0 ? inGuide : firstIn('model');
};
