import { randomBytes } from 'node:crypto';
import { type AccessRequest, evaluateStatements } from '../../../src/trust/evaluate/statement.ts';
import { type Policy, parsePolicy } from './policy.ts';

export interface OidcProvider {
  readonly arn: string;
  /** The issuer exactly as its tokens write it. */
  readonly url: string;
  readonly clientIds: readonly string[];
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly trustPolicy: Policy;
  readonly policies: readonly Policy[];
  readonly maxSessionSeconds: number;
}

export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly role: Role;
  readonly name: string;
  readonly policy: Policy | undefined;
}

export interface RoleDefinition {
  readonly name: string;
  /** Policy documents, as objects or JSON text. */
  readonly trustPolicy: unknown;
  readonly policies: readonly unknown[];
  readonly maxSessionSeconds?: number;
}

export interface SessionRequest {
  readonly role: Role;
  readonly name: string;
  readonly expiresInSeconds: number;
  readonly policy?: Policy | undefined;
}

export type Account = ReturnType<typeof createAccount>;

const DEFAULT_MAX_SESSION_SECONDS = 3600;

/** The account's identity providers, roles and sessions, in memory. */
export function createAccount(id: string, clock: () => Date) {
  const providers = new Map<string, OidcProvider>();
  const roles = new Map<string, Role>();
  const sessions = new Map<string, Session>();

  return {
    id,

    createOidcProvider({ url, clientIds }: { readonly url: string; readonly clientIds: readonly string[] }): OidcProvider {
      const provider = { arn: `arn:aws:iam::${id}:oidc-provider/${url.replace(/^https:\/\//, '')}`, url, clientIds };
      providers.set(url, provider);
      return provider;
    },

    findOidcProvider: (url: string) => providers.get(url),

    /** Throws when a policy is not valid. A role of the same name is replaced; its sessions keep what they were given. */
    createRole({ name, trustPolicy, policies, maxSessionSeconds = DEFAULT_MAX_SESSION_SECONDS }: RoleDefinition): Role {
      const role: Role = {
        arn: `arn:aws:iam::${id}:role/${name}`,
        name,
        id: `AROA${randomText(16)}`,
        trustPolicy: parsePolicy(trustPolicy, 'trust'),
        policies: policies.map((document) => parsePolicy(document, 'identity')),
        maxSessionSeconds,
      };
      roles.set(role.arn, role);
      return role;
    },

    findRole: (arn: string) => roles.get(arn),

    /** Adds a policy to a role; sessions that are open keep what they were given. Throws when there is no such role or the policy is not valid. */
    addRolePolicy(roleName: string, document: unknown): void {
      const role = roles.get(`arn:aws:iam::${id}:role/${roleName}`);
      if (role === undefined) throw new Error(`There is no role ${roleName}.`);
      roles.set(role.arn, { ...role, policies: [...role.policies, parsePolicy(document, 'identity')] });
    },

    openSession({ role, name, expiresInSeconds, policy }: SessionRequest): Session {
      const session: Session = {
        accessKeyId: `ASIA${randomText(16)}`,
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: `IQoJ${randomBytes(672).toString('base64')}`,
        expiration: wholeSeconds(clock().getTime() + expiresInSeconds * 1000),
        role,
        name,
        policy,
      };
      sessions.set(session.accessKeyId, session);
      return session;
    },

    findSession: (accessKeyId: string) => sessions.get(accessKeyId),

    /** Ends every session now, as if its time had run out. */
    expireSessions(): void {
      for (const [key, session] of sessions) sessions.set(key, { ...session, expiration: wholeSeconds(clock().getTime()) });
    },
  };
}

/** What the role allows and the session's own policy, if it has one, allows as well. */
export function isAllowed(session: Session, request: AccessRequest): boolean {
  const limits = session.policy === undefined ? [session.role.policies.flat()] : [session.role.policies.flat(), session.policy];
  return limits.every((policies) => evaluateStatements(policies, request) === 'allowed');
}

/** ARN of what a session acts as. */
export function assumedRoleArn(session: Session, accountId: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${session.role.name}/${session.name}`;
}

const ID_ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function randomText(length: number): string {
  return Array.from(randomBytes(length), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('');
}

function wholeSeconds(timeMs: number): Date {
  return new Date(Math.floor(timeMs / 1000) * 1000);
}
