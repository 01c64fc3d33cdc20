import type { IssueToken } from './access-tokens.ts';
import type { Issuers } from './claims.ts';
import { authenticateClient, type ClientTrust } from './client-authentication.ts';
import { EntraError, errorBody } from './entra-error.ts';
import type { Answer, ReceivedRequest } from './listen.ts';

const TOKEN_LIFETIME_SECONDS = 3600;
const DEFAULT_SCOPE = '/.default';

export interface AuthorityOptions {
  readonly issuers: Issuers;
  readonly trust: Omit<ClientTrust, 'tokenEndpoint'>;
  readonly issueToken: IssueToken;
  /** Where this authority can be reached, for its discovery documents. Known once it listens. */
  readonly origin: () => string;
}

/** What login.microsoftonline.com answers for one tenant: discovery (v1 and v2), keys, and tokens by client credentials. */
export function createAuthority(options: AuthorityOptions): (request: ReceivedRequest) => Promise<Answer> {
  const { tenantId, issuer, v2Issuer } = options.issuers;

  return async (request) => {
    try {
      return await route(request);
    } catch (error) {
      if (error instanceof EntraError) return { status: error.status, body: errorBody(error, options.trust.clock()) };
      throw error;
    }
  };

  async function route({ method, url, form }: ReceivedRequest): Promise<Answer> {
    // An issuer ends with a slash, so who puts "/.well-known" after it sends two; Ceph's gateway does.
    const [tenant = '', ...rest] = url.pathname.split('/').filter((segment) => segment !== '');
    const base = `${options.origin()}/${tenantId}`;
    if (tenant !== tenantId)
      throw new EntraError(
        90002,
        `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
      );
    switch (`${method} ${rest.join('/')}`) {
      case 'GET .well-known/openid-configuration':
        return { status: 200, body: discoveryDocument(issuer, base) };
      case 'GET v2.0/.well-known/openid-configuration':
        return { status: 200, body: discoveryDocument(v2Issuer, base) };
      case 'GET discovery/v2.0/keys':
        return { status: 200, body: options.trust.jwks };
      case 'POST oauth2/v2.0/token':
        return { status: 200, body: await grantToken(form, `${base}/oauth2/v2.0/token`) };
      default:
        return { status: 404, body: { error: 'not_found' } };
    }
  }

  async function grantToken(form: URLSearchParams, tokenEndpoint: string): Promise<Record<string, unknown>> {
    if (form.get('grant_type') !== 'client_credentials')
      throw new EntraError(70003, `The app requested an unsupported grant type '${form.get('grant_type')}'.`);
    const { application, credential } = await authenticateClient(form, { ...options.trust, tokenEndpoint });
    const { token, expiresInSeconds } = await options.issueToken({
      clientId: application.clientId,
      principalId: application.servicePrincipalId,
      credential,
      resource: resourceOf(form.get('scope') ?? ''),
      lifetimeSeconds: TOKEN_LIFETIME_SECONDS,
    });
    return { token_type: 'Bearer', expires_in: expiresInSeconds, ext_expires_in: expiresInSeconds, access_token: token };
  }
}

function discoveryDocument(issuer: string, base: string): Record<string, unknown> {
  return {
    issuer,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    token_endpoint: `${base}/oauth2/v2.0/token`,
    jwks_uri: `${base}/discovery/v2.0/keys`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}

function resourceOf(scope: string): string {
  // MSAL adds the OpenID scopes to what the caller asked for.
  const asked = scope.split(' ').filter((each) => !['openid', 'profile', 'offline_access'].includes(each));
  const [resource, ...others] = asked;
  if (resource === undefined || others.length > 0 || !resource.endsWith(DEFAULT_SCOPE))
    throw new EntraError(
      1002012,
      `The provided value for scope ${asked.join(' ')} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  return resource.slice(0, -DEFAULT_SCOPE.length);
}
