const symbols: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  _: '\\_',
  '#': '\\#',
  $: '\\$',
  '%': '\\%',
  '&': '\\&',
  '^': '\\^{}',
  '~': '\\~{}',
};

/** A name as mathematics: one letter as it is, a word upright, special characters escaped. */
export const latexName = (word: string): string => {
  const safe = [...word].map((c) => symbols[c] ?? c).join('');
  return word.length === 1 ? safe : `\\mathrm{${safe}}`;
};
