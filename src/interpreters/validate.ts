/**
 * What a program's distributions are made from and what it observes, judged where values can be read:
 * once where an interpreter runs, never in a step or while a graph is made.
 */
import { type Distribution, SiteError, type Tensor } from '../../dsl/index.js';

import { showOutside } from '../../dsl/checks/domain.js';
import { type Complaint, siteLabel } from '../../dsl/refusals/error.js';
import { mask } from '../../dsl/combinators/mask.js';
import type { Known } from '../../dsl/program/instruction.js';
import { invalidArgument, invalidValue } from '../../dsl/law/validity.js';
import { isRecording } from '../compile/recording/recorder.js';
import { checkWhere } from './known.js';

/** What is wrong with an argument of a distribution, but for the site. */
export const complaintAbout = (d: Distribution): Omit<Complaint, 'site'> | undefined => {
  const found = invalidArgument(d);
  if (found === undefined) return undefined;
  const { of, argument, outside } = found;
  const cure = argument.cure ?? argument.domain.cure;
  return {
    expected: `${argument.name} of ${of.family.name} to be ${argument.domain.words}`,
    received: showOutside(outside),
    cure: `To keep it there, ${cure}.`,
  };
};

const complaintAboutData = (
  d: Distribution,
  value: Tensor,
  where?: Tensor,
): Omit<Complaint, 'site'> | undefined => {
  const found = invalidValue(where === undefined ? d : mask(d, where), value);
  const missing =
    where === undefined ? 'mask what is missing' : 'set where to 0 at what is missing';
  return (
    found && {
      expected: `observations of ${d.family.name}, each ${found.domain.words}`,
      received: showOutside(found.outside),
      cure: `Mend the data, ${missing}, or use a family with these values.`,
    }
  );
};

/** A site as a run visits it. */
export interface Visited {
  readonly name: string;
  readonly distribution: Distribution;
  readonly observed?: Tensor;
  readonly known?: Known;
  readonly role?: 'model' | 'guide' | undefined;
}

/** Throws a `SiteError` where an argument, or an observation, is none of its family's. */
export const assertValid = ({ name, distribution, observed, known, role }: Visited): void => {
  if (isRecording()) return;
  if (known !== undefined) checkWhere(name, known);
  const complaint =
    complaintAbout(distribution) ??
    (observed && complaintAboutData(distribution, observed)) ??
    (known && complaintAboutData(distribution, known.value, known.where));
  if (complaint === undefined) return;
  const site = role === undefined ? siteLabel(name) : `${siteLabel(name)} of the ${role}`;
  throw new SiteError({ site, ...complaint });
};
