import type { Environment } from '../../config/environment.ts';
import type { Claims } from '../checks/claims.ts';

/** The evidence for a failure. */
export interface Evidence {
  /** Text of a service or tool, as `plainText` returns it: an error's messages, or a pasted text. */
  readonly text: string;
  /** Claims of the token in question, where there is one. */
  readonly claims?: Claims;
  readonly environment?: Environment;
  /** Milliseconds since the epoch. */
  readonly nowMs?: number;
}

/** The part of the chain that a failure is about. */
export type Link = 'settings' | 'identity' | 'token' | 'trust' | 'sts' | 'credentials' | 'locations' | 'deployment' | 'host' | 'network';

/** A known way to fail. `symptom` is what people see of it, where there is nothing more precise to say. */
export interface KnownFailure {
  readonly link: Link;
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
  readonly isSeenIn: (evidence: Evidence) => boolean;
  /** `broad`: its sign often comes with that of the real cause. `family`: an error of a service that no other entry knows. */
  readonly rank?: 'broad' | 'family';
}

/** The failures of one family by their ids. More particular ones come first. */
export type Failures = Readonly<Record<string, KnownFailure>>;
