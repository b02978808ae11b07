/**
 * What a tensor was computed from: which latent sites and parameters. Read off the data flow itself, by
 * watching what TensorFlow.js is asked to do: no numeric probing, no assumption about the order of sites,
 * and no difference between operations that have a gradient and steps, choices or host code that have none.
 */
import * as tf from '@tensorflow/tfjs';
import { SiteError, type Tensor } from '../../../dsl/index.js';
import { HOST_CODE } from '../../../dsl/tensors/black-box.js';
import { siteLabel } from '../../../dsl/refusals/error.js';
import { tidied } from '../../../dsl/tensors/tidied.js';
import { type KernelCall, watching } from './watch.js';

/** What a tensor was computed from. */
export interface Origin {
  /** The sites, directly or through others. */
  readonly sites: ReadonlySet<string>;
  /** The parameters, not through the value of a site. */
  readonly params: ReadonlySet<string>;
  /** The draws that are no latent, directly or through sites. */
  readonly noises: ReadonlySet<string>;
}

export interface Provenance {
  readonly of: (x: Tensor) => Origin;
  /** The sites, not through the value of another. */
  readonly nearest: (x: Tensor) => ReadonlySet<string>;
  /** What reaches a tensor through host code, and not through the value of a site after it. */
  readonly throughHost: (x: Tensor) => Origin;
  /** The sites that reach it through a draw which is no latent and carries no gradient, as `throughHost`. */
  readonly throughNoise: (x: Tensor) => ReadonlySet<string>;
  /** The sites whose values were turned into integers, as an index is. */
  readonly indexing: ReadonlySet<string>;
  /** What ran by itself, in order. */
  readonly calls: readonly KernelCall[];
  /** The trainable variables of TensorFlow.js that were computed with. */
  readonly variables: readonly string[];
}

/** Declares that a tensor is the value of a site or a parameter. */
export type Mark = (name: string, value: Tensor) => void;

/** What a body is watched by. Each site that is marked must have a tensor of its own. */
export interface Marks {
  readonly site: Mark;
  readonly param: Mark;
  /** Of a draw that is no latent, with whether it carries the gradient. */
  readonly noise: (name: string, value: Tensor, carries: boolean) => void;
  /** Copies a tensor and forgets where it came from. */
  readonly detach: (value: Tensor) => Tensor;
}

const nothing: ReadonlySet<string> = new Set();

const nowhere: Origin = { sites: nothing, params: nothing, noises: nothing };

/** What is known of a tensor. */
interface Flow extends Origin {
  /** The sites that it was computed from, but not through the value of another. */
  readonly nearest: ReadonlySet<string>;
  readonly throughHost: Origin;
  readonly throughNoise: ReadonlySet<string>;
}

const fresh: Flow = {
  ...nowhere,
  nearest: nothing,
  throughHost: nowhere,
  throughNoise: nothing,
};

/** Kernels that look at a shape alone. */
const SHAPE_ALONE: ReadonlySet<string> = new Set(['ZerosLike', 'OnesLike', 'Fill']);

const union = (sets: readonly ReadonlySet<string>[]): ReadonlySet<string> => {
  const filled = sets.filter((s) => s.size > 0);
  const [first = nothing] = filled;
  return filled.length < 2 ? first : new Set(filled.flatMap((s) => [...s]));
};

const joined = (origins: readonly Origin[]): Origin => ({
  sites: union(origins.map((o) => o.sites)),
  params: union(origins.map((o) => o.params)),
  noises: union(origins.map((o) => o.noises)),
});

/** What a result of some tensors was computed from. */
const flowOf = (kernel: string, inputs: readonly Flow[]): Flow => ({
  ...joined(inputs),
  nearest: union(inputs.map((f) => f.nearest)),
  throughHost: joined([
    ...inputs.map((f) => f.throughHost),
    ...(kernel === HOST_CODE
      ? inputs.map((f): Origin => ({ sites: f.nearest, params: f.params, noises: f.noises }))
      : []),
  ]),
  throughNoise: union(inputs.map((f) => f.throughNoise)),
});

/** Refuses that numbers are read which a draw or a parameter was computed into. */
const refuseRead = ({ sites, nearest, params }: Flow): void => {
  const names = [...(nearest.size > 0 ? nearest : sites)];
  const found = [...names.map(siteLabel), ...[...params].map((name) => `param '${name}'`)];
  if (found.length === 0) return;
  throw new SiteError({
    site: found.join(', '),
    expected: 'its value to stay in tensors while a program runs',
    received: 'arraySync, dataSync or the like, after which nothing is known to depend on it',
    cure: 'Put the host code into blackBox(f, { shape }) and pass it what it reads as an argument; to look at values, use trace.',
  });
};

/**
 * Runs `body` watched, then `read` with the provenance of every tensor made in it. Where `body` reads the numbers of what comes from a site or a parameter, `onRead` is told, which by default
 * throws a `SiteError`.
 */
export const withProvenance = <A, B>(
  body: (marks: Marks) => A,
  read: (result: A, provenance: Provenance) => B,
  onRead: (flow: Flow) => void = refuseRead,
): B => {
  const flows = new Map<number, Flow>();
  /** By where numbers are stored, which copies and reshaped tensors share. */
  const stored = new WeakMap<object, Flow>();
  const indexing = new Set<string>();
  const calls: KernelCall[] = [];
  const variables = new Set<string>();
  const flowAt = ({ id, dataId }: Tensor): Flow => flows.get(id) ?? stored.get(dataId) ?? fresh;
  const put = (x: Tensor, flow: Flow): void => {
    // A kernel whose gradient needs its own result copies that before it ends: the copy, of which
    // nothing is known then, is known by where its numbers are.
    if (flow.sites.size === 0 && flow.params.size === 0 && flow.noises.size === 0) return;
    flows.set(x.id, flow);
    if (!stored.has(x.dataId)) stored.set(x.dataId, flow);
  };
  const ran = (call: KernelCall): void => {
    const { kernel, inputs, outputs, outermost } = call;
    for (const x of inputs) if (x instanceof tf.Variable && x.trainable) variables.add(x.name);
    const flow = SHAPE_ALONE.has(kernel) ? fresh : flowOf(kernel, inputs.map(flowAt));
    for (const output of outputs) {
      put(output, flow);
      if (outermost && output.dtype !== 'float32') flow.nearest.forEach((s) => indexing.add(s));
    }
    if (outermost) calls.push(call);
  };
  const detach = (value: Tensor): Tensor => {
    // Numbers of its own: what is made of a clone is known by where the value's are.
    const copy = tf.add(value, tf.zerosLike(value));
    flows.set(copy.id, fresh);
    stored.set(copy.dataId, fresh);
    return copy;
  };
  const set = (value: Tensor, flow: Flow): void => {
    flows.set(value.id, flow);
    stored.set(value.dataId, flow);
  };
  const marks: Marks = {
    detach,
    site: (name, value) => {
      const { sites, noises } = flowAt(value);
      const own = new Set([name]);
      set(value, { ...fresh, sites: union([sites, own]), noises, nearest: own });
    },
    param: (name, value) => set(value, { ...fresh, params: new Set([name]) }),
    noise: (name, value, carries) => {
      const before = flowAt(value);
      set(value, {
        ...before,
        noises: union([before.noises, new Set([name])]),
        throughNoise: carries ? before.throughNoise : union([before.throughNoise, before.nearest]),
      });
    },
  };
  const reads = (dataId: object): void => onRead(stored.get(dataId) ?? fresh);
  return tidied(
    () => {
      const result = watching({ ran, reads }, () => body(marks));
      return read(result, {
        of: flowAt,
        nearest: (x) => flowAt(x).nearest,
        throughHost: (x) => flowAt(x).throughHost,
        throughNoise: (x) => flowAt(x).throughNoise,
        indexing,
        calls,
        variables: [...variables],
      });
    },
    () => [],
  );
};
