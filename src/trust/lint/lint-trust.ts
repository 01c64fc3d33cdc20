import type { Statement } from '../evaluate/statement.ts';
import { type Door, doorsOf } from './doors.ts';
import { checkAudiences } from './rules/audience-rules.ts';
import { checkClosed } from './rules/closed-rules.ts';
import { checkStrangers } from './rules/open-rules.ts';
import { checkPermissions } from './rules/permission-rules.ts';
import { checkPrincipals } from './rules/principal-rules.ts';
import { checkProvider } from './rules/provider-rules.ts';
import { checkSessions } from './rules/session-rules.ts';
import { federatedRoles, type Provider, type Role, type Trust } from './trust.ts';
import type { Finding } from './trust-finding.ts';

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

/** Checks who gets in by a door and should not, and whether those get in who should. */
function checkDoor(door: Door, statements: readonly Statement[], providers: readonly Provider[]): readonly Finding[] {
  return [...checkStrangers(door, statements), ...checkClosed(door, statements), ...checkAudiences(door, statements, providers)];
}
