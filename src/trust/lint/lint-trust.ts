import { checkAudiences } from './audience-rules.ts';
import { checkClaims } from './claim-rules.ts';
import type { Finding } from './finding.ts';
import { checkIssuer, checkPrincipals } from './issuer-rules.ts';
import { checkPermissions } from './permission-rules.ts';
import { checkProvider } from './provider-rules.ts';
import { checkSessions } from './session-rules.ts';
import { federatedRoles, type Role, type Trust, webIdentityStatements } from './trust.ts';

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
  return [
    ...(role.trust ?? []).flatMap(checkPrincipals),
    ...webIdentityStatements(role).flatMap((statement) => [
      ...checkClaims(statement),
      ...checkIssuer(statement),
      ...checkAudiences(statement, providers),
    ]),
    ...checkSessions(role, options.sessionSeconds),
    ...checkPermissions(role, options),
  ];
}
