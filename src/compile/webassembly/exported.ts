/** A function of a module that was made here; one that is missing must not pass for one that does nothing. */
export const exported = (
  exports: Readonly<Record<string, (() => void) | undefined>>,
  name: string,
): (() => void) => {
  const found = exports[name];
  if (found === undefined) throw new Error(`webassembly: the module has no '${name}'.`);
  return found;
};
