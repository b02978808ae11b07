/** What is made when it is first asked for, and kept. */

export const once = <A>(make: () => A): (() => A) => {
  const made: { readonly it: A }[] = [];
  return () => {
    const found = made[0] ?? { it: make() };
    made[0] = found;
    return found.it;
  };
};
