/**
 * Long code in parts: an engine does not optimise a function whose code is long, and loops that it does
 * not optimise are some fifty times slower. What one part names and another uses is handed on.
 */
import type { Written } from './written.js';

/** Lines of a part: far below what an engine gives up on, and enough that a call costs nothing. */
const LINES = 150;

/** The names that a line declares: one constant, or the starts of running totals. */
const declared = (line: string): readonly string[] => {
  const [, constant] = /^const (\w+) =/.exec(line) ?? [];
  if (constant !== undefined) return [constant];
  const [, totals = ''] = /^let (.*);$/.exec(line) ?? [];
  return [...totals.matchAll(/(?:^|, )(\w+)(?= =|,|$)/g)].map(([, name = '']) => name);
};

const words = (lines: readonly string[]): ReadonlySet<string> =>
  new Set(lines.flatMap((line) => line.match(/\b[A-Za-z_]\w*\b/g) ?? []));

/** How deep in braces each line begins. */
const depths = (lines: readonly string[]): readonly number[] => {
  let depth = 0;
  return lines.map((line) => {
    const closes = line.startsWith('}') ? 1 : 0;
    const at = depth - closes;
    depth += (line.match(/\{/g)?.length ?? 0) - (line.match(/\}/g)?.length ?? 0);
    return at;
  });
};

/** Lines between the cuts that are nearest to a part's length. */
const split = (
  lines: readonly string[],
  cuts: readonly number[],
): readonly (readonly string[])[] => {
  const parts: (readonly string[])[] = [];
  let from = 0;
  for (const [i, cut] of cuts.entries()) {
    if ((cuts[i + 1] ?? lines.length) - from <= LINES) continue;
    if (cut > from) parts.push(lines.slice(from, cut));
    from = cut;
  }
  return [...parts, lines.slice(from)];
};

/** The same program with its body in functions; `read` is code after it that uses its names. */
export const inParts = (
  written: Written,
  cuts: readonly number[],
  read: readonly string[],
): Written => {
  if (written.body.length <= LINES) return written;
  const parts = split(written.body, cuts);
  const own = parts.map((lines) => {
    const levels = depths(lines);
    return new Set(lines.flatMap((line, i) => (levels[i] === 0 ? declared(line) : [])));
  });
  const used = [...parts.map(words), words(read)];
  const handed = own.map((names, i) =>
    [...names].filter((n) => used.some((u, k) => k > i && u.has(n))),
  );
  const before = (i: number): readonly string[] =>
    handed.slice(0, i).flatMap((names) => names.filter((n) => used[i]?.has(n)));
  const taken = (names: readonly string[]): readonly string[] =>
    names.map((n) => `const ${n} = of_${n};`);
  return {
    ...written,
    setup: [
      ...written.setup,
      ...handed.flat().map((n) => `let of_${n} = 0;`),
      ...parts.map((lines, i) =>
        [
          `const part${i} = () => {`,
          ...taken(before(i)),
          ...lines,
          ...(handed[i] ?? []).map((n) => `of_${n} = ${n};`),
          '};',
        ].join('\n'),
      ),
    ],
    body: [...parts.map((_, i) => `part${i}();`), ...taken(before(parts.length))],
  };
};
