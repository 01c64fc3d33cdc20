import { ENTRA_FAILURES } from './entra-failures.ts';
import type { Evidence, KnownFailure } from './evidence.ts';
import type { Finding } from './finding.ts';
import { DEPLOYMENT_FAILURES, S3_FAILURES } from './other-failures.ts';
import { STS_FAILURES } from './sts-failures.ts';

const KNOWN_FAILURES = { ...STS_FAILURES, ...ENTRA_FAILURES, ...DEPLOYMENT_FAILURES, ...S3_FAILURES };

/** Names of the failures that the doctor knows. */
export type FailureId = keyof typeof KNOWN_FAILURES;

export const FAILURE_IDS = Object.keys(KNOWN_FAILURES) as readonly FailureId[];

/** The finding of a known failure; `symptom` tells how it shows here. */
export function findingOf(id: FailureId, symptom?: string): Finding {
  const { symptom: usual, cause, fix } = KNOWN_FAILURES[id];
  return { id, symptom: symptom ?? usual, cause, fix };
}

/** Every known failure that shows in the evidence, the likeliest first. */
export function recognise(evidence: Evidence): readonly Finding[] {
  return FAILURE_IDS.filter((id) => (KNOWN_FAILURES[id] as KnownFailure).isSeenIn(evidence)).map((id) => findingOf(id));
}
