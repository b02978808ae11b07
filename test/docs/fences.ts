/** Fenced code in Markdown text. */

export interface Fence {
  /** What stands behind the opening ticks. */
  readonly info: string;
  readonly code: string;
  /** The line of the opening ticks. */
  readonly line: number;
}

interface Open {
  readonly fence: Omit<Fence, 'code'>;
  readonly indent: string;
  readonly lines: readonly string[];
}

interface Reading {
  readonly found: readonly Fence[];
  readonly open?: Open;
}

const step = ({ found, open }: Reading, text: string, line: number): Reading => {
  const [, indent = '', info = ''] = /^(\s*)```(.*)$/.exec(text) ?? [];
  const isTicks = /^\s*```/.test(text);
  if (open === undefined) {
    return isTicks
      ? { found, open: { fence: { info: info.trim(), line }, indent, lines: [] } }
      : { found };
  }
  return isTicks
    ? { found: [...found, { ...open.fence, code: open.lines.join('\n') }] }
    : { found, open: { ...open, lines: [...open.lines, text.replace(open.indent, '')] } };
};

/** The fences of a text whose first line has the number `first`. */
export const fencesIn = (text: string, first: number): readonly Fence[] => {
  const start: Reading = { found: [] };
  const end = text.split('\n').reduce((reading, line, i) => step(reading, line, first + i), start);
  return end.open === undefined
    ? end.found
    : [...end.found, { ...end.open.fence, info: 'open to the end', code: '' }];
};
