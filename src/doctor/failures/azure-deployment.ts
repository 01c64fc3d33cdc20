import type { Failures } from '../evidence.ts';
import { anyOf, coded, said } from './signs.ts';

/** ARM, Bicep, az and azd. */
export const AZURE_DEPLOYMENT_FAILURES = {
  'role-assignment-exists': {
    link: 'deployment',
    symptom: 'RoleAssignmentExists: the role assignment already exists',
    cause: 'The identity has this role on this scope already, from another deployment or made by hand, under another name.',
    fix: 'Nothing is missing. To let the template own it, delete the old one: az role assignment list --assignee <principal id> --scope <scope>, then az role assignment delete --ids <id>; deploy again.',
    isSeenIn: anyOf(coded('RoleAssignmentExists'), said(/role assignment already exists/i)),
  },
  'role-assignment-stale': {
    link: 'deployment',
    symptom: 'RoleAssignmentUpdateNotPermitted: tenant, application, principal and scope cannot be updated',
    cause: 'An assignment of the same name belongs to an identity that was deleted and made anew.',
    fix: 'Delete the assignment that shows "Identity not found" under Access control (IAM), or az role assignment delete --ids <id>, and deploy again.',
    isSeenIn: anyOf(
      coded('RoleAssignmentUpdateNotPermitted'),
      said(/(?:principal ID|principal), and scope are not allowed to be updated/i),
    ),
  },
  'principal-not-replicated': {
    link: 'deployment',
    symptom: 'PrincipalNotFound: the principal does not exist in the directory',
    cause:
      'The identity was made moments ago and is not yet everywhere in Entra ID, its id is the client id instead of the principal id, or it is in another tenant.',
    fix: 'Deploy again after a minute. In your own template set principalType: ServicePrincipal, and use the principal (object) id.',
    isSeenIn: anyOf(
      coded('PrincipalNotFound', 'UnmatchedPrincipalType', 'PrincipalTypeNotSupported'),
      said(/Principal \S{1,80} does not exist in the directory/i),
    ),
  },
  'role-assignment-denied': {
    link: 'deployment',
    symptom: 'AuthorizationFailed for Microsoft.Authorization/roleAssignments/write',
    cause: 'Whoever deploys may make resources (Contributor), but not give roles to the identity of the app.',
    fix: 'Deploy as Owner, or as Contributor with Role Based Access Control Administrator, of the resource group (and of the storage accounts of the jobs). A privileged role may have to be activated first (PIM).',
    isSeenIn: said(/Microsoft\.Authorization\/roleAssignments\/write|roleAssignments.{0,200}does not have (?:permission|authorization)/i),
  },
  'linked-authorization-failed': {
    link: 'deployment',
    symptom: 'LinkedAuthorizationFailed: no permission on a linked resource',
    cause:
      'The resource itself may be made, but it refers to another one (subnet, identity, vault, plan) where the deployer lacks the join or assign action.',
    fix: 'Give the deployer the action that the message names on the linked scope: Managed Identity Operator for an identity, Network Contributor for a subnet.',
    isSeenIn: anyOf(coded('LinkedAuthorizationFailed', 'LinkedAccessCheckFailed'), said(/linked scope\(s\)/i)),
  },
  'azure-authorization-failed': {
    link: 'deployment',
    symptom: 'AuthorizationFailed: does not have authorization to perform action',
    cause:
      'Whoever deploys lacks the action that the message names on this scope, is signed in to another subscription, or got the role moments ago.',
    fix: 'az account show, then give the role Contributor on the resource group; sign in again (az login) after a new assignment.',
    isSeenIn: anyOf(coded('AuthorizationFailed'), said(/does not have authorization to perform action/i)),
  },
  'policy-disallowed': {
    link: 'deployment',
    symptom: 'RequestDisallowedByPolicy: the resource was disallowed by policy',
    cause:
      'An Azure Policy of the subscription or management group does not accept a property: region, tags, public network access, TLS version or names.',
    fix: 'The message has policyDefinitionName and the assignment: meet it by the parameters of infra/azure/main.bicep, or ask its owner for an exemption (az policy exemption create).',
    isSeenIn: anyOf(
      coded('RequestDisallowedByPolicy', 'RequestDisallowedByAzure', 'PolicyViolation'),
      said(/was disallowed by (?:policy|Azure)/i),
    ),
  },
  'provider-not-registered': {
    link: 'deployment',
    symptom: 'MissingSubscriptionRegistration: the subscription is not registered to use the namespace',
    cause:
      'The resource provider, such as Microsoft.Web, Microsoft.App or Microsoft.OperationalInsights, is not registered in the subscription.',
    fix: 'az provider register --namespace <namespace> --wait, with the namespace in the message, then deploy again.',
    isSeenIn: anyOf(
      coded('MissingSubscriptionRegistration', 'SubscriptionNotRegistered', 'MissingRegistrationForLocation', 'MissingRegistrationForType'),
      said(/not registered (?:to use|with) (?:namespace|the Microsoft\.)/i),
    ),
  },
  'flex-setting-refused': {
    link: 'deployment',
    symptom: 'an app setting or site property is not valid for Flex Consumption',
    cause:
      'Flex Consumption takes runtime, version and scale from functionAppConfig and refuses older settings: FUNCTIONS_WORKER_RUNTIME, WEBSITE_RUN_FROM_PACKAGE, linuxFxVersion and the like.',
    fix: 'Remove the setting that the message names from the app settings or the template; infra/azure/main.bicep has the right form. Older tasks and extensions send such properties by themselves: update them.',
    isSeenIn: said(
      /for Flex Consumption (?:sites?|apps?|plans?)|Site\.(?:SiteConfig|FunctionAppConfig)[\w.]{0,60}.{0,100}(?:invalid|not (?:allowed|supported))|FunctionAppConfig (?:section )?(?:is|was) (?:invalid|not)/i,
    ),
  },
  'region-unavailable': {
    link: 'deployment',
    symptom: 'LocationNotAvailableForResourceType or SkuNotAvailable: not available in this region',
    cause: 'The region does not offer the plan (Flex Consumption is not everywhere), the runtime or the storage redundancy.',
    fix: 'az functionapp list-flexconsumption-locations lists the regions; deploy with another --region.',
    isSeenIn: anyOf(
      coded(
        'LocationNotAvailableForResourceType',
        'SkuNotAvailable',
        'LocationNotSupported',
        'NoRegisteredProviderFound',
        'InvalidResourceLocation',
        'LocationRequired',
      ),
      said(
        /(?:location|region) .{1,60} is not (?:available|accepting|supported)|not available (?:for|in) (?:location|region)|not supported in (?:this |the )?region/i,
      ),
    ),
  },
  'azure-quota': {
    link: 'deployment',
    symptom: 'a quota of the subscription is exceeded',
    cause: 'The subscription has no room for another plan, app or core in this region; a trial subscription may have none at all.',
    fix: 'Subscriptions > Usage + quotas: request more, delete what nobody uses, or take another region.',
    isSeenIn: anyOf(
      coded(
        'QuotaExceeded',
        'SubscriptionIsOverQuotaForSku',
        'InsufficientQuota',
        'ResourceQuotaExceeded',
        'MaxStorageAccountsCountPerSubscriptionExceeded',
        'RoleAssignmentLimitExceeded',
      ),
      said(/without additional quota|quota .{0,60}exceeded|exceed(?:ing|s|ed) (?:the )?(?:approved|quota)|Current Limit \(/i),
    ),
  },
  'app-name-taken': {
    link: 'deployment',
    symptom: 'Website with given name already exists',
    cause: 'Names of function apps are unique over all of Azure (<name>.azurewebsites.net), and somebody has this one.',
    fix: 'Deploy with another --name.',
    isSeenIn: said(
      /Website with given name .{1,80} already exists|Hostname .{1,120} (?:already exists|is already (?:taken|in use))|WebsiteNameNotAvailable/i,
    ),
  },
  'storage-name-taken': {
    link: 'deployment',
    symptom: 'StorageAccountAlreadyTaken or AccountNameInvalid',
    cause:
      'Names of storage accounts are unique over all of Azure, of 3 to 24 lower-case letters and digits. One in another resource group of yours counts, too.',
    fix: 'Deploy with another --name (or storage account name).',
    isSeenIn: anyOf(
      coded('StorageAccountAlreadyTaken', 'StorageAccountAlreadyExists', 'AccountNameInvalid', 'StorageAccountInOtherResourceGroup'),
      said(/storage account named .{1,60} (?:is )?already|not a valid storage account name/i),
    ),
  },
  'soft-deleted': {
    link: 'deployment',
    symptom: 'a deleted resource of the same name is still kept (soft delete)',
    cause: 'Key vaults, app configurations and Log Analytics workspaces keep their name for days after deletion.',
    fix: 'az keyvault list-deleted, then az keyvault recover or purge --name <vault>; or deploy under another name.',
    isSeenIn: anyOf(
      coded('FlagMustBeSetForRestore', 'NameUnavailable', 'VaultAlreadyExists'),
      said(/soft[- ]?deleted|in deleted (?:but recoverable )?state|deleted vault/i),
    ),
  },
  'resource-locked': {
    link: 'deployment',
    symptom: 'ScopeLocked: the scope is locked',
    cause: 'A lock (CanNotDelete, ReadOnly) of the resource group or resource forbids the change.',
    fix: 'az lock list --resource-group <group>; let its owner remove it for the deployment (az lock delete).',
    isSeenIn: anyOf(coded('ScopeLocked'), said(/following scope\(s\) are locked/i)),
  },
  'deployment-active': {
    link: 'deployment',
    symptom: 'DeploymentActive or AnotherOperationInProgress: another deployment is under way',
    cause: 'A deployment of the same name, or another change of the same resource, has not ended.',
    fix: 'Wait some minutes and deploy again; az deployment group cancel ends a stuck one.',
    isSeenIn: anyOf(
      coded('DeploymentActive', 'AnotherOperationInProgress', 'RetryableError', 'StorageAccountOperationInProgress'),
      said(/another (?:operation|deployment) is (?:in progress|being)|requires exclusive access/i),
    ),
  },
  'azure-resource-missing': {
    link: 'deployment',
    symptom: 'ResourceNotFound, ResourceGroupNotFound or ParentResourceNotFound',
    cause: 'The name is wrong, the resource is in another group or subscription, or it was made moments ago.',
    fix: 'az account show for the subscription, az resource list --resource-group <group> for the names; deploy again after a minute.',
    isSeenIn: anyOf(
      coded('ResourceGroupNotFound', 'ParentResourceNotFound', 'DeploymentNotFound'),
      said(
        /\bResourceNotFound\b(?!.{0,40}specified resource)|Resource group .{1,100} could not be found|The Resource '?Microsoft\.\S{1,200} .{0,80}was not found/i,
      ),
    ),
  },
  'subscription-unusable': {
    link: 'deployment',
    symptom: 'the subscription is not found or disabled',
    cause: 'The id is wrong, the signed-in account does not see it, or the subscription is disabled or read-only.',
    fix: 'az account list --output table; az account set --subscription <id>, or enable it (Subscriptions > Overview).',
    isSeenIn: anyOf(
      coded('SubscriptionNotFound', 'InvalidSubscriptionId', 'ReadOnlyDisabledSubscription', 'DisabledSubscription'),
      said(/subscription .{1,80} (?:could not be found|doesn't exist|is disabled|not found)|SubscriptionDoesNotExist/i),
    ),
  },
  'az-signed-out': {
    link: 'deployment',
    symptom: "Please run 'az login', or azd auth login",
    cause: 'Nobody is signed in on the machine that deploys, or the sign-in has expired. The app itself needs none of this.',
    fix: 'az login --tenant <tenant id>, or azd auth login, then run the command again.',
    isSeenIn: said(
      /(?:Invalid|Expired)AuthenticationToken\w{0,20}|Please run:? ?['"`]?az login|run `?azd auth login|No subscriptions? found for|not logged in|Interactive authentication is needed|az login --(?:tenant|scope|use-device-code)/i,
    ),
  },
  'azd-not-provisioned': {
    link: 'deployment',
    symptom: 'azd finds no resource tagged with azd-service-name, or no infrastructure',
    cause: 'The environment of azd was not provisioned, or is another one.',
    fix: 'azd env select <name>, azd provision, then azd deploy.',
    isSeenIn: said(
      /azd-service-name|infrastructure has not been provisioned|no (?:default )?(?:project|environment) (?:exists|set|selected)|unable to find a resource tagged/i,
    ),
  },
  'bicep-invalid': {
    link: 'deployment',
    symptom: 'a BCP… error of Bicep, or InvalidTemplate',
    cause:
      'A parameter has a value of another type or name than the template knows, or the Bicep CLI is older than the template (the Microsoft Graph extension needs 0.36).',
    fix: 'az bicep upgrade; correct the line that the message names in the .bicepparam file. infra/azure/types.bicep lists what the jobs may have.',
    isSeenIn: anyOf(
      said(/\bBCP\d{3}\b|Deployment template validation failed|template parameters? .{1,120} (?:is|are) not valid/i),
      coded('InvalidTemplate', 'InvalidDeploymentParameterValue', 'InvalidRequestContent'),
    ),
  },
  'app-keys-not-ready': {
    link: 'deployment',
    symptom: "az functionapp keys list answers 'Bad Request' or an error of the host",
    cause: 'The host of the app is starting, or cannot start: it keeps the keys in its storage.',
    fix: 'Wait some minutes after the first deployment and ask again. If it stays, look at the log stream of the app, and at its access to AzureWebJobsStorage.',
    isSeenIn: said(
      /(?:functionapp keys|host\/default\/listkeys|listKeys).{0,300}(?:Bad ?Request|InternalServerError|503|ServiceUnavailable)|Encountered an error \((?:ServiceUnavailable|InternalServerError|BadGateway|Forbidden)\) from host runtime/i,
    ),
  },
  'deployment-storage-unreachable': {
    link: 'deployment',
    symptom: 'InaccessibleStorageException: failed to access the storage account for deployment',
    cause:
      'The identity of the app cannot write the package to the deployment container: its role is missing or only minutes old, or the firewall of the account keeps it out.',
    fix: 'Publish again after ten minutes. If it stays, give the identity Storage Blob Data Contributor (or Owner) on the account, let the network of the app through its firewall, and check functionAppConfig.deployment.storage.',
    isSeenIn: said(/InaccessibleStorage|Failed to (?:access storage account for deployment|upload blob package)|BlobUploadFailed/i),
  },
  'publish-refused': {
    link: 'deployment',
    symptom: 'publishing the package is refused (401, 403, Ip Forbidden, Basic authentication disabled)',
    cause:
      'The deployment endpoint (SCM, Kudu) is closed to this network, wants Entra ID instead of a publish profile, or the app is stopped or starting.',
    fix: 'Publish by az functionapp deployment source config-zip or infra/publish.sh while signed in with az; open Networking > Access restrictions for the SCM site; start the app.',
    isSeenIn: said(
      /Ip Forbidden|Site Disabled|Basic (?:auth|authentication) is (?:disabled|not allowed)|\.scm\.azurewebsites\.net.{0,200}\b(?:401|403|503)\b|Failed to use .{1,200} as OneDeploy content|Site Unavailable \(CODE: 503\)/i,
    ),
  },
  'azure-deployment-other': {
    link: 'deployment',
    symptom: 'an error of Azure Resource Manager that the doctor does not explain one by one',
    cause: 'A resource of the deployment was refused; DeploymentFailed and InvalidTemplateDeployment are only the wrapper.',
    fix: 'Resource group > Deployments > the failed one > Operation details, or az deployment operation group list --resource-group <group> --name <deployment>. Explain the innermost message.',
    isSeenIn: said(
      /DeploymentFailed|RoleDefinitionDoesNotExist|DeploymentQuotaExceeded|error deploying infrastructure|InvalidTemplateDeployment|resource deployment operation failed|aka\.ms\/(?:arm-|DeployOperations)|management\.azure\.com|Microsoft\.(?:Web|Storage|Authorization|Resources|ManagedIdentity)\//,
    ),
    rank: 'family',
  },
} as const satisfies Failures;
