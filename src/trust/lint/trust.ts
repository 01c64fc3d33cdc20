import { isEveryone, matchesAction, type Principal, type Statement } from '../evaluate/statement.ts';
import { ASSUME_WITH_TOKEN } from '../evaluate/web-identity.ts';
import { entraIssuerOf } from './entra-issuer.ts';

/** An OIDC provider of the account. */
export interface Provider {
  readonly place: string;
  readonly url: string;
  readonly clientIds: readonly string[];
  readonly thumbprints: readonly string[];
  /** `false` when its stack would delete it; always `true` outside of a stack. */
  readonly isRetained: boolean;
}

/** A role, or as much of it as is known. */
export interface Role {
  readonly place: string;
  /** `undefined` when it is not known. */
  readonly arn?: string | undefined;
  /** `undefined` when only its permissions are known. */
  readonly trust?: readonly Statement[];
  readonly permissions: readonly Statement[];
  readonly managedPolicyArns: readonly string[];
  /** `undefined` when it is not known. */
  readonly maxSessionSeconds?: number | undefined;
}

/** The documents to check. */
export interface Trust {
  readonly providers: readonly Provider[];
  readonly roles: readonly Role[];
}

/** The default of a role whose document does not set it. */
const DEFAULT_MAX_SESSION_SECONDS = 3_600;

/** The maximum session duration, read from the document of a role; `undefined` when it is known only at deployment. */
export function readMaxSession(value: unknown = DEFAULT_MAX_SESSION_SECONDS): number | undefined {
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** The statements by which somebody can come in with a token. */
export function webIdentityStatements({ trust = [] }: Role): readonly Statement[] {
  return trust.filter(
    (statement) =>
      statement.isAllow &&
      (statement.notPrincipals.length > 0 ||
        statement.principals.some(({ type, id }) => type === 'Federated' || isEveryone({ type, id }))) &&
      matchesAction(statement, ASSUME_WITH_TOKEN),
  );
}

/** A role that tokens cannot and should not get into is not ours. */
export function federatedRoles({ roles }: Trust): readonly Role[] {
  return roles.filter(
    (role) =>
      role.trust === undefined ||
      webIdentityStatements(role).length > 0 ||
      role.trust.some(({ isAllow, principals }) => isAllow && principals.some(isOfEntra)),
  );
}

/** Tells whether a principal is meant to be a provider of Entra ID's tokens, however it is written. */
function isOfEntra({ id }: Principal): boolean {
  return entraIssuerOf(id.replace(/^arn:.*?-provider\//, '')) !== undefined;
}

/** The issuer that an OIDC provider's ARN names; none for another ARN. */
export function issuerOf(providerArn: string): readonly string[] {
  const [, issuer] = /:oidc-provider\/(.+)$/.exec(providerArn) ?? [];
  return issuer === undefined ? [] : [issuer];
}

/** `https://` and the like, which URLs have and the keys and ARNs of IAM have not. */
export function withoutScheme(url: string): string {
  return url.replace(/^[a-z]+:\/\//i, '');
}
