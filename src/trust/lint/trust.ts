import type { Statement } from './policy-document.ts';

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
  /** `undefined` when only its permissions are known. */
  readonly trust?: readonly Statement[];
  readonly permissions: readonly Statement[];
  readonly managedPolicyArns: readonly string[];
  /** `undefined` when it is not known. */
  readonly maxSessionSeconds?: number | undefined;
}

/** What is to be checked. */
export interface Trust {
  readonly providers: readonly Provider[];
  readonly roles: readonly Role[];
}

/** What a role has whose document says nothing of it. */
const DEFAULT_MAX_SESSION_SECONDS = 3_600;

/** The maximum session duration, read from the document of a role; `undefined` when it is known only at deployment. */
export function readMaxSession(value: unknown = DEFAULT_MAX_SESSION_SECONDS): number | undefined {
  return Number.isFinite(Number(value)) ? Number(value) : undefined;
}

const WEB_IDENTITY = 'sts:assumerolewithwebidentity';

/** The statements by which somebody can come in with a token. */
export function webIdentityStatements({ trust = [] }: Role): readonly Statement[] {
  return trust.filter(
    ({ isAllow, principals, actions, isNegated }) =>
      isAllow && principals.length > 0 && (isNegated || actions.some((action) => mayMean(action.toLowerCase(), WEB_IDENTITY))),
  );
}

/** Tells whether an action of a policy, `*` in it or not, stands for `action`. Both in lower case. */
function mayMean(pattern: string, action: string): boolean {
  return pattern.includes('*') ? action.startsWith(pattern.slice(0, pattern.indexOf('*'))) : pattern === action;
}

/** Whatever role tokens have no way into is none of ours. */
export function federatedRoles({ roles }: Trust): readonly Role[] {
  return roles.filter((role) => role.trust === undefined || webIdentityStatements(role).length > 0);
}

/** `https://` and the like, which URLs have and the keys and ARNs of IAM have not. */
export function withoutScheme(url: string): string {
  return url.replace(/^[a-z]+:\/\//i, '');
}
