/** What the sources say of the public names of an entry: the docstring of each, and the file that it stands in. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A docstring in its parts, without its example. */
export interface Docstring {
  /** Its first paragraph. */
  readonly summary: string;
  /** The paragraphs after it: formulas, mostly. */
  readonly formulas: readonly string[];
  /** `Shapes`, `Gradient`, `Edges`, `Source` and the like, by their names. */
  readonly notes: ReadonlyMap<string, string>;
}

/** A public value, and where it is declared. */
export interface Declared {
  /** As users write it. */
  readonly name: string;
  readonly file: string;
  /** As its file has it. */
  readonly own: string;
}

/** The values that a file gives to others, by clauses and whole files; those of types are left out. */
export const declaredBy = (root: string, file: string): readonly Declared[] => {
  const text = readFileSync(join(root, file), 'utf8');
  const at = (path: string): string => join(dirname(file), path).replace(/\.js$/, '.ts');
  const clauses = [...text.matchAll(/^export \{([^}]*)\} from '(\..*)';/gm)].flatMap(
    ([, names = '', path = '']) =>
      names
        .split(',')
        .map((name) => name.trim())
        .filter((name) => name !== '' && !name.startsWith('type '))
        .map((name): Declared => {
          const [own = name, as = own] = name.split(' as ');
          return { name: as, file: at(path), own };
        }),
  );
  const wholes = [...text.matchAll(/^export \* from '(\..*)';/gm)].flatMap(([, path = '']) =>
    declaredBy(root, at(path)),
  );
  const here = [...text.matchAll(/^export (?:const|function) (\w+)/gm)].map(
    ([, name = '']): Declared => ({ name, file, own: name }),
  );
  return [...clauses, ...wholes, ...here];
};

/** Lines as one, where a paragraph is broken into them. */
const joined = (lines: string): string => lines.replaceAll(/\s*\n\s*/g, ' ').trim();

const partsOf = (text: string): Docstring => {
  const [about = ''] = text.split(/^@example/m);
  const [before = '', ...points] = about.split(/^- /m);
  const [summary = '', ...formulas] = before.split(/\n\s*\n/).map(joined);
  return {
    summary,
    formulas: formulas.filter((formula) => formula !== ''),
    notes: new Map(
      points.flatMap((point): readonly (readonly [string, string])[] => {
        const [, name, said = ''] = /^(\w+): (.*)$/s.exec(point) ?? [];
        return name === undefined ? [] : [[name, joined(said)]];
      }),
    ),
  };
};

/** The docstring of what is declared; an empty one where it has none. */
export const docstringOf = (root: string, { file, own }: Declared): Docstring => {
  const text = readFileSync(join(root, file), 'utf8');
  const declaration = new RegExp(String.raw`\*/\s*export (?:const|function) ${own}\b`).exec(text);
  const before = declaration === null ? '' : text.slice(0, declaration.index);
  const comment = declaration === null ? '' : before.slice(before.lastIndexOf('/**') + 3);
  return partsOf(comment.replaceAll(/^\s*\* ?/gm, '').trim());
};
