/** What is said of a name that is not there: the names that it is nearest to, and what there is. */

/** The fewest letters to put in, leave out, exchange or swap with the next that make one text another. */
export const editDistance = (a: string, b: string): number => {
  const [from, to] = [[...a], [...b]];
  let before: readonly number[] = [];
  let row: readonly number[] = [0, ...to.map((_, j) => j + 1)];
  from.forEach((letter, i) => {
    const next: number[] = [i + 1];
    to.forEach((other, j) => {
      const at = (of: readonly number[], k: number): number => of[k] ?? Infinity;
      const swaps = i > 0 && j > 0 && letter === to[j - 1] && from[i - 1] === other;
      next.push(
        Math.min(
          at(next, j) + 1,
          at(row, j + 1) + 1,
          at(row, j) + (letter === other ? 0 : 1),
          swaps ? at(before, j - 1) + 1 : Infinity,
        ),
      );
    });
    [before, row] = [row, next];
  });
  return row[to.length] ?? 0;
};

/** Names longer than this are compared by their beginnings. */
const LONGEST = 60;

/** How far a name may be from another to be meant by it: a letter in three. */
const isNear = (name: string, other: string, distance: number): boolean =>
  distance <= Math.max(1, Math.floor(Math.max(name.length, other.length) / 3));

/** The names that one that is not there may stand for, the nearest first. */
export const nearestNames = (name: string, names: readonly string[]): readonly string[] => {
  const cut = (text: string): string => text.slice(0, LONGEST).toLowerCase();
  return names
    .map((other) => ({ other, distance: editDistance(cut(name), cut(other)) }))
    .filter(({ other, distance }) => isNear(cut(name), cut(other), distance))
    .toSorted((a, b) => a.distance - b.distance)
    .map(({ other }) => other);
};

const MOST_TOLD = 12;

const quoted = (name: string): string =>
  name.length > LONGEST ? `'${name.slice(0, LONGEST - 1)}…'` : `'${name}'`;

/** Names in quotes; of very many, the first and how many more there are. */
export const listedNames = (names: readonly string[]): string => {
  const told = names.slice(0, MOST_TOLD).map(quoted).join(', ');
  const more = names.length - MOST_TOLD;
  return names.length === 0 ? 'none' : more > 0 ? `${told} and ${more} more` : told;
};

/** The cure for a name that is not there, as one or two sentences. */
export const meantBy = (name: string, names: readonly string[]): string => {
  const [near] = nearestNames(name, names);
  const question = near === undefined ? '' : `Did you mean ${quoted(near)}? `;
  return `${question}There ${names.length === 1 ? 'is' : 'are'} ${listedNames(names)}.`;
};
