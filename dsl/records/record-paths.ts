/** Records whose names begin with where they belong: `params/loc`, `optimizer/count`. */

/** The record with every name put under a prefix. */
export const putUnder = <A>(
  prefix: string | number,
  record: Readonly<Record<string, A>>,
): Readonly<Record<string, A>> =>
  Object.fromEntries(Object.entries(record).map(([name, a]) => [`${prefix}/${name}`, a]));

/** The entries under a prefix, without it. */
export const takeUnder = <A>(
  prefix: string | number,
  record: Readonly<Record<string, A>>,
): Readonly<Record<string, A>> =>
  Object.fromEntries(
    Object.entries(record).flatMap(([name, a]) =>
      name.startsWith(`${prefix}/`) ? [[name.slice(`${prefix}/`.length), a]] : [],
    ),
  );
