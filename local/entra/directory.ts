import { EntraError } from './entra-error.ts';

/** Whom an app registration trusts in place of a secret. All three are compared exactly, case included. */
interface FederatedCredential {
  readonly issuer: string;
  readonly subject: string;
  readonly audience: string;
}

/** An app registration together with its service principal. */
export interface Application {
  readonly clientId: string;
  /** Object id of the service principal: `sub` and `oid` of its tokens. */
  readonly servicePrincipalId: string;
  /** App ID URIs, by which tokens for this application are asked for. */
  readonly identifierUris?: readonly string[];
  readonly secrets?: readonly string[];
  /** Certificates (PEM, without the key) that it may sign in with. */
  readonly certificates?: readonly string[];
  readonly federatedCredentials?: readonly FederatedCredential[];
  /** Version of the tokens *for* this application. Version 1 when left out, as in Entra. */
  readonly requestedAccessTokenVersion?: 1 | 2;
  /** When set, only these principals (object ids) get tokens for this application: "assignment required". */
  readonly assignedPrincipalIds?: readonly string[];
}

export interface ManagedIdentity {
  readonly clientId: string;
  readonly principalId: string;
  /** The system-assigned identity is the one that answers when no client id is given. */
  readonly isSystemAssigned?: boolean;
}

/** Microsoft's own applications that this stand-in knows. */
const FIRST_PARTY: readonly Application[] = [
  {
    clientId: 'fb60f99c-7a34-4190-8149-302f77469936',
    servicePrincipalId: '5fa6e5d5-2a9c-4c0c-8a7e-6d8f0a3d2b11',
    identifierUris: ['api://AzureADTokenExchange'],
    requestedAccessTokenVersion: 2,
  },
  {
    clientId: 'e406a681-f3d4-42a8-90b6-c2b029497af1',
    servicePrincipalId: '0c1f2c8e-6d3b-4b57-9a55-2f4f1f6f2d10',
    identifierUris: ['https://storage.azure.com'],
  },
];

export interface Directory {
  readonly tenantId: string;
  /** Adds an application, or replaces the one with this client id. */
  registerApplication(application: Application): void;
  /** Adds a managed identity, or replaces the one with this client id. */
  registerManagedIdentity(identity: ManagedIdentity): void;
  /** Throws {@link EntraError} 700016 when it is not registered. */
  findApplication(clientId: string): Application;
  /** The application that `resource` (an App ID URI or a client id) names; throws {@link EntraError} 500011. */
  findResource(resource: string): Application;
  /** The identity with this client id, or the system-assigned one; `undefined` when there is none. */
  findManagedIdentity(clientId: string | undefined): ManagedIdentity | undefined;
}

/** An empty tenant, except for Microsoft's own applications. */
export function createDirectory(tenantId: string): Directory {
  const applications = new Map(FIRST_PARTY.map((application) => [application.clientId, application]));
  const identities = new Map<string, ManagedIdentity>();

  return {
    tenantId,
    registerApplication: (application) => void applications.set(application.clientId, application),
    registerManagedIdentity: (identity) => void identities.set(identity.clientId, identity),
    findApplication(clientId) {
      const application = applications.get(clientId);
      if (application === undefined)
        throw new EntraError(700016, `Application with identifier '${clientId}' was not found in the directory '${tenantId}'.`);
      return application;
    },
    findResource(resource) {
      const found = applications.get(resource) ?? [...applications.values()].find((each) => each.identifierUris?.includes(resource));
      if (found === undefined)
        throw new EntraError(500011, `The resource principal named ${resource} was not found in the tenant named ${tenantId}.`);
      return found;
    },
    findManagedIdentity(clientId) {
      if (clientId !== undefined) return identities.get(clientId);
      return [...identities.values()].find((identity) => identity.isSystemAssigned);
    },
  };
}
