/** Text from outside, for a message: control characters escaped, and cut where it is long. */

const MOST = 80;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/**
 * At most `most` characters of a text, on one line.
 *
 * @example
 * ```ts
 * excerpt('a\nb'); // 'a\\u000ab'
 * excerpt('x'.repeat(9), 4); // 'xxx…'
 * ```
 */
export const excerpt = (text: string, most = MOST): string => {
  // Cut before and after, because what comes in may be as long as a file.
  const line = text.slice(0, most + 1).replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu, escaped);
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
};
