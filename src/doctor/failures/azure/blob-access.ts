import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** Access to a storage account: roles, keys, network. */
export const BLOB_ACCESS_FAILURES = {
  'token-over-http': {
    link: 'locations',
    symptom: 'Bearer token authentication is not permitted for non-TLS protected (non-https) URLs',
    cause: 'The location has http://, and is not in the account of the connection string AzureWebJobsStorage: tokens go over https only.',
    fix: 'Write https:// in the location. For Azurite use the account and port that AzureWebJobsStorage names.',
    isSeenIn: said(/Bearer token authentication is not permitted for non-TLS/i),
  },
  'copy-source-unreadable': {
    link: 'locations',
    symptom: 'CannotVerifyCopySource: Azure could not read the source of a copy',
    cause:
      'In a copy from a URL (azcopy, az storage blob copy) Azure itself reads the source, and was denied or could not reach it. The bridge does not copy that way.',
    fix: 'Check that the URL of the source is still valid, and that firewall or bucket policy let Azure Storage read it.',
    isSeenIn: anyOf(coded('CannotVerifyCopySource', 'PendingCopyOperation'), said(/Could not verify the copy source/i)),
  },
  'blob-role-missing': {
    link: 'locations',
    symptom: 'AuthorizationPermissionMismatch: not authorized to perform this operation using this permission',
    cause:
      'The identity has no data role on the container or account. Owner or Contributor of the resource group does not include the data; a new assignment needs up to ten minutes.',
    fix: 'az role assignment create --assignee-object-id <principal id> --assignee-principal-type ServicePrincipal --role "Storage Blob Data Contributor" (Reader for a source, Owner for tags) --scope <id of the account or container>.',
    isSeenIn: anyOf(
      coded('AuthorizationPermissionMismatch', 'InsufficientAccountPermissions'),
      said(/perform this operation using this permission/i),
    ),
  },
  'storage-sas-refused': {
    link: 'locations',
    symptom: 'AuthorizationSourceIPMismatch, …ProtocolMismatch, …ServiceMismatch, …ResourceTypeMismatch: the SAS is not for this request',
    cause:
      'A shared access signature is limited to other addresses, to HTTPS, or to other services and resource types. The bridge signs with its identity; the SAS is in a connection string or a URL of yours.',
    fix: 'Use the identity: AzureWebJobsStorage__accountName and AzureWebJobsStorage__credential=managedidentity, and locations without a query. Else create a SAS that fits.',
    isSeenIn: anyOf(
      coded('Authorization(?:SourceIP|Protocol|Service|ResourceType)Mismatch'),
      said(
        /perform this operation using this (?:source IP|protocol|service|resource type)|Signature not valid in the specified (?:time frame|key time frame)|Signature did not match\. String to sign|Signature fields not well formed|Access without signed identifier/i,
      ),
    ),
  },
  'storage-shared-key-off': {
    link: 'locations',
    symptom: 'KeyBasedAuthenticationNotPermitted: key based authentication is not permitted on this storage account',
    cause: 'The account does not accept account keys (allowSharedKeyAccess is false), and a connection string or key was used.',
    fix: 'Remove the connection string AzureWebJobsStorage; set AzureWebJobsStorage__accountName, __credential=managedidentity and __clientId, and give the identity Storage Blob Data Owner, Storage Queue Data Contributor and Storage Table Data Contributor. For az add --auth-mode login.',
    isSeenIn: anyOf(coded('KeyBasedAuthenticationNotPermitted'), said(/Key[- ]based authentication is not permitted/i)),
  },
  'storage-anonymous-off': {
    link: 'locations',
    symptom: 'PublicAccessNotPermitted or NoAuthenticationInformation: the request has no credentials',
    cause: 'The request was anonymous, and the account does not permit that: the identity is not set, or a signature was lost from a URL.',
    fix: 'Check BRIDGE_IDENTITY and AZURE_CLIENT_ID, and run npm run doctor. For az add --auth-mode login.',
    isSeenIn: anyOf(
      coded('PublicAccessNotPermitted', 'NoAuthenticationInformation'),
      said(/Public access is not (?:permitted|allowed) on this storage account/i),
    ),
  },
  'storage-tenant-differs': {
    link: 'locations',
    symptom: 'InvalidAuthenticationInfo: issuer or audience of the token did not match',
    cause: 'The token is of another tenant than the subscription of the storage account, or for the storage of another cloud.',
    fix: 'Use an identity of the tenant of the account (az account show --query tenantId), and check AZURE_AUTHORITY_HOST.',
    isSeenIn: said(
      /(?:Issuer|Audience) validation failed|Issuer did not match|Audience did not match|InvalidAuthenticationInfo.{0,300}(?:issuer|audience)/i,
    ),
  },
  'storage-authentication-failed': {
    link: 'locations',
    symptom: 'AuthenticationFailed: the server failed to authenticate the request',
    cause: 'The account key in AzureWebJobsStorage is wrong or was rotated, a SAS has expired or was changed, or the clock is wrong.',
    fix: 'Copy the connection string anew (az storage account show-connection-string), or use the identity. <AuthenticationErrorDetail> in the answer says which part is wrong.',
    isSeenIn: anyOf(
      coded('AuthenticationFailed', 'InvalidAuthenticationInfo'),
      said(/Server failed to authenticate the request|Value for one of the query parameters.{0,40}signature/i),
    ),
  },
  'storage-firewall': {
    link: 'network',
    symptom: 'AuthorizationFailure: this request is not authorized to perform this operation',
    cause:
      'The firewall of the account (or a network security perimeter) does not let the app in: public network access is off, or its network is not in the list. Functions are no "trusted Azure service".',
    fix: 'Storage account > Networking: add the subnet of the app (VNet integration with the service endpoint Microsoft.Storage) or a private endpoint with the zone privatelink.blob.core.windows.net; queue and table need their own. Your own machine: add its address.',
    isSeenIn: anyOf(
      coded('AuthorizationFailure', 'NetworkAclsValidationFailure', 'IpAuthorizationFailure', 'NspPerimeterDenied'),
      said(
        /not authorized to perform this operation(?! using)|network security perimeter|blocked by network rules|does not allow access from your (?:network|IP)/i,
      ),
    ),
  },
  'storage-account-disabled': {
    link: 'locations',
    symptom: 'AccountIsDisabled: the specified account is disabled',
    cause: 'The subscription of the account is disabled (payment, spending limit), or Microsoft has blocked the account.',
    fix: 'Subscriptions > the subscription > Overview shows its state. Enable it again, or open a case with Azure Support.',
    isSeenIn: anyOf(coded('AccountIsDisabled', 'AccountBeingCreated'), said(/specified account is disabled/i)),
  },
  'storage-https-only': {
    link: 'settings',
    symptom: 'AccountRequiresHttps: the account does not support http',
    cause: 'The account permits secure transfer only, and the location or endpoint begins with http://.',
    fix: 'Write https:// in the location, AzureWebJobsStorage__blobServiceUri and the connection string.',
    isSeenIn: anyOf(coded('AccountRequiresHttps'), said(/account being accessed does not support http\b/i)),
  },
} as const satisfies Failures;
