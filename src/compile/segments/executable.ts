/** Runs a graph in segments over one memory: ONNX Runtime and fused loops by turns. */
import * as E from 'fp-ts/lib/Either.js';
import { entryOf } from '../../../dsl/records/dictionary.js';
import { sizeOf } from '../../../dsl/tensors/shape.js';
import { copyNumbers } from '../../../dsl/tensors/copy-numbers.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import { type Arena, type Arrays, type Slot, type Values, arenaOf } from '../arena.js';
import type { Bound, Executable, ExecutableError } from '../executable.js';
import { type Constant, type Graph, type ValueId, valueAt } from '../../graph/graph.js';
import { type OnnxOptions, onnxExecutable } from '../onnx/executable.js';
import { installedRuntime } from '../onnx/installed.js';
import type { Runtime } from '../onnx/runtime.js';
import type { Kernel, WindowLoops } from '../webassembly/kernel.js';
import { nestsOver } from '../webassembly/nest.js';
import { windowLoopsOver } from '../webassembly/window-loops.js';
import { type SegmentPlan, type Segment, portOf } from './plan.js';

const slotName = (slot: number): string => `slot/${slot}`;

const TOTALS = 'totals';

/** Doubles that the folds of one kernel are gathered in, as so many numbers. */
const totalsOf = (segments: readonly Segment[]): number =>
  2 *
  Math.max(
    0,
    ...segments.map((segment) =>
      segment._tag === 'loops' ? segment.folds.reduce((n, { results }) => n + results, 0) : 0,
    ),
  );

const memoryOf = ({ slots, segments }: SegmentPlan): Arena =>
  arenaOf(
    [
      ...slots.map((size, slot): Slot => ({ name: slotName(slot), size, dtype: 'float32' })),
      { name: TOTALS, size: totalsOf(segments), dtype: 'float32' } as const,
    ].map((slot) => [slot]),
  );

/** Some bytes as the numbers of a value. */
const viewAs = (graph: Graph, id: ValueId, { buffer, byteOffset }: Values): Values => {
  const { shape, dtype } = valueAt(graph, id);
  const size = sizeOf(shape);
  switch (dtype) {
    case 'float32':
      return new Float32Array(buffer, byteOffset, size);
    case 'int32':
      return new Int32Array(buffer, byteOffset, size);
    case 'bool':
      return new Uint8Array(buffer, byteOffset, size);
  }
};

const fill = (into: Values, constant: Constant): void => {
  if (constant._tag === 'uniform') into.fill(constant.value);
  else into.set(constant.values);
};

/** The arrays of a plan's values. */
const arraysOf = (
  { graph, homes, source }: SegmentPlan,
  { inputs, outputs }: Bound,
  arena: Arena,
): ((id: ValueId) => Values) => {
  const found = (arrays: Arrays, name: string): Values => {
    const array = entryOf(arrays, name);
    if (array === undefined) throw new Error(`segments: expected an array for '${name}'.`);
    return array;
  };
  return (id) => {
    const home = homes.get(source(id));
    if (home === undefined) throw new Error(`segments: value ${id} has no home.`);
    switch (home._tag) {
      case 'input':
        return found(inputs, home.name);
      case 'output':
        return found(outputs, home.name);
      case 'slot':
        return viewAs(graph, id, found(arena.arrays, slotName(home.slot)));
    }
  };
};

/** Copies what goes in and out by slots. */
const copies = (
  { graph, homes, source }: SegmentPlan,
  { inputs, outputs }: Bound,
  arrayOf: (id: ValueId) => Values,
): { readonly before: () => void; readonly after: () => void } => {
  const given = graph.inputs.flatMap(({ id, name }) => {
    const from = entryOf(inputs, name);
    return homes.get(id)?._tag === 'slot' && from !== undefined ? [{ from, to: arrayOf(id) }] : [];
  });
  const taken = graph.outputs.flatMap(({ id, name }) => {
    const to = entryOf(outputs, name);
    const from = arrayOf(source(id));
    return to !== undefined && from !== to ? [{ from, to }] : [];
  });
  const all = (pairs: typeof given) => (): void => {
    for (const { from, to } of pairs) copyNumbers(from, 0, from.length, to, 0);
  };
  return { before: all(given), after: all(taken) };
};

type Run = () => void | Promise<void>;

/** One after another; without a promise where none of them makes one. */
const inOrder =
  (runs: readonly Run[]): Run =>
  () => {
    const from = (first: number): void | Promise<void> => {
      for (let i = first; i < runs.length; i += 1) {
        const waiting = runs[i]?.();
        if (waiting !== undefined) return waiting.then(() => from(i + 1));
      }
    };
    return from(0);
  };

/** Prepares a plan for running. */
export const segmentsExecutable = async (
  plan: SegmentPlan,
  bound: Bound,
  options: OnnxOptions,
  load: () => Promise<Runtime | undefined> = installedRuntime,
): Promise<E.Either<ExecutableError, Executable>> => {
  const { graph, segments } = plan;
  const runtime = segments.some(({ _tag }) => _tag === 'runtime') ? await load() : undefined;
  const fuses = segments.some(({ _tag }) => _tag === 'loops' || _tag === 'windows');
  if (fuses && runtime?.isDirect === false) {
    const reason =
      'without its C interface it takes too long to be asked for each segment of a graph';
    return E.left({ _tag: 'runtimeRefused', reason });
  }
  const made = E.tryCatch(
    () => memoryOf(plan),
    (error): ExecutableError => ({ _tag: 'tooLarge', reason: reasonOf(error) }),
  );
  if (E.isLeft(made)) return made;
  const arena = made.right;
  const arrayOf = arraysOf(plan, bound, arena);
  for (const [id, constant] of graph.constants) {
    if (plan.homes.has(id)) fill(arrayOf(id), constant);
  }
  const totals = arena.arrays[TOTALS]?.byteOffset ?? 0;
  const nests = await nestsOver(
    segments.filter((s): s is Kernel => s._tag === 'loops'),
    arena.memory,
    (id) => arrayOf(id).byteOffset,
    totals,
  );
  const windows = await windowLoopsOver(
    segments.filter((s): s is WindowLoops => s._tag === 'windows'),
    arena.memory,
    (id) => arrayOf(id).byteOffset,
  );
  const { before, after } = copies(plan, bound, arrayOf);
  const sessions: Executable[] = [];
  const close = async (): Promise<void> => {
    for (const session of sessions) await session.close();
  };
  const runs: Run[] = [];
  for (const segment of segments) {
    if (segment._tag === 'host') {
      const given = segment.from.map(arrayOf);
      const out = arrayOf(segment.to);
      runs.push(() => segment.code(given, out));
      continue;
    }
    if (segment._tag !== 'runtime') {
      const nest = segment._tag === 'loops' ? nests.get(segment) : windows.get(segment);
      if (nest === undefined) throw new Error('segments: a nest of loops was not made.');
      runs.push(nest);
      continue;
    }
    const arraysFor = (ports: Graph['inputs']): Arrays =>
      Object.fromEntries(ports.map(({ id }) => [portOf(id), arrayOf(id)]));
    const session = await onnxExecutable(
      {
        graph: segment.graph,
        inputs: arraysFor(segment.graph.inputs),
        outputs: arraysFor(segment.graph.outputs),
      },
      options,
      load,
    );
    if (E.isLeft(session)) {
      await close();
      return session;
    }
    sessions.push(session.right);
    runs.push(session.right.run);
  }
  const [first] = sessions;
  return E.right({
    by: [
      ...(first === undefined ? [] : [first.by]),
      ...(fuses ? ['fused WebAssembly'] : []),
      ...(segments.some(({ _tag }) => _tag === 'host') ? ['host code'] : []),
    ].join(' and '),
    run: inOrder([before, ...runs, after]),
    close,
  });
};
