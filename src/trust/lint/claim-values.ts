import { type ContextValue, STRANGER } from '../evaluate/request-context.ts';
import type { Statement } from '../evaluate/statement.ts';
import { type Claim, conditionsOn } from './claim-conditions.ts';
import type { EntraIssuer } from './entra-issuer.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** More values than a trust policy has room for. */
const MAX_VALUES = 200;

/** Values of a claim that a policy distinguishes: those that it names, and one that it does not. */
export function possibleValues(statements: readonly Statement[], entra: EntraIssuer, claim: Claim): readonly ContextValue[] {
  const written = statements.flatMap((statement) => conditionsOn(statement, entra.issuer, claim)).flatMap(({ values }) => values);
  const examples = written.flatMap((value) => [value, value.toLowerCase(), value.replaceAll(/[*?]/g, 'x')]);
  const clientIds = claim === 'sub' ? clientIdsOf(statements, entra) : [];
  const possible = [...new Set(examples)].filter((value) => neverA(claim, value, { entra, clientIds }) === undefined);
  return [...possible.slice(0, MAX_VALUES), STRANGER];
}

/** Client ids that stand in the audiences of a policy. */
export function clientIdsOf(statements: readonly Statement[], { issuer }: EntraIssuer): readonly string[] {
  const audiences = statements.flatMap((one) => conditionsOn(one, issuer, 'aud')).flatMap(({ values }) => values);
  return audiences.map((one) => one.toLowerCase().replace(/^api:\/\//, '')).filter((one) => GUID.test(one));
}

interface KnownTrust {
  readonly entra: EntraIssuer;
  readonly clientIds: readonly string[];
}

/** Why a claim of Entra ID's tokens is never `value`, with what to write instead; `undefined` when it may be. */
export function neverA(
  claim: Claim,
  value: string,
  { entra, clientIds }: KnownTrust,
): { readonly why: string; readonly fix: string } | undefined {
  if (value.trim() === '') return { why: 'A claim is never empty.', fix: WRITE[claim] };
  if (value !== value.trim()) return { why: `"${value}" begins or ends with a space, which no claim does.`, fix: 'Remove the space.' };
  if (/[*?]/.test(value)) return { why: `A wildcard is text under this operator, and no claim has one: "${value}".`, fix: WRITE[claim] };
  return claim === 'aud' ? neverAnAudience(value, entra) : neverASubject(value, entra, clientIds);
}

const WRITE = {
  aud: 'Write the Application ID URI that tokens are requested for.',
  sub: 'Write the object id of the managed identity, or of the service principal (not of the app registration).',
};

function neverAnAudience(value: string, { version }: EntraIssuer) {
  if (/\/\.default\/?$/.test(value))
    return {
      why: `"${value}" is a scope. The audience of its tokens is without "/.default".`,
      fix: `Write "${value.replace(/\/\.default\/?$/, '')}".`,
    };
  if (version === 2 && /^[a-z]+:\/\//i.test(value))
    return {
      why: 'Tokens of version 2 name client ids, never an Application ID URI, and AWS takes the client id of the caller (azp) for the audience.',
      fix: "Write the caller's client id, or let the app registration issue version 1 tokens and trust their issuer.",
    };
  return GUID.test(value) && value !== value.toLowerCase() ? wrongCase(value) : undefined;
}

function neverASubject(value: string, { tenant }: EntraIssuer, clientIds: readonly string[]) {
  if (GUID.test(value) && value !== value.toLowerCase()) return wrongCase(value);
  if (value.toLowerCase() === tenant.toLowerCase())
    return { why: `${value} is the tenant, which is the subject of no token.`, fix: WRITE.sub };
  if (clientIds.includes(value.toLowerCase()))
    return { why: `${value} is the client id that the audience names. The subject is another id of the same identity.`, fix: WRITE.sub };
  if (/^(?:https?|api):\/\//i.test(value))
    return { why: `"${value}" is an address. The subject of an application's token is an object id.`, fix: WRITE.sub };
  return undefined;
}

function wrongCase(value: string) {
  return { why: `Entra ID writes ids in lower case, and this operator compares case: "${value}".`, fix: `Write "${value.toLowerCase()}".` };
}
