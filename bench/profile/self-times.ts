/** Where a program spent its time, from a profile of the engine's. */
import type { Profiler } from 'node:inspector';

/** A function, or what is none, as `(garbage collector)`. */
export interface SelfTime {
  readonly name: string;
  /** The end of its file's path, and the line. */
  readonly at: string;
  /** Milliseconds in it, and not in what it called. */
  readonly ms: number;
}

const FOLDERS = 3;

const placeOf = ({ url, lineNumber }: Profiler.ProfileNode['callFrame']): string =>
  url === '' ? '' : `${url.split('/').slice(-FOLDERS).join('/')}:${lineNumber + 1}`;

/** Functions by the time that was spent in each, longest first; the same function by several ways is one. */
export const selfTimes = ({
  nodes,
  samples = [],
  timeDeltas = [],
}: Profiler.Profile): readonly SelfTime[] => {
  const byNode = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const found = new Map<string, SelfTime>();
  samples.forEach((id, i) => {
    const frame = byNode.get(id);
    if (frame === undefined) return;
    const [name, at] = [frame.functionName || '(a function without a name)', placeOf(frame)];
    const before = found.get(`${name} ${at}`)?.ms ?? 0;
    // A sample is of what has run since the one before it.
    found.set(`${name} ${at}`, { name, at, ms: before + (timeDeltas[i] ?? 0) / 1000 });
  });
  return [...found.values()].toSorted((a, b) => b.ms - a.ms);
};
