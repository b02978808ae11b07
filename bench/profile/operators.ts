/** Where ONNX Runtime spends its time in a graph, by its own profile. */
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import * as t from 'io-ts';
import * as ort from 'onnxruntime-node';
import { cores } from '../../src/compile/onnx/cores.js';
import { showExecutableError } from '../../src/compile/executable.js';
import { type Graph, valueAt } from '../../src/graph/graph.js';
import { onnxBytes } from '../../src/compile/onnx/write.js';

/** What the runtime writes of one thing that it did, in microseconds. */
const Event = t.intersection([
  t.type({ cat: t.string, name: t.string, dur: t.number }),
  t.partial({ args: t.partial({ op_name: t.string }) }),
]);
const Events = t.array(Event);

export type Event = t.TypeOf<typeof Event>;

export interface OperatorTime {
  readonly operator: string;
  readonly nodes: number;
  /** Milliseconds of a run. */
  readonly ms: number;
}

/** Operators by the time that a run spends in their nodes, longest first. */
export const operatorTimes = (events: readonly Event[], runs: number): readonly OperatorTime[] => {
  const found = new Map<string, OperatorTime>();
  for (const { cat, name, dur, args } of events) {
    const operator = args?.op_name;
    if (cat !== 'Node' || operator === undefined || !name.endsWith('_kernel_time')) continue;
    const { nodes = 0, ms = 0 } = found.get(operator) ?? {};
    found.set(operator, { operator, nodes: nodes + 1 / runs, ms: ms + dur / 1000 / runs });
  }
  return [...found.values()].toSorted((a, b) => b.ms - a.ms);
};

const eventsIn = async (folder: string): Promise<readonly Event[]> => {
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error('the runtime wrote no profile');
  const events = Events.decode(JSON.parse(await readFile(join(folder, file), 'utf8')));
  if (E.isLeft(events)) throw new Error('the runtime wrote a profile of another form');
  return events.right;
};

/** Runs a graph on zeros so many times, and reads what the runtime says of it. */
export const profileOperators = async (
  graph: Graph,
  runs: number,
): Promise<readonly OperatorTime[]> => {
  const bytes = onnxBytes(graph);
  if (E.isLeft(bytes)) throw new Error(showExecutableError(bytes.left));
  const folder = await mkdtemp(join(tmpdir(), 'marginalia-profile-'));
  try {
    const session = await ort.InferenceSession.create(bytes.right, {
      intraOpNumThreads: cores(),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'runs'),
    });
    const feeds = Object.fromEntries(
      graph.inputs.map(({ name, id }) => {
        const { shape, dtype } = valueAt(graph, id);
        const size = shape.reduce((a, b) => a * b, 1);
        const zeros = dtype === 'int32' ? new Int32Array(size) : new Float32Array(size);
        return [
          name,
          new ort.Tensor(dtype, dtype === 'bool' ? new Uint8Array(size) : zeros, [...shape]),
        ];
      }),
    );
    for (let i = 0; i < runs; i += 1) await session.run(feeds);
    session.endProfiling();
    await session.release();
    return operatorTimes(await eventsIn(folder), runs);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
