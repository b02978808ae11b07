/** Writes terms as WebAssembly: what is used once stays on the stack, what is used again gets a local. */
import { type Local, type StackVar, local, v128 } from 'wasmati';
import { type Entry, type Term, instructions } from '../../code/webassembly/terms.js';

/** What terms are written with. */
export interface Writing {
  readonly load: (place: number) => StackVar<'v128'>;
  /** A local that nothing else has yet. */
  readonly fresh: () => Local<'v128'>;
}

/** So many instructions may stand within each other before one gets a local. */
const DEEPEST = 64;

const isConstant = (entry: Entry | undefined): boolean =>
  entry?._tag === 'constant' || entry?._tag === 'bits';

/** The terms that get locals, in order: roots, what is used again, and what would stand too deep. */
const keptOf = (entries: readonly Entry[], roots: readonly Term[]): readonly Term[] => {
  const uses = new Map<Term, number>(roots.map((root) => [root, 1]));
  // A term comes after those that it is made of.
  for (let term = entries.length - 1; term >= 0; term -= 1) {
    const entry = entries[term];
    if (entry?._tag !== 'instruction' || !uses.has(term)) continue;
    for (const of of entry.of) uses.set(of, (uses.get(of) ?? 0) + 1);
  }
  const wanted = new Set(roots);
  const depths: number[] = [];
  return entries.flatMap((entry, term) => {
    const inner = entry._tag === 'instruction' ? entry.of.map((of) => depths[of] ?? 0) : [];
    const depth = 1 + Math.max(0, ...inner);
    const shared = !isConstant(entry) && (uses.get(term) ?? 0) > 1;
    const keeps = uses.has(term) && (wanted.has(term) || shared || depth > DEEPEST);
    depths[term] = keeps ? 0 : depth;
    return keeps ? [term] : [];
  });
};

const splat = (value: number): StackVar<'v128'> =>
  v128.const('f32x4', [value, value, value, value]);

/** The same 32 bits in each lane. They are written by twos: wasmati takes no 32 bits of which the first is set. */
const splatBits = (value: number): StackVar<'v128'> => {
  const lane = BigInt(value >>> 0);
  const two = (lane << 32n) | lane;
  return v128.const('i64x2', [two, two]);
};

/** How many locals the terms of some roots need. */
export const localsOf = (entries: readonly Entry[], roots: readonly Term[]): number =>
  keptOf(entries, roots).length;

/** Computes the roots, each into a local of its own. Everything is read before this returns. */
export const writeTerms = (
  entries: readonly Entry[],
  roots: readonly Term[],
  { load, fresh }: Writing,
): ReadonlyMap<Term, Local<'v128'>> => {
  const known = new Map<Term, Local<'v128'>>();
  const made = (term: Term): StackVar<'v128'> => {
    const entry = entries[term];
    if (entry === undefined) throw new Error(`webassembly: no term ${term}.`);
    switch (entry._tag) {
      case 'load':
        return load(entry.place);
      case 'constant':
        return splat(entry.value);
      case 'bits':
        return splatBits(entry.value);
      case 'instruction': {
        const [a, b, c] = entry.of.map(valueOf);
        if (a === undefined) throw new Error(`webassembly: ${entry.name} of nothing.`);
        return instructions[entry.name](a, b ?? a, c ?? a);
      }
    }
  };
  function valueOf(term: Term): StackVar<'v128'> {
    const before = known.get(term);
    return before === undefined ? made(term) : local.get(before);
  }
  for (const term of keptOf(entries, roots)) {
    const into = fresh();
    local.set(into, made(term));
    known.set(term, into);
  }
  return known;
};
