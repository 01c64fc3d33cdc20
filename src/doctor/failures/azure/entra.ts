import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, entra, said, saidInError } from '../signs.ts';

const APP_ID_URI_WITH_SCOPE =
  /AADSTS500011.{0,200}\bnamed '?(?:api|https):\/\/(?:[^/\s']{1,200}\/){0,8}(?:\.|\.?default|user_impersonation|access_as_\w{1,40}|[\w.-]{0,40}scope)(?:\/default)?['\s]/s;

/** Tenant, application, audience and policies of Entra ID. */
export const ENTRA_FAILURES = {
  'scope-in-app-id-uri': {
    link: 'token',
    symptom: 'AADSTS500011 names a resource that ends with a scope, such as /.default, ./default or /my-scope',
    cause: 'A scope was taken for the App ID URI: a managed identity is asked for the resource itself.',
    fix: 'Set BRIDGE_AUDIENCE to the App ID URI alone. The app adds exactly "/.default" where it is needed.',
    isSeenIn: said(APP_ID_URI_WITH_SCOPE),
  },
  'app-id-uri-unknown': {
    link: 'token',
    symptom: 'AADSTS500011: the resource principal was not found',
    cause:
      'No application of this tenant has the App ID URI: it was never set (it is not made by itself), the service principal is missing, or the tenant is another.',
    fix: 'Set the Application ID URI of the app registration (Expose an API) to BRIDGE_AUDIENCE, create its service principal (az ad sp create --id <client id>), and check AZURE_TENANT_ID.',
    isSeenIn: anyOf(entra(500011, 50001, 650057), said(/resource principal named .{1,300} was not found/i)),
  },
  'resource-disabled': {
    link: 'token',
    symptom: 'AADSTS500014: the service principal of the resource is disabled',
    cause: 'An administrator has disabled the enterprise application behind BRIDGE_AUDIENCE.',
    fix: 'Enterprise applications > the application of BRIDGE_AUDIENCE > Properties > "Enabled for users to sign in?" = Yes, or: az ad sp update --id <its client id> --set accountEnabled=true.',
    isSeenIn: anyOf(entra(500014), said(/service principal for resource .{1,200} is disabled/i)),
  },
  'application-disabled': {
    link: 'identity',
    symptom: 'AADSTS7000112 or AADSTS70001: the application is disabled',
    cause: 'The enterprise application of AZURE_CLIENT_ID is disabled in this tenant, by an administrator or by Microsoft.',
    fix: 'Enterprise applications > the application > Properties > "Enabled for users to sign in?" = Yes, or: az ad sp update --id <client id> --set accountEnabled=true.',
    isSeenIn: anyOf(entra(7000112, 70001, 1000031), said(/UnauthorizedClientApplicationDisabled/)),
  },
  'service-principal-missing': {
    link: 'identity',
    symptom: 'AADSTS7000229: the client application has no service principal in the tenant',
    cause: 'The app registration exists, but its service principal (the enterprise application) was never created or was deleted.',
    fix: 'az ad sp create --id <client id> in the tenant. Its object id is new: pin that in the trust policy (:sub), and assign its roles again.',
    isSeenIn: anyOf(entra(7000229), said(/missing service principal in the tenant/i)),
  },
  'scope-not-default': {
    link: 'token',
    symptom: 'AADSTS1002012 or AADSTS70011: the scope is not valid',
    cause: 'Client credentials need exactly <App ID URI>/.default: a bare URI or a delegated scope was asked for.',
    fix: 'Append "/.default" to the App ID URI where you ask for the token yourself; in BRIDGE_AUDIENCE give the URI alone.',
    isSeenIn: entra(1002012, 70011, 28002, 28003, 700022, 700023),
  },
  'identity-not-assigned': {
    link: 'token',
    symptom: 'AADSTS501051 or AADSTS50105: the application is not assigned to a role',
    cause: 'The application behind the App ID URI demands an assignment, and this identity has none.',
    fix: 'Create an app role with member type Applications on the app registration, and assign it to the service principal of the identity.',
    isSeenIn: entra(501051, 50105),
  },
  'tenant-id-malformed': {
    link: 'settings',
    symptom: 'AADSTS900023, AADSTS50059, AADSTS50194 or AADSTS90019: the request names no usable tenant',
    cause:
      'AZURE_TENANT_ID is no tenant id and no verified domain, or is "common", "organizations" or "consumers", which client credentials cannot use.',
    fix: 'Set AZURE_TENANT_ID to the tenant id (a GUID): az account show --query tenantId.',
    isSeenIn: anyOf(
      entra(900023, 50059, 50128, 50194, 90019, 9001023, 90124, 90130, 9002332),
      said(/neither a valid DNS name, nor a valid external domain|unable_to_find_tenant/i),
    ),
  },
  'tenant-or-cloud-wrong': {
    link: 'identity',
    symptom: 'AADSTS700016, AADSTS90002, AADSTS90038 or AADSTS900382: application or tenant not found here',
    cause:
      'AZURE_TENANT_ID is not the tenant of the app registration, AZURE_CLIENT_ID is not its client id, or AZURE_AUTHORITY_HOST is the authority of another cloud, or none that can be reached (endpoints_resolution_error).',
    fix: 'Compare AZURE_TENANT_ID and AZURE_CLIENT_ID with the overview page of the app registration, and AZURE_AUTHORITY_HOST with the cloud of the tenant.',
    isSeenIn: anyOf(
      entra(700016, 700011, 90002, 90038, 900382, 900432, 90043, 90051, 50049, 1000104),
      said(/endpoints_resolution_error|\binvalid_instance\b/),
    ),
  },
  'conditional-access': {
    link: 'identity',
    symptom: 'AADSTS53003 and the like: a Conditional Access or security policy blocks the token',
    cause:
      'A policy of the tenant, such as one for workload identities with allowed locations, or a risk that Entra ID detected, blocks this service principal. Managed identities are not subject to Conditional Access.',
    fix: 'Entra ID > Sign-in logs > Service principal sign-ins > the entry > Conditional Access names the policy. Exclude the service principal, or add the outbound addresses of the app to its named locations.',
    isSeenIn: anyOf(entra('53\\d{3,4}', 50005, 50131, 50155, 50097, 50129, 50161), said(/blocked by Conditional Access/i)),
  },
  'tenant-restricted': {
    link: 'network',
    symptom: 'AADSTS500021, AADSTS500022, AADSTS500212 or AADSTS500213: access to the tenant is restricted',
    cause: 'A proxy of the network adds tenant restrictions, or a cross-tenant access policy does not let this tenant in.',
    fix: 'Ask the network team to add the tenant to the allowed tenants (header Restrict-Access-To-Tenants), or the administrator to change External Identities > Cross-tenant access settings.',
    isSeenIn: entra(500021, 500022, 50002, 500212, 500213),
  },
  'user-sign-in-needed': {
    link: 'deployment',
    symptom: 'AADSTS50076, AADSTS50079, AADSTS700082, AADSTS50173 and the like: a user must sign in again',
    cause:
      'These codes are about the session of a person (az login, azd auth login): multifactor authentication is due, or the session has expired or was revoked. The app itself uses no user.',
    fix: 'az login --tenant <tenant id> (add --scope or --claims-challenge as the message says), or azd auth login, then run the command again.',
    isSeenIn: entra(
      '5007[24689]',
      50058,
      50132,
      50133,
      50144,
      50158,
      50173,
      '5005[356]',
      '50057\\d?',
      50126,
      50034,
      50020,
      50199,
      50089,
      16000,
      70000,
      70008,
      70043,
      700082,
      700084,
      700020,
      54005,
      90072,
    ),
  },
  'consent-missing': {
    link: 'deployment',
    symptom: 'AADSTS65001, AADSTS650056 or AADSTS90094: nobody has consented',
    cause:
      'A token was requested for a user, which needs consent: often by az account get-access-token for BRIDGE_AUDIENCE. The app asks for an app-only token, which needs no consent.',
    fix: 'Test with the identity of the app (npm run doctor). For the Azure CLI, add its client id under Expose an API > Authorized client applications, or let an administrator run: az ad app permission admin-consent --id <client id>.',
    isSeenIn: anyOf(
      entra(65001, 65002, 65004, 65005, 650052, 650054, 650056, 90008, 90009, 90094, 90095, 90099, 9002341),
      said(/has not consented to use the application|Need admin approval/i),
    ),
  },
  'token-request-malformed': {
    link: 'token',
    symptom: 'AADSTS900144, AADSTS9002313, AADSTS90014 or AADSTS901002: the token request is malformed',
    cause: 'A parameter of the request is missing, empty or of the other protocol version: "resource" belongs to v1, "scope" to v2.',
    fix: 'Check the settings AZURE_TENANT_ID, AZURE_CLIENT_ID and BRIDGE_AUDIENCE for quotes, spaces and line ends. For a request of your own, send grant_type=client_credentials and scope=<App ID URI>/.default to /oauth2/v2.0/token.',
    isSeenIn: entra(900144, 9002313, 90014, 90013, 90023, 90100, 90102, 90117, 90121, 901002, 900561, 90056, 90004, 70003, 50027),
  },
  'entra-unavailable': {
    link: 'identity',
    symptom: 'AADSTS90033, AADSTS90012, AADSTS90055 and the like, temporarily_unavailable: Entra ID is busy or failed',
    cause: 'A passing failure or a limit of Entra ID: too many requests for tokens, or trouble at Microsoft.',
    fix: 'Try again in some minutes; the bridge does so by itself. If it stays, look at Azure Status, and for code that requests a token for each call.',
    isSeenIn: anyOf(
      entra(90033, 90012, 90006, 90024, 90055, 90090, 90091, 90036, 50033, 50000, 50196, 90085),
      said(/temporarily_unavailable|\bnetwork_error\b|error"?\W{1,4}server_error/),
    ),
  },
  'graph-denied': {
    link: 'deployment',
    symptom: 'Insufficient privileges to complete the operation (Authorization_RequestDenied)',
    cause: 'Whoever deploys may not do this in Entra ID: create app registrations, or assign an app role.',
    fix: 'Sign in with the role Application Developer to create the registration and Cloud Application Administrator to assign its role, or let an administrator run infra/azure/entra.sh and deploy with its output.',
    isSeenIn: said(/Insufficient privileges to complete the operation|Authorization_RequestDenied/i),
  },
  'directory-quota': {
    link: 'deployment',
    symptom: 'the directory object quota has been exceeded',
    cause: 'A user without an administrator role may create 250 objects in a tenant; deleted ones count for 30 days.',
    fix: 'Delete app registrations that nobody needs and purge them, or let an administrator create the one of the bridge.',
    isSeenIn: said(/Directory_QuotaExceeded|directory object quota limit/i),
  },
  'app-id-uri-taken': {
    link: 'deployment',
    symptom: 'another object with the same value for property identifierUris already exists',
    cause: 'Another app registration of the tenant, perhaps a deleted one, has this App ID URI.',
    fix: 'az ad app list --identifier-uri <uri> names it. Use that registration, or remove the URI there; purge a deleted one (App registrations > Deleted applications).',
    isSeenIn: said(/same value for property identifierUris/i),
  },
  'app-id-uri-refused': {
    link: 'deployment',
    symptom: 'Failed to add identifier URI',
    cause: 'A policy of the tenant allows only some forms of App ID URIs for applications with version 1 tokens.',
    fix: 'Use api://<client id> or api://<tenant id>/<name>, and the same in BRIDGE_AUDIENCE and on AWS.',
    isSeenIn: said(
      /Failed to add identifier URI|HostNameNotOnVerifiedDomain|identifierUris.{0,300}(?:verified domain|not allowed|policy)/i,
    ),
  },
  'unique-name-taken': {
    link: 'deployment',
    symptom: 'uniqueName already exists',
    cause: 'A deleted app registration keeps its uniqueName for 30 days, and one that was made elsewhere cannot be adopted without one.',
    fix: 'Purge the deleted application (Deleted applications in Entra ID), set uniqueName on the existing one, or deploy under another name.',
    isSeenIn: said(/\buniqueName\b.{0,120}(?:already exists|conflict|must be unique|not be (?:changed|updated))|property uniqueName/i),
  },
  'app-role-assigned-already': {
    link: 'deployment',
    symptom: 'Permission being assigned already exists on the object',
    cause: 'The identity has the app role already. Nothing is wrong.',
    fix: 'Continue with the next step of the deployment.',
    isSeenIn: said(/Permission being assigned already exists/i),
  },
  'graph-other': {
    link: 'deployment',
    symptom: 'an error of Microsoft Graph that the doctor does not explain one by one',
    cause: 'Entra ID refused a change of the application, of its service principal or of an assignment.',
    fix: 'The message says which property. Compare the application with infra/azure/entra.bicep, and run infra/azure/entra.sh again; it can be repeated.',
    isSeenIn: anyOf(
      coded('Request_\\w{1,60}', 'Directory_\\w{1,60}', 'ObjectConflict'),
      saidInError(/graph\.microsoft\.(?:com|us)|microsoftgraph\.chinacloudapi\.cn|Microsoft\.Graph\//),
    ),
    rank: 'family',
  },
  'entra-other': {
    link: 'identity',
    symptom: 'a code of Entra ID (AADSTS) that the doctor does not explain one by one',
    cause: 'Entra ID refused the request for a token: the settings, the tenant, or a policy of the tenant are the usual reasons.',
    fix: 'Open https://login.microsoftonline.com/error?code=<number>, and find the request in Entra ID > Sign-in logs (Service principal or Managed identity sign-ins) by its correlation id. Compare AZURE_TENANT_ID, AZURE_CLIENT_ID and BRIDGE_AUDIENCE with the app registration.',
    isSeenIn: anyOf(said(/AADSTS\d{4,8}/i), coded('invalid_client', 'unauthorized_client', 'invalid_resource', 'invalid_grant')),
    rank: 'family',
  },
} as const satisfies Failures;
