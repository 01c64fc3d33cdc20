import type { Role } from '../trust.ts';
import type { Finding } from '../trust-finding.ts';

const LONGEST_SESSION_SECONDS = 43_200;
const SHORTEST_MAXIMUM_SECONDS = 3_600;

/** Checks how long sessions of a role may last, and whether those of `sessionSeconds` fit into that. */
export function checkSessions({ place, maxSessionSeconds }: Role, sessionSeconds = 0): readonly Finding[] {
  if (maxSessionSeconds === undefined) return [];
  const at = `${place}.MaxSessionDuration`;
  return [
    ...(maxSessionSeconds > LONGEST_SESSION_SECONDS ? [tooLong(maxSessionSeconds, at)] : []),
    ...(maxSessionSeconds < SHORTEST_MAXIMUM_SECONDS ? [tooShort(maxSessionSeconds, at)] : []),
    ...(sessionSeconds > maxSessionSeconds ? [aboveMaximum(sessionSeconds, maxSessionSeconds, at)] : []),
  ];
}

function tooLong(seconds: number, place: string): Finding {
  return {
    rule: 'role/session-too-long',
    severity: 'error',
    place,
    why: `The maximum session duration is ${seconds} s, but IAM takes ${LONGEST_SESSION_SECONDS} s (12 h) at most.`,
    fix: 'Lower it. An hour is enough: sessions are renewed while they are used.',
  };
}

function tooShort(seconds: number, place: string): Finding {
  return {
    rule: 'role/maximum-too-short',
    severity: 'error',
    place,
    why: `The maximum session duration is ${seconds} s, but IAM takes ${SHORTEST_MAXIMUM_SECONDS} s (1 h) at least.`,
    fix: `Raise it to ${SHORTEST_MAXIMUM_SECONDS}. Shorter sessions are requested with BRIDGE_SESSION_SECONDS.`,
  };
}

function aboveMaximum(seconds: number, maximum: number, place: string): Finding {
  return {
    rule: 'role/session-above-maximum',
    severity: 'error',
    place,
    why: `Sessions of ${seconds} s are asked for, but the role allows ${maximum} s, so STS refuses: "DurationSeconds exceeds the MaxSessionDuration".`,
    fix: 'Lower BRIDGE_SESSION_SECONDS, or raise MaxSessionDuration of the role.',
  };
}
