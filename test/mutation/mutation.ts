/** One fault: `find`, which occurs once in `file`, is replaced. */
export interface Mutation {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** The test file that must fail, or `tsc` for what only the compiler can refuse. */
  readonly killedBy: string;
  /** A pattern of test names, where those alone are to find it. */
  readonly only?: string;
  /** One of those that `npm run mutate -- --quick` makes. */
  readonly quick?: boolean;
}
