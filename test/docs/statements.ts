/**
 * The results that an example states: `expression; // value`, or the value in comment lines right
 * below the expression. Statements begin at the left margin, as formatted code does.
 */

/** A stated result, with the lines of the example it stands in, counted from 0. */
export interface Stated {
  readonly from: number;
  /** The last line of the statement and its value. */
  readonly to: number;
  readonly expression: string;
  readonly value: string;
}

/** A closing bracket, a chained call or a comment goes on with the statement above. */
const beginsStatement = (line: string): boolean => /^[^\s)\]}.?:|&/]/.test(line);

const DECLARATION =
  /^(?:const|let|import|export|function|class|interface|type|return|for|if|throw|declare)\b/;

/** Text that can only be a value, where prose about the next statement could stand as well. */
const LOOKS_LIKE_VALUE = /^(?:['"`[{(\d-]|new\s|E\.|(?:true|false|null|undefined|NaN|Infinity)\b)/;

const comment = (line: string | undefined): string | undefined =>
  line === undefined ? undefined : /^\/\/ ?(.*)$/.exec(line)?.[1];

const commentsFrom = (lines: readonly string[], at: number): readonly string[] => {
  const text = comment(lines[at]);
  return text === undefined ? [] : [text, ...commentsFrom(lines, at + 1)];
};

const statedIn = (lines: readonly string[], from: number, end: number): readonly Stated[] => {
  const body = lines.slice(from, end).filter((line) => comment(line) === undefined);
  const text = body.join('\n').trimEnd();
  if (DECLARATION.test(text)) return [];
  const beside = /^(.*);\s*\/\/ (.*)$/s.exec(text);
  const to = from + body.length - 1;
  if (beside !== null && !(beside[2] ?? '').includes('\n')) {
    return [{ from, to, expression: beside[1] ?? '', value: beside[2] ?? '' }];
  }
  const last = from + text.split('\n').length - 1;
  const below = commentsFrom(lines, last + 1);
  return text.endsWith(';') && LOOKS_LIKE_VALUE.test(below[0] ?? '')
    ? [{ from, to: last + below.length, expression: text.slice(0, -1), value: below.join('\n') }]
    : [];
};

/** Every result that an example states. */
export const statedResults = (code: string): readonly Stated[] => {
  const lines = code.split('\n');
  const starts = lines.flatMap((line, i) => (beginsStatement(line) ? [i] : []));
  return starts.flatMap((from, i) => statedIn(lines, from, starts[i + 1] ?? lines.length));
};
