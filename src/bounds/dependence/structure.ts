/**
 * The structure of a model with its guide, as data: the sites of each, their plates and supports,
 * and which latent sites each depends on. Found by running both once.
 */
import type {
  ContinuousSupport,
  Distribution,
  Gradient,
  Program,
  Shape,
  Support,
  Tensor,
} from '../../../dsl/index.js';
import { SiteError, klDivergence } from '../../../dsl/index.js';
import { isReparameterised } from '../../../dsl/law/distribution.js';
import { parametersOf } from '../../../dsl/law/structure.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { broadcast } from '../../../dsl/tensors/shape.js';
import type { ParamInstruction, PlateFrame } from '../../../dsl/program/instruction.js';
import type { Run, SampleRecord, SiteRecord } from '../../interpreters/record.js';
import { type RunOptions, runProgram } from '../../interpreters/run.js';
import { runKnowing } from '../../interpreters/known.js';
import { checkTerms } from '../../interpreters/score-record.js';
import type { NoiseSource } from '../../random/noise-source.js';
import { checkStored } from '../../interpreters/params.js';
import { fitsIn, latentsOf } from '../fit/fitting-draws.js';
import { checkGivenAsData } from './known-data.js';
import { mixedSites } from './mixed-sites.js';
import { type Provenance, withProvenance } from './provenance.js';
import { type PlateDifference, checkPlates, plateDifferences } from './plate-elements.js';
import { supportMoves } from '../estimators/moving-support.js';

/** A plate around a site. */
export type PlateStructure = Pick<PlateFrame, 'name' | 'size' | 'count'> & {
  readonly axis: number;
};

/** A latent or observed site as one program declares it. */
export interface SampleStructure {
  readonly kind: 'latent' | 'observed';
  readonly name: string;
  readonly family: string;
  readonly support: Support;
  readonly gradient: Gradient;
  readonly eventShape: Shape;
  readonly plates: readonly PlateStructure[];
  /** How many values the support has, where it is finite and small. */
  readonly values?: number;
  /** Whether its support depends on its parameters: a point mass, or an interval with computed bounds. */
  readonly moves: boolean;
  /** The latent sites that its parameters depend on, directly or through others. */
  readonly ancestors: readonly string[];
  /** The learned parameters that its law depends on, not through other sites. */
  readonly params: readonly string[];
  /** The draws that are no latent which its law depends on, directly or through sites. */
  readonly noises: readonly string[];
  /** The terms that it reaches through host code, which no gradient passes. */
  readonly hosts: readonly string[];
  /** The terms that it reaches through a draw which is no latent and carries no gradient. */
  readonly cuts: readonly string[];
  /** Whether a program turns its value into integers, as an index is: a gradient would be wrong. */
  readonly indexes: boolean;
  /** Whether it is a latent site of the model that is observed at some elements. */
  readonly partly?: true;
  /** Whether it has finitely many values in a plate, and some term depends on several of its elements at once. */
  readonly mixed?: true;
  /** Whether a draw has a relaxation, and its law a weak derivative. */
  readonly relaxes: boolean;
  readonly weaklyDifferentiable: boolean;
}

/** A named value of the guide, which a baseline may be. */
export interface DerivedStructure {
  readonly name: string;
  readonly ancestors: readonly string[];
  /** The learned parameters that only it depends on: no law and no factor does. */
  readonly ownParams: readonly string[];
}

/** A term added by hand. */
export interface FactorStructure {
  readonly kind: 'factor';
  readonly name: string;
  readonly plates: readonly PlateStructure[];
  readonly ancestors: readonly string[];
  readonly noises: readonly string[];
  /** Whether it is a loss, with its sign turned. */
  readonly loss?: true;
}

export type SiteStructure = SampleStructure | FactorStructure;

export interface ParamStructure {
  readonly name: string;
  readonly owner: 'model' | 'guide' | 'both';
  readonly shape: Shape;
  readonly support: ContinuousSupport;
  /** Whether it is a running average, which no optimiser moves. */
  readonly running: boolean;
  /** The terms that it reaches through host code, with no site in between. */
  readonly hosts: readonly string[];
}

/** Everything that a derivation needs to know of a model and its guide. */
export interface Structure {
  readonly model: readonly SiteStructure[];
  readonly guide: readonly SiteStructure[];
  readonly params: readonly ParamStructure[];
  /** The `deterministic` sites of the guide. */
  readonly derived: readonly DerivedStructure[];
  /** The sites whose KL(q ‖ p) is known in closed form. */
  readonly closedForms: readonly string[];
  /** The plates around latent sites of which model and guide visit other elements. */
  readonly apart: readonly PlateDifference[];
  /** The most plate axes around any site, or any draw that is no site. */
  readonly depth: number;
  /** The trainable variables of TensorFlow.js that the programs compute with; none is a parameter. */
  readonly variables: readonly string[];
}

const platesOf = (r: SiteRecord): readonly PlateStructure[] =>
  r.plates.map(({ name, size, count, axis }) => ({ name, size, count, axis }));

/** What some tensors were computed from, together. */
interface Origins {
  readonly ancestors: readonly string[];
  readonly params: readonly string[];
  readonly noises: readonly string[];
}

const originsOf = (tensors: readonly Tensor[], { of }: Provenance): Origins => ({
  ancestors: [...new Set(tensors.flatMap((x) => [...of(x).sites]))],
  params: [...new Set(tensors.flatMap((x) => [...of(x).params]))],
  noises: [...new Set(tensors.flatMap((x) => [...of(x).noises]))],
});

/**
 * What shows where a site's term comes from: its distribution's parameters and its density, taken
 * for a latent site at a value that comes from nowhere. A family or a bijector that does not list
 * its parameters is seen all the same, and so is an observation made from latent sites.
 */
const witnesses = (
  records: readonly SiteRecord[],
  detach: (value: Tensor) => Tensor,
): ReadonlyMap<string, readonly Tensor[]> =>
  new Map(
    records.flatMap((r) => {
      if (r.kind === 'factor') return [[r.name, [r.value]]];
      if (r.kind !== 'sample') return [];
      const d = r.distribution;
      const value = r.origin === 'observed' ? r.value : detach(r.value);
      return [[r.name, [...parametersOf(d), d.logProb(value)]]];
    }),
  );

const siteStructure = (
  r: SiteRecord,
  { ancestors, params, noises }: Origins,
  { indexes, hosts, cuts }: Pick<SampleStructure, 'indexes' | 'hosts' | 'cuts'>,
): readonly SiteStructure[] => {
  switch (r.kind) {
    case 'sample': {
      const d = r.distribution;
      const count = d.sampler.enumeration?.count;
      return [
        {
          kind: r.origin === 'observed' ? 'observed' : 'latent',
          name: r.name,
          family: d.family.name,
          support: d.support,
          gradient: d.sampler.gradient,
          eventShape: d.eventShape,
          plates: platesOf(r),
          ...(count !== undefined && { values: count }),
          moves: supportMoves(d),
          ...(r.known && { partly: true }),
          ancestors,
          params,
          noises,
          hosts,
          cuts,
          indexes,
          relaxes: d.sampler.relaxation !== undefined,
          weaklyDifferentiable: d.sampler.weakDerivative !== undefined,
        },
      ];
    }
    case 'factor':
      return [
        {
          kind: 'factor',
          name: r.name,
          plates: platesOf(r),
          ancestors,
          noises,
          ...(r.loss && { loss: true }),
        },
      ];
    case 'param':
    case 'deterministic':
      return [];
  }
};

const paramsOf = (
  model: readonly SiteRecord[],
  guide: readonly SiteRecord[],
  hostsOf: (param: string) => readonly string[],
): readonly ParamStructure[] => {
  const found = new Map<string, ParamStructure>();
  const add =
    (owner: 'model' | 'guide') =>
    (r: SiteRecord): void => {
      if (r.kind !== 'param') return;
      const before = found.get(r.name);
      const other = before?.owner;
      if (before && before.support.name !== r.support.name) {
        throw new SiteError({
          site: `param '${r.name}'`,
          expected: `one support, ${before.support.name} as at its first visit`,
          received: r.support.name,
          cure: 'Use different names, or give the parameter one support everywhere.',
        });
      }
      found.set(r.name, {
        name: r.name,
        owner: other !== undefined && other !== owner ? 'both' : owner,
        shape: r.stored.shape,
        support: r.support,
        running: r.next !== undefined,
        hosts: hostsOf(r.name),
      });
    };
  model.forEach(add('model'));
  guide.forEach(add('guide'));
  return [...found.values()];
};

/** What a run needs, but for the choices at latent sites, which inspection makes itself. */
export interface InspectOptions {
  readonly noise: NoiseSource;
  readonly parameter: RunOptions['parameter'];
}

const hasClosedForm = (q: Distribution, p: Distribution): boolean =>
  broadcast(q.batchShape, p.batchShape) !== undefined && klDivergence(q, p) !== undefined;

/**
 * Runs the guide, then the model at the guide's values, and reads off their structure. Where a
 * value does not fit the model's site the model draws its own, so that the misfit can be reported
 * with everything else.
 */
export const inspect = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  options: InspectOptions,
): Structure => {
  const structure = watched(model, guide, options);
  const finite = latentSites(structure.guide).filter(
    ({ values = 1, plates }) => values > 1 && plates.some((p) => p.count > 1),
  );
  const names = finite.map(({ name }) => name);
  const mixed = new Set(mixedSites(names, model, guide, options));
  return {
    ...structure,
    guide: structure.guide.map((s) =>
      s.kind !== 'factor' && mixed.has(s.name) ? { ...s, mixed: true } : s,
    ),
  };
};

/** What two runs show that are watched. */
const watched = (
  model: Program<unknown, unknown>,
  guide: Program<unknown, unknown>,
  options: InspectOptions,
): Structure =>
  withProvenance(
    (marks) => {
      const shared = {
        ...options,
        onHidden: ({ name, value, distribution }: SampleRecord) =>
          marks.noise(name, value, isReparameterised(distribution.sampler.gradient)),
        parameter: (i: ParamInstruction) => {
          const stored = options.parameter(i);
          checkStored(i, stored);
          // Two parameters may start from one tensor, which their numbers are known by.
          const own = marks.detach(stored);
          marks.param(i.name, own);
          return own;
        },
      };
      const run = (program: Program<unknown, unknown>) => {
        const guideRun = runProgram(program, {
          ...shared,
          role: 'guide',
          choose: () => ({ from: 'noise' }),
          onLatent: (r) => marks.site(r.name, r.value),
        });
        const drawn = latentsOf(guideRun.records);
        const apart = new Set<string>();
        const modelRun = runProgram(model, {
          ...shared,
          role: 'model',
          choose: (i, plates) => {
            const q = drawn.get(i.name);
            if (q !== undefined && fitsIn(q, i, plates)) return { from: 'value', value: q.value };
            apart.add(i.name);
            return { from: 'noise' };
          },
        });
        return { guide: guideRun, model: modelRun, drawn, apart };
      };
      const { guide: guideRun, model: modelRun, drawn } = runKnowing(guide, run);
      checkPlates(modelRun.records, guideRun.records);
      checkTerms([...guideRun.records, ...modelRun.records]);
      const seen = ({ records }: Run<unknown>) => witnesses(records, marks.detach);
      return { guideRun, modelRun, drawn, ofModel: seen(modelRun), ofGuide: seen(guideRun) };
    },
    ({ guideRun, modelRun, drawn, ofModel, ofGuide }, provenance): Structure => {
      checkGivenAsData(modelRun.records, provenance);
      const termsWith = (is: (x: Tensor) => boolean): readonly string[] => [
        ...new Set(
          [ofModel, ofGuide].flatMap((witness) =>
            [...witness].flatMap(([term, tensors]) => (tensors.some(is) ? [term] : [])),
          ),
        ),
      ];
      const hostsOf = (kind: 'sites' | 'params', name: string): readonly string[] =>
        termsWith((x) => provenance.throughHost(x)[kind].has(name));
      const sites = (
        { records }: Run<unknown>,
        witness: ReadonlyMap<string, readonly Tensor[]>,
      ): readonly SiteStructure[] =>
        records.flatMap((r) =>
          siteStructure(r, originsOf(witness.get(r.name) ?? [], provenance), {
            indexes: provenance.indexing.has(r.name),
            hosts: hostsOf('sites', r.name),
            cuts: termsWith((x) => provenance.throughNoise(x).has(r.name)),
          }),
        );
      const used = new Set(
        [ofModel, ofGuide].flatMap(
          (witness) => originsOf([...witness.values()].flat(), provenance).params,
        ),
      );
      const modelSites = sites(modelRun, ofModel);
      const guideSites = sites(guideRun, ofGuide);
      return {
        model: modelSites,
        guide: guideSites,
        params: paramsOf(modelRun.records, guideRun.records, (name) => hostsOf('params', name)),
        derived: guideRun.records
          .filter((r) => r.kind === 'deterministic')
          .map(({ name, value }) => {
            const { ancestors, params } = originsOf([value], provenance);
            return { name, ancestors, ownParams: params.filter((p) => !used.has(p)) };
          }),
        closedForms: [...latentsOf(modelRun.records).values()].flatMap((p) => {
          const q = drawn.get(p.name);
          return q !== undefined && hasClosedForm(q.distribution, p.distribution) ? [p.name] : [];
        }),
        variables: provenance.variables,
        apart: plateDifferences([...latentsOf(modelRun.records).values()], guideRun.records),
        depth: Math.max(
          0,
          ...[...modelSites, ...guideSites, ...modelRun.hidden, ...guideRun.hidden].flatMap((s) =>
            s.plates.map((p) => -p.axis),
          ),
        ),
      };
    },
  );

/** The sample site of a name, in one side of a structure. */
export const sampleAt = (sites: readonly SiteStructure[], name: string): SampleStructure => {
  const site = sites.find((s) => s.name === name);
  if (site === undefined || site.kind === 'factor') {
    throw new SiteError({
      site: siteLabel(name),
      expected: 'a sample site of this name',
      received: site === undefined ? 'none' : 'a factor',
      cure: 'Visit the same sites on every run; their names must not depend on data.',
    });
  }
  return site;
};

/** The latent sites of one side of a structure, in the order of their visit. */
export const latentSites = (sites: readonly SiteStructure[]): readonly SampleStructure[] =>
  sites.filter((s) => s.kind !== 'factor').filter((s) => s.kind === 'latent');
