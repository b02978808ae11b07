/**
 * Errors for mistakes in a program: shapes that do not fit, a site visited twice, a guide that
 * does not match its model. They are thrown at once, because the program can never be right.
 * Failures that depend on data are values (`Either`), not these.
 */

/** What a `SiteError` must say: where, what should have been, what was, and the way out. */
export interface Complaint {
  readonly site: string;
  readonly expected: string;
  readonly received: string;
  readonly cure: string;
}

/** A mistake at a named site of a program. */
export class SiteError extends Error implements Complaint {
  readonly site: string;
  readonly expected: string;
  readonly received: string;
  readonly cure: string;

  constructor(complaint: Complaint) {
    super(
      `${complaint.site}: expected ${complaint.expected}, but got ${complaint.received}. ${complaint.cure}`,
    );
    this.name = 'SiteError';
    this.site = complaint.site;
    this.expected = complaint.expected;
    this.received = complaint.received;
    this.cure = complaint.cure;
  }
}

/** Formats a site name for a message. */
export const siteLabel = (name: string): string => `site '${name}'`;

export const paramLabel = (name: string): string => `param '${name}'`;
