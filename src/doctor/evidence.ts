import type { Environment } from '../environment.ts';
import type { Claims } from './claims.ts';

/** What there is to go by. */
export interface Evidence {
  /** What a service or a tool said: an error's messages, or what someone pasted. */
  readonly text: string;
  /** Of the token in question, where there is one. */
  readonly claims?: Claims;
  readonly environment?: Environment;
  /** Milliseconds since the epoch. */
  readonly nowMs?: number;
}

/** A way in which the trust is known to fail. `symptom` is what people see of it, where there is nothing more precise to tell. */
export interface KnownFailure {
  readonly symptom: string;
  readonly cause: string;
  readonly fix: string;
  readonly isSeenIn: (evidence: Evidence) => boolean;
}

/** Sees a failure by what was said. */
export function said(sign: RegExp): KnownFailure['isSeenIn'] {
  return ({ text }) => sign.test(text);
}
