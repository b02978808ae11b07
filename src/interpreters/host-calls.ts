/**
 * Calls of host code in a run. What a program sees of one draw is found by running it once with no left
 * axes, and once with particles: an argument that has more axes then is a draw's, and all that lies left
 * of one draw is gone through, a call for each place. Other arguments are the same in every call.
 */
import * as tf from '@tensorflow/tfjs';
import { type Shape, SiteError, type Tensor } from '../../dsl/index.js';
import { type Alignment, BLACK_BOX, type HostCall } from '../../dsl/black-box.js';
import { sameShape, showShape, takeLast } from '../../dsl/shape.js';
import { type Layout, single } from './layout.js';

/** The shapes of the arguments of each call in a run, in the order of the calls. */
export type CallShapes = readonly (readonly Shape[])[];

/** A run that only shows the shapes of its calls. */
export type Probe = (layout: Layout) => CallShapes;

const isTensor = (x: unknown): x is Tensor => x instanceof tf.Tensor;

const isCall = (x: unknown): x is HostCall => typeof x === 'function';

/** Runs `body` with host code carried out by `handle`, which is told what each call is given. */
const withHandler = <A>(
  handle: (inputs: readonly Tensor[], shape: Shape, call: HostCall) => Tensor,
  body: () => A,
): A => {
  // The backend has no name before it is first used.
  tf.backend();
  const backendName = tf.getBackend();
  const before = tf.getKernel(BLACK_BOX, backendName);
  if (before !== undefined) tf.unregisterKernel(BLACK_BOX, backendName);
  tf.registerKernel({
    kernelName: BLACK_BOX,
    backendName,
    kernelFunc: ({ inputs, attrs = {} }) => {
      const call: unknown = attrs['call'];
      const { shape } = attrs;
      if (!isCall(call) || !Array.isArray(shape)) throw new Error('blackBox: no call came.');
      return handle(Object.values(inputs).filter(isTensor), shape.map(Number), call);
    },
  });
  try {
    return body();
  } finally {
    tf.unregisterKernel(BLACK_BOX, backendName);
    if (before !== undefined) tf.registerKernel(before);
  }
};

/** The shapes of the calls that a body makes; nothing is called. */
export const callShapes = (body: () => unknown): CallShapes => {
  const found: Shape[][] = [];
  withHandler((inputs, shape) => {
    found.push(inputs.map((x) => x.shape));
    return tf.zeros([...shape]);
  }, body);
  return found;
};

/** The plates that lead the shape of a result, of those of its arguments. */
const platesIn = (shape: Shape, plates: Shape): number => {
  const most = Math.min(shape.length, plates.length);
  const counts = Array.from({ length: most }, (_, i) => most - i);
  return counts.find((n) => sameShape(shape.slice(0, n), takeLast(plates, n))) ?? 0;
};

interface Known {
  /** As one draw has it. */
  readonly own: Shape;
  /** Whether it is a draw's. */
  readonly drawn: boolean;
  readonly eventRank: number;
}

const PROBES = 2;

const knownOf = (own: Shape, probed: Shape, { depth }: Layout): Known => ({
  own,
  drawn: probed.length > own.length,
  eventRank: probed.length - depth - 1,
});

const alignmentOf = (
  inputs: readonly Tensor[],
  shape: Shape,
  known: readonly Known[],
  { depth }: Layout,
): Alignment => {
  const mapped = inputs.map((x, i): Shape => {
    const { own = x.shape, drawn = false, eventRank = 0 } = known[i] ?? {};
    if (!drawn || x.rank === own.length) return [];
    const left = x.rank - depth - eventRank;
    const between = x.shape.slice(left, x.rank - own.length);
    if (
      left < 0 ||
      between.some((n) => n !== 1) ||
      // A value that is summed over may be the same for all elements of a plate: it has length 1 there.
      takeLast(x.shape, own.length).some((n, axis) => n !== 1 && n !== own[axis])
    ) {
      throw new SiteError({
        site: 'blackBox',
        expected: `an argument of ${showShape(own)} for one draw, with the draws left of it`,
        received: `shape ${showShape(x.shape)}`,
        cure: 'Give it values of sites as they are, or computed element by element.',
      });
    }
    return x.shape.slice(0, left);
  });
  const plates = known
    .map(({ own, drawn, eventRank }): Shape =>
      drawn ? own.slice(0, Math.max(0, own.length - eventRank)) : [],
    )
    .reduce((a, b) => (b.length > a.length ? b : a), []);
  return {
    mapped,
    own: inputs.map((x, i) => known[i]?.own ?? x.shape),
    padding: mapped.every((m) => m.length === 0) ? 0 : depth - platesIn(shape, plates),
  };
};

/** Runs a program's `body` in a layout; `probe` shows the shapes of its calls in another. */
export const withHostCalls = <A>(layout: Layout, probe: Probe, body: () => A): A => {
  const isSingle = layout.particles === 1 && layout.enumerated === 0;
  const shapes: (readonly (readonly Known[])[])[] = [];
  const knownAt = (at: number): readonly Known[] => {
    let [known] = shapes;
    if (known === undefined) {
      const one = probe(single);
      const many = probe({ particles: PROBES, depth: layout.depth, enumerated: 0 });
      known = one.map((call, i) => call.map((own, k) => knownOf(own, many[i]?.[k] ?? own, layout)));
      shapes.push(known);
    }
    return known[at] ?? [];
  };
  let calls = 0;
  return withHandler((inputs, shape, call) => {
    const at = calls;
    calls += 1;
    return call(
      isSingle
        ? { mapped: inputs.map(() => []), own: inputs.map((x) => x.shape), padding: 0 }
        : alignmentOf(inputs, shape, knownAt(at), layout),
    );
  }, body);
};
