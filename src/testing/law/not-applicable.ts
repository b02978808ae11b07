/** A law that says nothing of what it was asked about: no breach, and no proof either. */
export class LawNotApplicable extends Error {
  constructor(check: string, expected: string, received: string) {
    super(`${check}: expected ${expected}, but got ${received}.`);
    this.name = 'LawNotApplicable';
  }
}
