/** A program that cannot be traced, and what to do. */
export class TraceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TraceError';
  }
}

/** The reason of a refusal to trace; any other error goes on. */
export const refusalOf = (error: unknown): string => {
  if (error instanceof TraceError) return error.message;
  throw error;
};
