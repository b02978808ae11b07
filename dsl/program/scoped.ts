/** A program under a name of its own. */
import type { Instruction, PlateFrame } from './instruction.js';
import { checkName } from './name.js';
import { type Program, rewrite } from './program.js';
import type { Scoped } from './site.js';

const under = (scope: string, i: Instruction): Instruction => {
  const renamed = (name: string): string => `${scope}/${name}`;
  const around = (plates: readonly PlateFrame[]): readonly PlateFrame[] =>
    plates.map((p) => ({ ...p, name: renamed(p.name) }));
  switch (i.op) {
    case 'sample':
    case 'noise':
    case 'deterministic':
    case 'factor':
      return { ...i, name: renamed(i.name), plates: around(i.plates) };
    case 'param':
    case 'inTraining':
    case 'rowMean':
      return { ...i, plates: around(i.plates) };
    case 'subsample':
      return { ...i, name: renamed(i.name) };
  }
};

/**
 * The program with the names of its sites, its noise and its plates put under `name`: `z` becomes `name/z`, so that
 * one program runs twice in a model. Parameters keep their names: both runs share their networks.
 *
 * - Guide and model give a site the same scope. Scopes nest, `a/b/z`, and plates around a scope keep their names.
 * - `condition`, `intervene` and `block` take the names that are seen where they stand: `z` inside, `name/z`
 *   outside. `shared` is of parameters alone, so that inside and outside are the same.
 * - Errors: a name that is empty or no text throws a `SiteError`; so does a program in which a parameter with one
 *   value for each element lies in the plates of two scopes.
 *
 * @example
 * ```ts
 * const noisy = program(function* () {
 *   const z = yield* sample('z', normal(0, 1));
 *   return yield* sample('x', normal(z, yield* param('scale', 1, { support: positive })));
 * });
 * const twice = program(function* () {
 *   yield* condition(scoped('first', noisy), { 'first/x': 2 });
 *   yield* scoped('second', noisy);
 * });
 * Object.keys(trace(twice, { key: key(0) }).sites);
 * // ['first/z', 'scale', 'first/x', 'second/z', 'second/x']
 * ```
 */
export const scoped = <const S extends string, E, A>(
  name: S,
  body: Program<E, A>,
): Program<Scoped<E, S>, A> => {
  checkName('scope', name);
  return rewrite(body, () => ({ each: (i) => under(name, i) }));
};
