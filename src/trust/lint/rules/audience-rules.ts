import { parseOperator } from '../../evaluate/conditions.ts';
import type { Statement } from '../../evaluate/statement.ts';
import { conditionsOn, placeOf } from '../claim-conditions.ts';
import { type Door, mayEnter, requestOf, statementsFor, type Token } from '../doors.ts';
import { entraIssuerOf } from '../entra-issuer.ts';
import type { Provider } from '../trust.ts';
import { errorOf, type Finding } from '../trust-finding.ts';
import { likelyTokens } from './closed-rules.ts';

const firstParty = errorOf('trust/first-party-audience', {
  why: 'It is the audience of a Microsoft service. Tokens for it are made for that service: each one sent to AWS is a live key to it.',
  fix: 'Register an application of your own, and use its Application ID URI.',
});
const notListed = errorOf('provider/audience-not-listed', {
  why: 'The OIDC provider of this stack lists none of the audiences, so STS refuses every token: "Incorrect token audience".',
  fix: "Add the audience to the provider's ClientIdList.",
});

const MICROSOFT_HOSTS =
  /(?:^|\.)(?:azure\.(?:com|net|cn|us)|windows\.net|microsoft\.(?:com|us)|chinacloudapi\.cn|usgovcloudapi\.net|office\.com|office365\.com|visualstudio\.com|azuredatabricks\.net|azuresynapse\.net)$/i;

/** Client ids of Microsoft's own applications, and the name of the one that exchanges tokens. */
const MICROSOFT_APPLICATIONS = new Set([
  '00000002-0000-0000-c000-000000000000', // Azure AD Graph
  '00000003-0000-0000-c000-000000000000', // Microsoft Graph
  '797f4846-ba00-4fd7-ba43-dac1f8f63013', // Azure Resource Manager
  'e406a681-f3d4-42a8-90b6-c2b029497af1', // Azure Storage
  'cfa8b339-82a2-471a-a3c9-0fc0be7a4093', // Azure Key Vault
  '022907d3-0f1b-48f7-badc-1ba6abab6d66', // Azure SQL Database
  '499b84ac-1321-427f-aa17-267ca6975798', // Azure DevOps
  '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d', // Azure Databricks
  'fb60f99c-7a34-4190-8149-302f77469936', // token exchange
]);

/** Checks the audiences that a policy lets in by a door, and whether the account's provider takes one of them. */
export function checkAudiences(door: Door, statements: readonly Statement[], providers: readonly Provider[]): readonly Finding[] {
  const registered = providers.filter(({ url }) => entraIssuerOf(url)?.issuer === door.entra.issuer).flatMap(({ clientIds }) => clientIds);
  const conditions = statementsFor(door, statements).flatMap((statement) =>
    conditionsOn(statement, door.entra.issuer, 'aud').map((condition) => ({ condition, place: placeOf(statement.place, condition) })),
  );
  const [first] = conditions;
  const isListed = registered.length === 0 || first === undefined || mayUse(door, statements, registered);
  return [
    ...conditions
      .filter(({ condition }) => parseOperator(condition.operator)?.isNegated === false)
      .flatMap(({ condition, place }) => checkFirstParty(condition.values, place)),
    ...(isListed ? [] : [notListed(first.place)]),
  ];
}

/** Tells whether the policy lets in a token for one of the audiences that the provider lists. */
function mayUse(door: Door, statements: readonly Statement[], registered: readonly string[]): boolean {
  const tokens = likelyTokens(door, statements);
  const lets = (token: Token) => mayEnter(statements, requestOf(door, token));
  // A policy that lets nobody in has findings of its own.
  return !tokens.some(lets) || registered.some((audience) => tokens.some((token) => lets({ ...token, audience: [audience] })));
}

/** Finds audiences of Microsoft's own services. */
export function checkFirstParty(audiences: readonly string[], place: string): readonly Finding[] {
  return audiences.some(isFirstParty) ? [firstParty(place)] : [];
}

function isFirstParty(audience: string): boolean {
  const host = /^https?:\/\/([^/:]+)/i.exec(audience)?.[1];
  if (host !== undefined) return MICROSOFT_HOSTS.test(host);
  return MICROSOFT_APPLICATIONS.has(audience.toLowerCase()) || /^api:\/\/AzureADTokenExchange/i.test(audience);
}
