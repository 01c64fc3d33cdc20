import { accessTokenClaims, type Issuers, type TokenRequest } from './claims.ts';
import type { Directory } from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { Signer } from './signer.ts';

interface IssuedToken {
  readonly token: string;
  readonly expiresInSeconds: number;
}

/** Who asks, how it proved itself, and for what: an App ID URI or a client id, as the request spells it. */
type ResourceRequest = Pick<TokenRequest, 'clientId' | 'principalId' | 'credential' | 'lifetimeSeconds'> & {
  readonly resource: string;
};

/** Issues tokens for the resources of a tenant. Throws {@link EntraError} where Entra would refuse. */
export type IssueToken = (request: ResourceRequest) => Promise<IssuedToken>;

export interface TokenIssuerOptions {
  readonly directory: Directory;
  readonly signer: Signer;
  readonly issuers: Issuers;
  readonly clock: () => number;
}

/** The resource decides the version of the token, and whether the caller must be assigned to it. */
export function createTokenIssuer({ directory, signer, issuers, clock }: TokenIssuerOptions): IssueToken {
  return async ({ resource, ...request }) => {
    const application = directory.findResource(resource);
    if (application.assignedPrincipalIds?.includes(request.principalId) === false)
      throw new EntraError(
        501051,
        `Application '${request.clientId}' is not assigned to a role for the application '${resource}'(${application.clientId}).`,
      );
    const version = application.requestedAccessTokenVersion ?? 1;
    const audience = version === 1 ? resource : application.clientId;
    const token = await signer.sign(accessTokenClaims({ ...request, version, audience }, issuers, clock()));
    return { token, expiresInSeconds: request.lifetimeSeconds };
  };
}
