import type { Statement } from '../evaluate/statement.ts';
import { checkAudiences } from './audience-rules.ts';
import { checkClosed } from './closed-rules.ts';
import { type Door, doorsOf } from './doors.ts';
import type { Finding } from './finding.ts';
import { checkStrangers } from './open-rules.ts';
import { checkPermissions } from './permission-rules.ts';
import { checkPrincipals } from './principal-rules.ts';
import { checkProvider } from './provider-rules.ts';
import { checkSessions } from './session-rules.ts';
import { federatedRoles, type Provider, type Role, type Trust } from './trust.ts';

export interface LintOptions {
  /** Jobs delete objects, so the role may. */
  readonly deletes: boolean;
  /** The session duration that the app asks for. */
  readonly sessionSeconds?: number | undefined;
}

/** Everything that is wrong with a trust, in the order of the document. */
export function lintTrust(trust: Trust, options: LintOptions): readonly Finding[] {
  return [...trust.providers.flatMap(checkProvider), ...federatedRoles(trust).flatMap((role) => checkRole(role, trust, options))];
}

function checkRole(role: Role, { providers }: Trust, options: LintOptions): readonly Finding[] {
  const statements = role.trust ?? [];
  return [
    ...checkPrincipals(role),
    ...doorsOf(statements).flatMap((door) => checkDoor(door, statements, providers)),
    ...checkSessions(role, options.sessionSeconds),
    ...checkPermissions(role, options),
  ];
}

/** Who comes in by a door that should not, and whether those do who should. */
function checkDoor(door: Door, statements: readonly Statement[], providers: readonly Provider[]): readonly Finding[] {
  return [...checkStrangers(door, statements), ...checkClosed(door, statements), ...checkAudiences(door, statements, providers)];
}
