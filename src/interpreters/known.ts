/** Sites that are known at some elements of their plates: the two parts of their terms, and a guide that knows them. */
import { type Program, SiteError, type Tensor } from '../../dsl/index.js';
import { overwritten, partly, unknownOf } from '../../dsl/combinators/partly.js';
import { mask } from '../../dsl/combinators/mask.js';
import { lawOf } from '../../dsl/law/distribution.js';
import { siteLabel } from '../../dsl/refusals/error.js';
import type { Known, SampleInstruction } from '../../dsl/program/instruction.js';
import { type PlacedPlate, platesShape } from '../../dsl/program/layout.js';
import { rewrite } from '../../dsl/program/program.js';
import { broadcast, dropLast, sameShape, showShape } from '../../dsl/tensors/shape.js';
import { checkGiven } from './draw.js';
import type { SampleRecord, SiteRecord } from './record.js';

/** A record of a site that is known in part. */
type PartlyRecord = SampleRecord & { readonly known: Known };

/** The record as that of an observation, which counts where the value is known. */
export const knownPart = ({ known, ...record }: PartlyRecord): SampleRecord => {
  const { preimage: _, ...site } = record;
  return {
    ...site,
    distribution: mask(record.distribution, known.where),
    value: known.value,
    origin: 'observed',
  };
};

/** The record as that of a latent site, which counts where the value is not known. */
export const unknownPart = ({ known, ...record }: PartlyRecord): SampleRecord => ({
  ...record,
  distribution: mask(record.distribution, unknownOf(known)),
});

/** Throws a `SiteError` where what is known has axes that no plate accounts for. */
export const checkKnown = (
  { name, distribution }: SampleInstruction,
  { value, where }: Known,
  plates: readonly PlacedPlate[],
): void => {
  checkGiven(name, distribution, value);
  const around = platesShape(plates);
  const inPlates = (shape: readonly number[]): boolean => {
    const filled = broadcast(shape, around);
    return filled !== undefined && sameShape(filled, around);
  };
  const rows = dropLast(value.shape, distribution.eventShape.length);
  for (const [what, shape] of [
    ['where', where.shape],
    ['a value', rows],
  ] as const) {
    if (inPlates(shape)) continue;
    throw new SiteError({
      site: siteLabel(name),
      expected: `${what} for each element of its plates, ${showShape(around)}`,
      received: showShape(shape),
      cure: 'Put the site in a plate; an event is known whole or not at all.',
    });
  }
};

/** What stands at a site that is known in part, whatever was drawn or given. */
export const withKnown = (
  { distribution }: SampleInstruction,
  known: Known,
  value: Tensor,
): Tensor => overwritten(known, value, distribution.eventShape.length);

/** Throws a `SiteError` for a `where` that says neither that an element is known nor that it is not. */
export const checkWhere = (name: string, { where }: Known): void => {
  const other = where.dataSync().find((x) => x !== 0 && x !== 1);
  if (other === undefined) return;
  throw new SiteError({
    site: siteLabel(name),
    expected: 'where to be 1 where its value is known, else 0',
    received: String(other),
    cure: 'Compare numbers first, as tf.notEqual(label, -1) does.',
  });
};

/** What a model's run shows to be known in part, by site. */
export const knownIn = (records: readonly SiteRecord[]): ReadonlyMap<string, Known> =>
  new Map(
    records.flatMap((r) => (r.kind === 'sample' && r.known ? [[r.name, r.known] as const] : [])),
  );

/** The record of a site whose values are summed over: what it adds where it is known, and a law for the sum. */
export const summedParts = ({ known, ...record }: PartlyRecord): readonly SampleRecord[] => [
  knownPart({ ...record, known }),
  { ...record, distribution: partly(lawOf(record.distribution), known) },
];

/** Whether a guide's site has the law of one that is known in part. */
const isPartly = ({ distribution: { structure } }: SampleRecord): boolean =>
  structure?._tag === 'partly';

/** The guide with what the model knows in place of draws, at the sites whose records these are. */
const knowing = (
  guide: Program<unknown, unknown>,
  known: ReadonlyMap<string, Known>,
): Program<unknown, unknown> =>
  rewrite(guide, () => ({
    each: (i) => {
      const own = i.op === 'sample' ? known.get(i.name) : undefined;
      return i.op === 'sample' && own ? { ...i, distribution: partly(i.distribution, own) } : i;
    },
  }));

/** A guide's run and the model's at its values. */
export interface BothRuns {
  readonly guide: { readonly records: readonly SiteRecord[] };
  readonly model: { readonly records: readonly SiteRecord[] };
  /** The sites that the guide draws where the model has them not. */
  readonly apart?: ReadonlySet<string>;
}

/**
 * Runs guide and model, and both again where the model shows that it knows some sites in part: the guide's
 * draws must give way there, and only a run tells. What is known depends on no draw, which `inspect` checks.
 */
export const runKnowing = <A extends BothRuns>(
  guide: Program<unknown, unknown>,
  run: (guide: Program<unknown, unknown>) => A,
): A => {
  const first = run(guide);
  const drawn = new Map(
    first.guide.records.flatMap((r) => (r.kind === 'sample' ? [[r.name, r] as const] : [])),
  );
  const missed = new Map(
    [...knownIn(first.model.records)].filter(([name]) => {
      const q = drawn.get(name);
      return q !== undefined && !isPartly(q) && !first.apart?.has(name);
    }),
  );
  return missed.size === 0 ? first : run(knowing(guide, missed));
};
