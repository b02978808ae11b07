/** A program that cannot be traced, and what to do. */
export class RecordingError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RecordingError';
  }
}

/** The reason of a refusal to trace; any other error goes on. */
export const refusalOf = (error: unknown): string => {
  if (error instanceof RecordingError) return error.message;
  throw error;
};
