import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  type TokenCredential,
} from '@azure/identity';
import { exchangeAudienceOf } from '../clouds/azure-clouds.ts';
import { fromEntraError } from './entra-errors.ts';
import { FederationError } from './federation-error.ts';

const TOKEN_TIMEOUT_MS = 60_000;

interface AppRegistration {
  readonly tenantId: string;
  readonly clientId: string;
}

/** The app's identity at Entra ID: exactly one, never a chain that could change the principal unnoticed. */
export type IdentityChoice =
  | {
      readonly mode: 'managed-identity';
      /** The user-assigned identity; the system-assigned one when left out. */
      readonly managedIdentityClientId?: string;
    }
  | (AppRegistration & {
      /** The app registration trusts a user-assigned managed identity by a federated credential. */
      readonly mode: 'federated-app';
      readonly managedIdentityClientId: string;
      /** The audience of that federated credential; that of the authority's cloud when left out. */
      readonly exchangeAudience?: string;
    })
  | (AppRegistration & {
      readonly mode: 'certificate';
      /** A PEM file with the private key and the certificate. */
      readonly certificatePath: string;
    })
  | (AppRegistration & { readonly mode: 'client-secret'; readonly clientSecret: string });

export type IdentitySettings = IdentityChoice & {
  /** App ID URI for which tokens are asked. */
  readonly audience: string;
  /** Another cloud's authority; `AZURE_AUTHORITY_HOST` or the public cloud's when left out. */
  readonly authorityHost?: string;
  /** For an authority that Microsoft's directory of clouds does not list: a private cloud, or one machine. */
  readonly disableInstanceDiscovery?: boolean;
};

interface EntraToken {
  readonly token: string;
  readonly expiresOn: Date;
}

interface GetTokenOptions {
  /** Stops the waiting. */
  readonly signal?: AbortSignal;
  /** Pass over the token at hand. A managed identity's cannot be passed over: Azure itself keeps it. */
  readonly forceRefresh?: boolean;
}

/** The current token for the audience. Throws {@link FederationError}, or the reason of the signal. */
export type GetToken = (options?: GetTokenOptions) => Promise<EntraToken>;

export interface Identity {
  readonly mode: IdentitySettings['mode'];
  readonly getToken: GetToken;
  /** The same identity for Azure Storage; in the mode `federated-app` the managed identity itself. */
  readonly storageCredential: TokenCredential;
}

/** Creates the identity. Nothing is asked of Entra ID before the first token is needed. */
export function createIdentity(settings: IdentitySettings): Identity {
  const scope = `${settings.audience}/.default`;
  const what = `for ${settings.audience} (BRIDGE_IDENTITY=${settings.mode})`;
  let credential = createCredential(settings);

  return {
    mode: settings.mode,
    storageCredential: settings.mode === 'federated-app' ? managedIdentity(settings.managedIdentityClientId) : credential,
    async getToken({ signal, forceRefresh = false } = {}) {
      // The libraries keep tokens for each credential and have no way to pass over them.
      if (forceRefresh) credential = createCredential(settings);
      const limit = AbortSignal.timeout(TOKEN_TIMEOUT_MS);
      try {
        const token = await orAborted(credential.getToken(scope), signal === undefined ? limit : AbortSignal.any([signal, limit]));
        if (token === null) throw new Error('The credential gave no token');
        return { token: token.token, expiresOn: new Date(token.expiresOnTimestamp) };
      } catch (error) {
        signal?.throwIfAborted();
        if (limit.aborted)
          throw new FederationError(
            'entra-unavailable',
            `No token ${what}: no answer in ${TOKEN_TIMEOUT_MS / 1000} s. Try again in a while.`,
          );
        throw fromEntraError(error, what);
      }
    },
  };
}

function createCredential(settings: IdentitySettings): TokenCredential {
  switch (settings.mode) {
    case 'managed-identity':
      return managedIdentity(settings.managedIdentityClientId);
    case 'federated-app': {
      const assertingIdentity = managedIdentity(settings.managedIdentityClientId);
      const assertionScope = `${settings.exchangeAudience ?? exchangeAudienceOf(settings.authorityHost)}/.default`;
      const getAssertion = async () => (await assertingIdentity.getToken(assertionScope)).token;
      return new ClientAssertionCredential(settings.tenantId, settings.clientId, getAssertion, authority(settings));
    }
    case 'certificate':
      return new ClientCertificateCredential(settings.tenantId, settings.clientId, settings.certificatePath, authority(settings));
    case 'client-secret':
      return new ClientSecretCredential(settings.tenantId, settings.clientId, settings.clientSecret, authority(settings));
  }
}

function managedIdentity(clientId: string | undefined): ManagedIdentityCredential {
  return clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId });
}

function authority({ authorityHost, disableInstanceDiscovery = false }: IdentitySettings) {
  return { disableInstanceDiscovery, ...(authorityHost === undefined ? {} : { authorityHost }) };
}

/** `promise`, unless `signal` fires first. MSAL itself cannot be aborted. */
async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
