/**
 * One run of guide and model that is watched: what each site was computed from, which data
 * meet which parameters, and what is hidden.
 */
import * as tf from '@tensorflow/tfjs';
import type { Shape, Tensor } from '../../dsl/index.js';
import { isReparameterised } from '../../dsl/law/distribution.js';
import { parametersOf } from '../../dsl/law/structure.js';
import type { PlacedPlate } from '../../dsl/program/layout.js';
import { movedInside } from '../bounds/fit/support-mask.js';
import { withProvenance } from '../bounds/dependence/provenance.js';
import {
  type FactorRecord,
  type SampleRecord,
  type SiteRecord,
  samplesOf,
} from '../interpreters/record.js';
import { type RunOptions, runProgram } from '../interpreters/run.js';
import { complaintAbout } from '../interpreters/validate.js';
import { type NoiseSource, noiseOwner } from '../random/noise-source.js';
import type {
  HiddenSite,
  InvalidSite,
  NetworkInput,
  Role,
  TracedFactor,
  TracedPlate,
  TracedSite,
  ValuedSite,
} from './examination.js';
import type { Programs } from './programs.js';
import type { KernelCall } from '../bounds/dependence/watch.js';
import { valueFacts } from './values.js';

export interface Traced<S extends TracedSite = TracedSite> {
  readonly sites: readonly S[];
  readonly plates: readonly TracedPlate[];
  readonly factors: readonly TracedFactor[];
  readonly hidden: readonly HiddenSite[];
  readonly invalid: readonly InvalidSite[];
  readonly inputs: readonly NetworkInput[];
  /** Whether a term of the model is computed from the batch, not through a draw of the guide. */
  readonly readsBatch: boolean;
}

/** What a tensor can come from, as the names that are marked. */
const BATCH = 'batch';
type Kind = 'param' | 'site' | 'hidden' | 'indices';
const named = (kind: Kind, name: string): string => `${kind} ${name}`;
const namesOf = (kind: Kind, from: ReadonlySet<string>): string[] =>
  [...from].flatMap((s) => (s.startsWith(`${kind} `) ? [s.slice(kind.length + 1)] : []));

/** What a tensor was computed from, directly or through others. */
type Sources = (x: Tensor) => ReadonlySet<string>;

const meets = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  [...a].some((name) => b.has(name));

/** The sources of some tensors together. */
const sourcesOf = (tensors: readonly Tensor[], sources: Sources): ReadonlySet<string> =>
  new Set(tensors.flatMap((x) => [...sources(x)]));

interface Seen {
  readonly role: Role;
  readonly record: SampleRecord;
  /** The parameters of its law and its density, apart from where its own value comes from. */
  readonly law: readonly Tensor[];
}

const seen =
  (role: Role, detach: (x: Tensor) => Tensor) =>
  (record: SampleRecord): Seen => {
    const d = record.distribution;
    return { role, record, law: [...parametersOf(d), d.logProb(detach(record.value))] };
  };

/** The plates along which a batch has no axis of its own. */
const sameAlong = (batch: Shape, plates: readonly PlacedPlate[]): readonly string[] =>
  plates.filter((p) => p.count > 1 && (batch[batch.length + p.axis] ?? 1) === 1).map((p) => p.name);

/** The plates along which a value has the same numbers for every element. */
const equalAlong = ({ value, distribution, plates }: SampleRecord): readonly string[] =>
  plates
    .filter(({ axis }) => {
      const at = value.rank - distribution.eventShape.length + axis;
      if ((value.shape[at] ?? 1) === 1) return true;
      const first = tf.slice(
        value,
        value.shape.map(() => 0),
        value.shape.map((n, i) => (i === at ? 1 : n)),
      );
      return tf.all(tf.equal(value, first)).dataSync()[0] === 1;
    })
    .map((p) => p.name);

const tracedFactor = ({ name, value, plates }: FactorRecord, sources: Sources): TracedFactor => {
  const from = sources(value);
  return {
    name,
    readsBatch: from.has(BATCH),
    varies: from.size > 0,
    sameAlong: sameAlong(value.shape, plates),
  };
};

const tracedSite = ({ role, record, law }: Seen, sources: Sources): TracedSite => {
  const from = sourcesOf(law, sources);
  const { name, distribution, value, origin } = record;
  const ofValue = sources(value);
  const constant = origin === 'observed' && !ofValue.has(BATCH);
  return {
    role,
    name,
    kind: origin === 'observed' ? 'observed' : 'latent',
    family: distribution.family.name,
    readsBatch: from.has(BATCH),
    params: namesOf('param', from),
    sites: namesOf('site', from),
    sameAlong: sameAlong(distribution.batchShape, record.plates),
    follows: [...namesOf('indices', ofValue), ...(constant ? equalAlong(record) : [])],
  };
};

const valuedSite = (seenSite: Seen, sources: Sources): ValuedSite => ({
  ...tracedSite(seenSite, sources),
  values: valueFacts(seenSite.record.distribution, seenSite.record.value),
});

const invalidSite = (
  { role, record: { name, distribution }, law }: Seen,
  sources: Sources,
): readonly InvalidSite[] => {
  const complaint = complaintAbout(distribution);
  const params = namesOf('param', sourcesOf(law, sources));
  return complaint === undefined ? [] : [{ role, name, params, ...complaint }];
};

const platesOf = (
  records: readonly SiteRecord[],
  drawn: ReadonlySet<string>,
): readonly TracedPlate[] => {
  const frames = new Map(records.flatMap((r) => r.plates.map((p) => [p.name, p] as const)));
  return [...frames.values()].map(({ name, size, count }) => ({
    name,
    size,
    count,
    drawn: drawn.has(name),
    params: [
      ...new Set(
        records.flatMap((r) =>
          r.kind === 'param' && r.plates.some((p) => p.name === name) ? [r.name] : [],
        ),
      ),
    ],
  }));
};

const PRODUCTS: ReadonlySet<string> = new Set(['BatchMatMul', '_FusedMatMul', 'Conv2D']);

const rootMeanSquare = (x: Tensor): number =>
  tf.tidy(() => tf.sqrt(tf.mean(tf.square(tf.cast(x, 'float32')))).dataSync()[0] ?? Number.NaN);

/** Products of what comes from the batch alone with what comes from parameters. */
const inputsOf = (calls: readonly KernelCall[], sources: Sources): readonly NetworkInput[] =>
  calls
    .filter(({ kernel }) => PRODUCTS.has(kernel))
    .flatMap(({ inputs: operands }): readonly NetworkInput[] => {
      const data = operands.find((x) => [...sources(x)].join() === BATCH && !x.isDisposed);
      const [param] = operands.flatMap((x) => namesOf('param', sources(x)));
      return data === undefined || param === undefined
        ? []
        : [{ param, rootMeanSquare: rootMeanSquare(data) }];
    });

/** How both programs are run once: `build` makes them, and is told how to mark the batch's tensors. */
export interface TraceOptions {
  readonly build: (markBatch: (leaf: Tensor) => void) => Programs;
  readonly noise: NoiseSource;
}

const traceAs = <S extends TracedSite>(
  siteOf: (seenSite: Seen, sources: Sources) => S,
  { build, noise }: TraceOptions,
): Traced<S> => {
  const drawn = new Set<string>();
  /** Data and indices whose numbers a program reads: anything that it makes may be computed from them. */
  const known = new Set<string>();
  return withProvenance(
    ({ site: mark, detach }) => {
      const programs = build((leaf) => mark(BATCH, leaf));
      const hidden: Seen[] = [];
      const options = (role: Role): Omit<RunOptions, 'choose'> => ({
        role,
        onHidden: (record) => {
          hidden.push(seen(role, detach)(record));
          mark(named('hidden', record.name), record.value);
        },
        parameter: (i) => {
          const stored = tf.clone(programs.parameter(i));
          mark(named('param', i.name), stored);
          return stored;
        },
        noise: (site, block, law, batch) => {
          const made = noise(site, block, law, batch);
          const { kind, name: plate } = noiseOwner(site);
          if (kind === 'plate') {
            drawn.add(plate);
            mark(named('indices', plate), made);
          }
          return made;
        },
      });
      const guide = runProgram(programs.guide, {
        ...options('guide'),
        choose: () => ({ from: 'noise' }),
        onLatent: (r) => mark(named('site', r.name), r.value),
      }).records;
      const latents = samplesOf(guide);
      const model = runProgram(programs.model, {
        ...options('model'),
        choose: (i) => {
          const q = latents.get(i.name);
          return q === undefined
            ? { from: 'noise' }
            : {
                from: 'value',
                value: movedInside(q.value, q.distribution.support, i.distribution.support),
              };
        },
      }).records;
      const sites = [
        ...[...samplesOf(guide).values()].map(seen('guide', detach)),
        ...[...samplesOf(model).values()].map(seen('model', detach)),
      ];
      const factors = model.flatMap((r) => (r.kind === 'factor' ? [r.value] : []));
      return { records: [...guide, ...model], sites, hidden, factors };
    },
    ({ records, sites, hidden, factors }, provenance): Traced<S> => {
      const sources: Sources = (x) => new Set([...provenance.of(x).sites, ...known]);
      const termsOf = ({ record, law }: Seen): readonly Tensor[] =>
        record.origin === 'observed'
          ? [...law, record.value]
          : [...law, ...(record.known ? [record.known.value, record.known.where] : [])];
      const reached = sourcesOf([...factors, ...sites.flatMap(termsOf)], sources);
      /** The batch, and what is drawn by a program itself from laws that were computed from it. */
      const fromBatch = hidden.reduce<ReadonlySet<string>>(
        (from, { record, law }) =>
          law.some((x) => meets(provenance.nearest(x), from))
            ? new Set([...from, named('hidden', record.name)])
            : from,
        new Set([BATCH]),
      );
      return {
        sites: sites.map((s) => siteOf(s, sources)),
        plates: platesOf(records, drawn),
        factors: records.flatMap((r) => (r.kind === 'factor' ? [tracedFactor(r, sources)] : [])),
        hidden: hidden
          .filter(({ record }) => reached.has(named('hidden', record.name)))
          .map(({ role, record, law }) => ({
            role,
            name: record.name,
            family: record.distribution.family.name,
            params: namesOf('param', sourcesOf(law, sources)),
            reparameterised: isReparameterised(record.distribution.sampler.gradient),
          })),
        invalid: [...sites, ...hidden].flatMap((s) => invalidSite(s, sources)),
        inputs: inputsOf(provenance.calls, sources),
        readsBatch:
          known.has(BATCH) ||
          [...factors, ...sites.filter(({ role }) => role === 'model').flatMap(termsOf)].some((x) =>
            meets(provenance.nearest(x), fromBatch),
          ),
      };
    },
    // The structure has refused what reads sites and parameters.
    (flow) => flow.sites.forEach((name) => known.add(name)),
  );
};

/** Runs both programs once. */
export const traceSites = (options: TraceOptions): Traced => traceAs(tracedSite, options);

/** The same, and looks at every number of every value. */
export const valueSites = (options: TraceOptions): readonly ValuedSite[] =>
  traceAs(valuedSite, options).sites;
