import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said, saidInError } from '../signs.ts';

/** Resources, templates and tools: ARM, Bicep, az and azd. */
export const AZURE_DEPLOYMENT_FAILURES = {
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
  'azd-not-provisioned': {
    link: 'deployment',
    symptom: 'azd finds no resource tagged with azd-service-name, or no infrastructure',
    cause: 'The environment of azd was not provisioned, or is another one.',
    fix: 'azd env select <name>, azd provision, then azd deploy.',
    isSeenIn: said(
      /azd-service-name|infrastructure has not been provisioned|no (?:default )?(?:project|environment) (?:exists|set|selected)|unable to find a resource tagged/i,
    ),
  },
  'group-elsewhere': {
    link: 'deployment',
    symptom: 'InvalidResourceGroupLocation, InvalidResourceLocation or InvalidDeploymentLocation: it is in another region already',
    cause: 'The resource group, a resource or a deployment of this name was made earlier in another region, which cannot be changed.',
    fix: 'az group show --name <group> --query location, and deploy with that --region, or with another --resource-group and --name.',
    isSeenIn: anyOf(
      coded('InvalidResourceGroupLocation', 'InvalidResourceLocation', 'InvalidDeploymentLocation'),
      said(/already exists in location/i),
    ),
  },
  'subnet-refused': {
    link: 'deployment',
    symptom: 'the subnet is not delegated to Microsoft.App/environments, is too small, or is in use',
    cause:
      'Flex Consumption wants a subnet of its own for the app, delegated to Microsoft.App/environments and without private endpoints; its name has no underscore.',
    fix: 'Set privateNetwork.appSubnetId to such a subnet (az network vnet subnet update --delegations Microsoft.App/environments), of /27 or larger, and endpointSubnetId to another. Register Microsoft.App.',
    isSeenIn: anyOf(
      coded(
        'SubnetMissingRequiredDelegation',
        'SubnetIsFull',
        'SubnetWithServiceAssociationLinkCannotBeUsed\\w*',
        'InUseSubnetCannotBe\\w{1,20}',
        'SubnetDelegations?\\w{1,60}',
        'PrivateEndpointCannotBeCreatedInSubnet\\w{0,80}',
      ),
      said(
        /must be delegated to|Delegations of subnet|requires the following delegation|subnet .{1,300} (?:is (?:full|already in use)|does not have enough)/i,
      ),
    ),
  },
  'bicep-tool-missing': {
    link: 'deployment',
    symptom: 'the Bicep CLI, or an extension of it, cannot be found or downloaded',
    cause:
      'az downloads Bicep, and Bicep the Microsoft Graph extension, when they are first needed; the network or a proxy does not let them.',
    fix: 'az bicep install (or az config set bicep.use_binary_from_path=true with a bicep of your own). Let mcr.microsoft.com and downloads.bicep.azure.com through, or deploy with --entra script, which needs no extension.',
    isSeenIn: said(
      /Bicep CLI not found|Error while attempting to (?:retrieve the latest Bicep|download Bicep)|BCP19[02]\b|Unable to restore the (?:artifact|module)|bicep: command not found/i,
    ),
    rank: 'broad',
  },
  'bicep-invalid': {
    link: 'deployment',
    symptom: 'a BCP… error of Bicep, or InvalidTemplate',
    cause:
      'A parameter has a value of another type or name than the template knows, or the Bicep CLI is older than the template (the Microsoft Graph extension needs 0.36).',
    fix: 'az bicep upgrade; correct the line that the message names in the .bicepparam file. infra/azure/types.bicep lists what the jobs may have.',
    isSeenIn: anyOf(
      said(
        /\bBCP(?!19[02]\b)\d{3}\b|unrecognized template parameter|Missing input parameters|Deployment template validation failed|template parameters? .{1,120} (?:is|are) not valid/i,
      ),
      coded('InvalidTemplate', 'InvalidDeploymentParameterValue', 'InvalidRequestContent'),
    ),
  },
  'azd-hook-failed': {
    link: 'deployment',
    symptom: "azd: the 'preprovision' or 'postprovision' hook failed",
    cause: 'infra/deploy.sh (before) or infra/publish.sh (after) stopped. azd adds only that line; what the script said is above it.',
    fix: 'Explain the lines above, which name the step. With exit code 2 an input is wrong: correct it by azd env set, and run azd up again.',
    isSeenIn: said(/hook failed with exit code/i),
    rank: 'broad',
  },
  'az-crashed': {
    link: 'deployment',
    symptom: 'az: The command failed with an unexpected error',
    cause: 'The Azure CLI itself failed: an installation that is broken or old, or an extension that does not fit.',
    fix: 'az upgrade, az extension list and az extension update, then run the command again. The last line of the traceback says more.',
    isSeenIn: said(
      /The command failed with an unexpected error|cli\.azure\.cli\.core\.azclierror|azure-cli.{0,200}(?:ModuleNotFoundError|ImportError)/i,
    ),
    rank: 'broad',
  },
  'azure-deployment-other': {
    link: 'deployment',
    symptom: 'an error of Azure Resource Manager that the doctor does not explain one by one',
    cause: 'A resource of the deployment was refused; DeploymentFailed and InvalidTemplateDeployment are only the wrapper.',
    fix: 'Resource group > Deployments > the failed one > Operation details, or az deployment operation group list --resource-group <group> --name <deployment>. Explain the innermost message.',
    isSeenIn: anyOf(
      said(
        /DeploymentFailed|RoleDefinitionDoesNotExist|DeploymentQuotaExceeded|error deploying infrastructure|InvalidTemplateDeployment|resource deployment operation failed|aka\.ms\/(?:arm-|DeployOperations)/,
      ),
      saidInError(
        /management\.azure\.com|Microsoft\.(?:Web|App|Storage|Authorization|Resources|ManagedIdentity|Network|Insights|OperationalInsights)\//,
      ),
    ),
    rank: 'family',
  },
} as const satisfies Failures;
