/** Asks the law of a saved counterexample again. */
import * as E from 'fp-ts/lib/Either.js';
import { excerpt } from '../../io/files/excerpt.js';
import { readText } from '../../io/files/read-text.js';
import { reasonOf } from '../../../dsl/refusals/thrown.js';
import type { BoundCase } from '../cases/bound-case.js';
import { type Generators, fromRecipe, ownGenerators } from '../cases/recipes.js';
import { builtInLaws, lawsOfMore } from './built-in-laws.js';
import { type Counterexample, CounterexampleCodec } from './counterexample.js';
import { type AnyLaw, type OneOrMore, namedLaws } from './named-laws.js';
import type { Seeded } from './seeded-cases.js';

/** What a counterexample needs that is not the kit's own. */
export interface ReplayOptions {
  /** Laws of one's own, as the property was given them; a single one may have another name. */
  readonly laws?: OneOrMore<AnyLaw<Seeded<BoundCase>>>;
  /** Generators of one's own, by the name in their recipes. */
  readonly generators?: Generators;
}

type Kept = Counterexample & Required<Pick<Counterexample, 'recipe'>>;

const no = (file: string, reason: string): never => {
  throw new Error(`replayCounterexample: ${excerpt(file, 400)} ${reason}.`);
};

const parsed = (file: string, text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return no(file, `is not JSON: ${excerpt(reasonOf(error), 200)}`);
  }
};

const decoded = (file: string, text: string): Kept => {
  const found = CounterexampleCodec.decode(parsed(file, text));
  if (E.isRight(found)) return found.right;
  const name = found.left[0]?.context.map(({ key }) => key).findLast((key) => key !== '0') ?? '';
  const what = name === '' ? 'it holds no object' : `'${name}' is missing or not what it should be`;
  return no(file, `is no counterexample: ${what}`);
};

const lawOf = (
  file: string,
  name: string,
  laws: ReplayOptions['laws'],
): AnyLaw<Seeded<BoundCase>> => {
  const given = laws === undefined ? [] : namedLaws('replayCounterexample', laws);
  const found = [...given, ...builtInLaws].find((l) => l.name === name);
  const only = given.length === 1 ? given[0] : undefined;
  const more = Object.hasOwn(lawsOfMore, name) ? lawsOfMore[name] : undefined;
  const cure =
    more === undefined
      ? "a law of your own: give it among 'laws'"
      : `which needs more than a case: wrap it, const mine = (c) => ${more}, and give { laws: { mine } }`;
  return (found ?? only)?.law ?? no(file, `breaks '${excerpt(name)}', ${cure}`);
};

const caseFrom = (file: string, { recipe }: Kept, generators: Generators): BoundCase => {
  try {
    return fromRecipe(recipe, { ...ownGenerators, ...generators });
  } catch (error) {
    return no(file, `holds no case: ${reasonOf(error)}`);
  }
};

/**
 * Asks the law of a saved counterexample again, of the same case with the same noise: throws what the
 * law throws where it is still broken, and gives a sentence where it holds by now. A test that keeps a
 * mistake from coming back is this one line.
 *
 * `laws` and `generators` are those of one's own that the property was made of. The case is what its
 * generator makes of the recipe: what a `.map` added to it or changed in it is not in the file. Do that in a
 * law of your own, or in a generator that has recipes of its own.
 *
 * - Errors: the law's; one sentence where the file is missing or is no counterexample, or where a law or
 *   a generator is not known.
 *
 * @example
 * ```ts
 * const isWide = ({ gap = 0 }: BoundCase) => {
 *   if (gap > 1) throw new Error('The gap is wide.');
 * };
 * const found = await fc.check(asyncProperty({ isWide }, linearGaussian()), { seed: 1 });
 * await saveCounterexample('wide.json', found)();
 * await replayCounterexample('wide.json', { laws: { isWide } }).catch((e: Error) => e.message);
 * // 'The gap is wide.'
 * const isMended = () => undefined;
 * const told = await replayCounterexample('wide.json', { laws: { isWide: isMended } });
 * told.startsWith("'isWide' holds of the case that linearGaussian makes of its recipe"); // true
 * await replayCounterexample('none.json').catch((e: Error) => e.message);
 * // 'replayCounterexample: none.json could not be read: there is no such file.'
 * ```
 */
export const replayCounterexample = async (
  file: string,
  { laws, generators = {} }: ReplayOptions = {},
): Promise<string> => {
  const text = await readText(file)();
  const kept = E.isLeft(text)
    ? no(file, `could not be read: ${text.left}`)
    : decoded(file, text.right);
  const law = lawOf(file, kept.law, laws);
  const { seed, check } = kept;
  const subject = caseFrom(file, kept, generators);
  await law({ ...subject, seed, ...(check !== undefined && { laws: [check] }) });
  return (
    `'${excerpt(check ?? kept.law)}' holds of the case that ${excerpt(kept.recipe.generator)} makes of its recipe, ` +
    `${excerpt(subject.label, 240)}. What a .map changed in the case is not in the file: ` +
    'where there was one, do the same in a law of your own before you take it for mended.'
  );
};
