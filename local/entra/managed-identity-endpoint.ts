import type { IssueToken } from './access-tokens.ts';
import type { Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { Answer, ReceivedRequest } from './listen.ts';

const API_VERSION = '2019-08-01';
const TOKEN_LIFETIME_SECONDS = 24 * 3600;

export interface IdentityEndpointOptions {
  readonly directory: Directory;
  readonly issueToken: IssueToken;
  /** What the caller must send as `X-IDENTITY-HEADER`. */
  readonly header: string;
  readonly clock: () => number;
}

/** The endpoint from which an App Service or Functions app gets the tokens of its managed identities (`IDENTITY_ENDPOINT`). */
export function createIdentityEndpoint(options: IdentityEndpointOptions): (request: ReceivedRequest) => Promise<Answer> {
  return async ({ url, headers }) => {
    const resource = url.searchParams.get('resource');
    const clientId = url.searchParams.get('client_id') ?? undefined;
    if (headers['x-identity-header'] !== options.header) return refusal(401, 'The X-IDENTITY-HEADER is missing or wrong.');
    if (url.searchParams.get('api-version') !== API_VERSION) return refusal(400, `The api-version must be ${API_VERSION}.`);
    if (resource === null) return refusal(400, 'The resource is missing.');
    const identity = options.directory.findManagedIdentity(clientId);
    if (identity === undefined)
      return refusal(400, 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.');
    try {
      const { token, expiresInSeconds } = await options.issueToken({
        ...identity,
        credential: 'assertion',
        resource,
        lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
      });
      const expiresOn = String(Math.floor(options.clock() / 1000) + expiresInSeconds);
      return {
        status: 200,
        body: { access_token: token, expires_on: expiresOn, resource, token_type: 'Bearer', client_id: identity.clientId },
      };
    } catch (error) {
      if (error instanceof EntraError) return refusal(400, error.message);
      throw error;
    }
  };
}

function refusal(statusCode: number, message: string): Answer {
  return { status: statusCode, body: { statusCode, message } };
}
