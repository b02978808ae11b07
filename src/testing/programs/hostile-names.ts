/** Names that programs may have, and that careless code takes for something else. */
export const hostileNames: readonly string[] = [
  // What every object has from its prototype.
  '__proto__',
  'constructor',
  'toString',
  'valueOf',
  'hasOwnProperty',
  // Keys of a record that come before all others, whatever order they were put in.
  '10',
  '2',
  // What states, graphs and noise put in front of names.
  'params/w',
  'noise/z/0',
  'turn/0/loss',
  'step',
  'loss',
  'plate z',
  'param z',
  'dream z',
  'site z',
  // What paths and code are made of.
  '~1',
  "a'b`${c}\\",
  'α β',
];

/** Other names, and what they stand for. */
export interface Renaming {
  readonly to: (name: string) => string;
  readonly original: (name: string) => string;
}

/** Gives every name that it is asked for another, a hostile one; two names never get the same. */
export const hostileRenaming = (names: readonly string[] = hostileNames): Renaming => {
  const given = new Map<string, string>();
  const from = new Map<string, string>();
  return {
    to: (name) => {
      const known = given.get(name);
      if (known !== undefined) return known;
      const round = Math.floor(given.size / names.length);
      const hostile = names[given.size % names.length] ?? name;
      const fresh = round === 0 ? hostile : `${hostile} ${round}`;
      given.set(name, fresh);
      from.set(fresh, name);
      return fresh;
    },
    original: (name) => from.get(name) ?? name,
  };
};
