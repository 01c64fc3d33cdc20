import type { KeyValues } from '../evaluate/request-context.ts';
import { type AccessRequest, evaluateStatements, isEveryone, matchesAction, type Statement } from '../evaluate/statement.ts';
import { ASSUME_WITH_TOKEN, webIdentityRequest } from '../evaluate/web-identity.ts';
import { type EntraIssuer, entraIssuerOf } from './entra-issuer.ts';
import { issuerOf } from './trust.ts';

/** A provider by which tokens of Entra ID come in. */
export interface Door {
  /** As the policy names it. */
  readonly provider: string;
  readonly entra: EntraIssuer;
}

/** The providers of Entra ID's tokens that a policy names, or that everyone includes. */
export function doorsOf(statements: readonly Statement[]): readonly Door[] {
  const allowed = statements.filter(({ isAllow }) => isAllow);
  const named = allowed
    .flatMap(({ principals }) => principals)
    .filter(({ type }) => type === 'Federated')
    .flatMap(({ id }) => issuerOf(id).map((issuer) => ({ provider: id, issuer })));
  const all = [...named, ...allowed.filter(isForEveryone).flatMap(issuersOfKeys)];
  const doors = all.flatMap(({ provider, issuer }): readonly Door[] => {
    const entra = entraIssuerOf(issuer);
    return entra === undefined ? [] : [{ provider, entra }];
  });
  return doors.filter((door, index) => doors.findIndex(({ provider }) => provider === door.provider) === index);
}

/** Statements by which tokens of this door may come in, its conditions apart. */
export function statementsFor(door: Door, statements: readonly Statement[]): readonly Statement[] {
  return statements.filter(
    (statement) =>
      statement.isAllow &&
      matchesAction(statement, ASSUME_WITH_TOKEN) &&
      (isForEveryone(statement) || statement.principals.some(({ type, id }) => type === 'Federated' && id === door.provider)),
  );
}

export interface Token {
  readonly audience: KeyValues;
  readonly subject: KeyValues;
  readonly sessionName?: KeyValues;
}

/** The request of somebody with a token, whose circumstances and session name are not known. */
export function requestOf({ provider, entra: { issuer } }: Door, { audience, subject, sessionName = 'unknown' }: Token): AccessRequest {
  return webIdentityRequest({ provider, issuer, audience, subject, sessionName });
}

/** Tells whether a policy may let somebody in. */
export function mayEnter(statements: readonly Statement[], request: AccessRequest): boolean {
  return ['allowed', 'undecided'].includes(evaluateStatements(statements, request));
}

function isForEveryone({ principals, notPrincipals }: Statement): boolean {
  return notPrincipals.length > 0 || principals.some(isEveryone);
}

function issuersOfKeys({ conditions }: Statement) {
  return conditions.flatMap(({ key }) => {
    const [, issuer] = /^(.*[./].*):[^:/]+$/.exec(key) ?? [];
    return issuer === undefined ? [] : [{ provider: `arn:aws:iam::<account>:oidc-provider/${issuer}`, issuer }];
  });
}
