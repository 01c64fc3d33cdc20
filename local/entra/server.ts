import { randomUUID } from 'node:crypto';
import { createTokenIssuer } from './access-tokens.ts';
import { createAuthority } from './authority.ts';
import { createCertificateAuthority, createSelfSignedCertificate, createServerCertificate } from './certificates.ts';
import { accessTokenClaims, type Issuers } from './claims.ts';
import { type Application, createDirectory, type ManagedIdentity } from './directory.ts';
import { keptKey } from './kept-key.ts';
import { listen } from './listen.ts';
import { createIdentityEndpoint } from './managed-identity-endpoint.ts';
import { mint, type Signature } from './mint.ts';
import { createSigner } from './signer.ts';

export interface EntraStandInOptions {
  /** A new one when left out. */
  readonly tenantId?: string;
  /** `iss` of tokens of version 1; `https://sts.windows.net/<tenant>/` when left out. */
  readonly issuer?: string;
  /** Any free ports when left out. */
  readonly ports?: { readonly authority?: number; readonly identity?: number };
  /** Keeps the keys there (`ca.pem`, `signing.pem`), so that tokens and trust outlive a restart. */
  readonly dataDir?: string;
  /** Milliseconds since the epoch. */
  readonly clock?: () => number;
}

export interface EntraStandIn extends Issuers {
  /** What `AZURE_AUTHORITY_HOST` must be. Clients must trust {@link caPem} and go without instance discovery. */
  readonly authorityHost: string;
  /** `<discoveryBase>/.well-known/openid-configuration` describes the issuer of version 1 tokens. */
  readonly discoveryBase: string;
  /** The certificate that every client of {@link authorityHost} must trust. */
  readonly caPem: string;
  /** What `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` must be for managed identities. */
  readonly identityEndpoint: string;
  readonly identityHeader: string;
  registerApplication(application: Application): void;
  registerManagedIdentity(identity: ManagedIdentity): void;
  /** A token as version 1 has it, but with these claims instead; one that is `undefined` is left out. */
  mintToken(claims: Record<string, unknown>, options?: { readonly signature?: Signature }): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts, on loopback, what stands in for Entra ID: an authority for one tenant over HTTPS, and the managed identity endpoint of an
 * App Service over HTTP. It knows client credentials only: no users, no consent, no Graph.
 */
export async function startEntraStandIn(options: EntraStandInOptions = {}): Promise<EntraStandIn> {
  const { tenantId = randomUUID(), clock = Date.now, dataDir, ports = {} } = options;
  const issuers: Issuers = {
    tenantId,
    issuer: options.issuer ?? `https://sts.windows.net/${tenantId}/`,
    v2Issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
  };
  const ca = await keptKey(dataDir, 'ca', createCertificateAuthority);
  const signer = await createSigner(await keptKey(dataDir, 'signing', () => createSelfSignedCertificate('accounts.accesscontrol.local')));
  const directory = createDirectory(tenantId);
  const issueToken = createTokenIssuer({ directory, signer, issuers, clock });
  const identityHeader = randomUUID();

  const trust = { directory, v2Issuer: issuers.v2Issuer, jwks: signer.jwks, clock };
  const authority = await listen(createAuthority({ issuers, trust, issueToken, origin: () => authority.origin }), {
    port: ports.authority ?? 0,
    tls: await createServerCertificate(ca),
  });
  const identity = await listen(createIdentityEndpoint({ directory, issueToken, header: identityHeader, clock }), {
    port: ports.identity ?? 0,
  });

  return {
    ...issuers,
    authorityHost: authority.origin,
    discoveryBase: `${authority.origin}/${tenantId}`,
    caPem: ca.certificate,
    identityEndpoint: `${identity.origin}/msi/token`,
    identityHeader,
    registerApplication: directory.registerApplication,
    registerManagedIdentity: directory.registerManagedIdentity,
    mintToken: (claims, { signature = 'ours' } = {}) => mint({ ...typicalClaims(issuers, clock()), ...claims }, signature, signer),
    async stop() {
      await Promise.all([authority.stop(), identity.stop()]);
    },
  };
}

function typicalClaims(issuers: Issuers, nowMs: number): Record<string, unknown> {
  return accessTokenClaims(
    {
      clientId: randomUUID(),
      principalId: randomUUID(),
      credential: 'secret',
      audience: 'api://any',
      version: 1,
      lifetimeSeconds: 3600,
    },
    issuers,
    nowMs,
  );
}
