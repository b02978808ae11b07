/** A case on one screen. */
import type { ParamStructure, SiteStructure } from '../../bounds/dependence/structure.js';
import { excerpt } from '../../io/files/excerpt.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { trialOf } from '../law/inference.js';
import type { BoundCase } from './bound-case.js';

/** Sites of a side and parameters that are written; more are counted. */
const MOST = 8;

/** Characters of a line. */
const LONGEST = 240;

const few = (lines: readonly string[], what: string): readonly string[] =>
  lines.length <= MOST
    ? lines
    : [...lines.slice(0, MOST - 1), `  and ${lines.length - MOST + 1} more ${what}`];

const siteLine = (data: BoundCase['data'], site: SiteStructure): string => {
  const plates = site.plates.map(({ name, size }) => `${name}[${size}]`).join(' ');
  const others = site.ancestors.filter((name) => name !== site.name);
  const given = others.length === 0 ? '' : ` | ${others.join(', ')}`;
  const place = plates === '' ? '' : `${plates} `;
  if (site.kind === 'factor') return `  ${place}factor ${site.name}${given}`;
  const event = site.eventShape.length === 0 ? '' : `(${site.eventShape.join(', ')})`;
  const values = Object.hasOwn(data, site.name) ? (data[site.name] ?? []) : [];
  const seen = site.kind === 'observed' ? ` = ${excerpt(values.join(' '), 60)}` : '';
  return `  ${place}${site.name}${seen} ~ ${site.family}${event}${given}`;
};

const paramLine = ({ name, owner, shape }: ParamStructure): string =>
  `  ${name} [${shape.join(', ')}] of ${owner}`;

/**
 * A case as text of thirty lines at most: its label, the sites of model and guide with their plates and
 * what each depends on, parameters, and the answers in nats.
 *
 * @example
 * ```ts
 * const pairs = conjugatePairs({ families: ['beta'], groups: 0, data: 2, gap: 1 });
 * const [pair] = fc.sample(pairs, { numRuns: 1, seed: 1 });
 * const lines = pair === undefined ? [] : showCase(pair).split('\n');
 * lines.slice(1, 3); // ['model', '  z ~ Beta']
 * lines.length < 30; // true
 * ```
 */
export const showCase = (subject: BoundCase): string => {
  const { label, data, logEvidence, gap, correlation, particles, features } = subject;
  const lines: string[] = [];
  tidied(
    () => {
      const { structure } = trialOf(subject);
      // Each with itself: the model's sites depend on what the guide draws them from as well.
      const [model, guide] = [subject.model, subject.guide].map(
        (alone) => trialOf({ model: alone, guide: alone }).structure.model,
      );
      const lineOf = (site: SiteStructure): string => siteLine(data, site);
      lines.push(
        'model',
        ...few((model ?? []).map(lineOf), 'sites'),
        'guide',
        ...few((guide ?? []).map(lineOf), 'sites'),
        ...(structure.params.length === 0 ? [] : ['parameters']),
        ...few(structure.params.map(paramLine), 'parameters'),
      );
      return true;
    },
    () => [],
  );
  const known = [
    `log p(data) ${logEvidence}`,
    ...(gap === undefined ? [] : [`gap ${gap}`]),
    ...(correlation === undefined ? [] : [`largest correlation ${correlation}`]),
    ...(particles === undefined ? [] : [`${particles} particles`]),
  ];
  return [label, ...lines, known.join(', '), features.join(', ')]
    .map((line) => excerpt(line, LONGEST))
    .join('\n');
};
