/** A public law with what keeps it and what breaks it. */
import type { LawName } from 'marginalia/testing';

export interface Case {
  readonly law: LawName;
  readonly by: string;
  readonly kept: () => void | Promise<void>;
  readonly broken: () => void | Promise<void>;
}
