/** What was thrown, as data: anything can be. */

/** Why, in words. */
export const reasonOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);

/** Whether it is an error of Node's with one of these codes. */
export const hasCode = (thrown: unknown, ...codes: readonly string[]): thrown is Error =>
  thrown instanceof Error && 'code' in thrown && codes.some((code) => thrown.code === code);
