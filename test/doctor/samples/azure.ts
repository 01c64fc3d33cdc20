import type { APP_PUBLISHING_FAILURES } from '../../../src/doctor/failures/azure/app-publishing.ts';
import type { AZURE_DEPLOYMENT_FAILURES } from '../../../src/doctor/failures/azure/azure-deployment.ts';
import type { AZURE_RIGHTS_FAILURES } from '../../../src/doctor/failures/azure/azure-rights.ts';
import type { DURABLE_FAILURES } from '../../../src/doctor/failures/azure/durable.ts';
import type { FUNCTIONS_HOST_FAILURES } from '../../../src/doctor/failures/azure/functions-host.ts';
import type { SETTING_FAILURES } from '../../../src/doctor/failures/settings.ts';
import type { SamplesOf } from './samples-of.ts';

/** What ARM, az and azd answer. */
export const AZURE_DEPLOYMENT_SAMPLES: SamplesOf<
  typeof AZURE_RIGHTS_FAILURES & typeof AZURE_DEPLOYMENT_FAILURES & typeof APP_PUBLISHING_FAILURES
> = {
  'role-assignment-exists': [
    '{"code":"RoleAssignmentExists","message":"The role assignment already exists. The ID of the existing role assignment is 1."}',
  ],
  'role-assignment-stale': [
    'RoleAssignmentUpdateNotPermitted: Tenant ID, application ID, principal ID, and scope are not allowed to be updated.',
  ],
  'principal-not-replicated': [
    `Resource '1' does not exist or one of its queried reference-property objects are not present.`,
    'PrincipalNotFound: Principal d05f9b6200000000 does not exist in the directory 7c1a2f3e. Check that you have the correct principal ID.',
  ],
  'role-assignment-denied': [
    "AuthorizationFailed: The client 'dev@contoso.com' with object id '1' does not have authorization to perform action 'Microsoft.Authorization/roleAssignments/write' over scope '/subscriptions/2'",
  ],
  'linked-authorization-failed': [
    "LinkedAuthorizationFailed: The client has permission to perform action 'Microsoft.Web/sites/write' on scope; however, it does not have permission to perform action(s) 'join/action' on the linked scope(s)",
  ],
  'azure-authorization-failed': [
    "AuthorizationFailed: The client 'dev@contoso.com' does not have authorization to perform action 'Microsoft.Web/sites/write' over scope '/subscriptions/2' or the scope is invalid.",
  ],
  'policy-disallowed': ["RequestDisallowedByPolicy: Resource 'stbridge' was disallowed by policy. Policy identifiers: '[]'."],
  'provider-not-registered': ["MissingSubscriptionRegistration: The subscription is not registered to use namespace 'Microsoft.Web'."],
  'flex-setting-refused': [
    'The following app setting (Site.SiteConfig.AppSettings.FUNCTIONS_WORKER_RUNTIME) for Flex Consumption sites is invalid. Please remove or rename it before retrying.',
    'Site.FunctionAppConfig is invalid. The FunctionAppConfig section was not specified in the request, which is required for Flex Consumption sites.',
    'The following list of 4 site configuration properties (Site.SiteConfig.FtpsState,Site.SiteConfig.Use32BitWorkerProcess) for Flex Consumption sites is invalid',
  ],
  'region-unavailable': [
    "LocationNotAvailableForResourceType: The provided location 'nowhere' is not available for resource type 'Microsoft.Web/serverfarms'.",
    "SkuNotAvailable: The requested tier for resource is currently not available in location 'westeurope'",
  ],
  'azure-quota': [
    'RoleAssignmentLimitExceeded: No more role assignments can be created (code: RoleAssignmentLimitExceeded)',
    "Quota 'Total Regional Cores' exceeded",
    'SubscriptionIsOverQuotaForSku: This region has quota of 0 instances for your subscription.',
    'Operation cannot be completed without additional quota. Current Limit (Dynamic VMs): 0',
  ],
  'app-name-taken': [
    'Website with given name bridge already exists.',
    "Hostname 'bridge.azurewebsites.net' already exists. Please select a different name.",
  ],
  'storage-name-taken': [
    'StorageAccountAlreadyTaken: The storage account named stbridge is already taken.',
    'AccountNameInvalid: my_bridge is not a valid storage account name.',
  ],
  'soft-deleted': [
    'VaultAlreadyExists: The vault name is already in use.',
    'FlagMustBeSetForRestore: An existing resource with ID has been soft-deleted. To restore the resource, you must specify restore',
    'A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault.',
  ],
  'resource-locked': [
    "ScopeLocked: The scope cannot perform delete operation because following scope(s) are locked: '/subscriptions/2'. Please remove the lock and try again.",
  ],
  'deployment-active': [
    'DeploymentActive: Unable to edit or replace deployment main: previous deployment is still active',
    'AnotherOperationInProgress: Another operation is in progress.',
  ],
  'azure-resource-missing': [
    "ResourceGroupNotFound: Resource group 'bridge' could not be found.",
    "(ResourceNotFound) The Resource 'Microsoft.Web/sites/bridge' under resource group 'bridge' was not found.",
  ],
  'subscription-unusable': [
    "SubscriptionNotFound: The subscription '2' could not be found.",
    'ReadOnlyDisabledSubscription: The subscription is disabled and therefore marked as read only.',
  ],
  'az-signed-out': [
    '(pii). Status: Response_Status.Status_InteractionRequired, Error code: 3399614476, Tag: 557973645',
    `No subscription found. Run 'az account set' to select a subscription.`,
    'Run Connect-AzAccount to login.',
    'ExpiredAuthenticationToken: The access token expiry UTC time is earlier than current UTC time',
    "Please run 'az login' to setup account.",
    'ERROR: not logged in, run `azd auth login` to login',
  ],
  'azd-not-provisioned': [
    "resource not found: unable to find a resource tagged with 'azd-service-name: bridge'",
    'infrastructure has not been provisioned. Run `azd provision`',
  ],
  'bicep-invalid': [
    `unrecognized template parameter 'foo'. Allowed parameters: name`,
    'Missing input parameters: audience, roleArn',
    'main.bicepparam(12,17) : Error BCP036: The property "minSize" expected a value of type "null | string" but the provided value is of type "1024".',
    "InvalidTemplate: Deployment template validation failed: 'The template parameters are not valid'",
  ],
  'app-keys-not-ready': [
    "az functionapp keys list: Operation returned an invalid status 'Bad Request'",
    'Encountered an error (ServiceUnavailable) from host runtime.',
  ],
  'deployment-storage-unreachable': [
    'InaccessibleStorageException: Failed to access storage account for deployment: BlobUploadFailedException: Failed to upload blob to storage account',
    'Failed to upload blob package to storage account with Error: Response status code does not indicate success: 403',
  ],
  'publish-refused': [
    'Deployment endpoint responded with status code 401',
    'Ip Forbidden (CODE: 403)',
    'Basic authentication is disabled.',
    'Site Unavailable (CODE: 503)',
  ],
  'group-elsewhere': [
    `InvalidResourceGroupLocation: Invalid resource group location 'westeurope'. The Resource group already exists in location 'northeurope'.`,
    `InvalidDeploymentLocation: Invalid deployment location 'westeurope'. The deployment 'main' already exists in location 'northeurope'.`,
  ],
  'subnet-refused': [
    `Subnet 'apps' must be delegated to Microsoft.App/environments`,
    '(SubnetMissingRequiredDelegation) Subnet requires the following delegation(s) [Microsoft.App/environments]',
    '{"code":"BadRequest","message":"SubnetIsFull"}',
  ],
  'bicep-tool-missing': [
    'Error BCP192: Unable to restore the artifact with reference "br:mcr.microsoft.com/bicep/extensions/microsoftgraph/v1.0:1.0.0"',
    'Bicep CLI not found. Install it now by running "az bicep install".',
  ],
  'azd-hook-failed': [
    `failed running pre hooks: 'preprovision' hook failed with exit code: '2', Path: '/tmp/azd-preprovision-1.sh'. : exit code: 2`,
  ],
  'az-crashed': ['The command failed with an unexpected error. Here is the traceback: ModuleNotFoundError'],
  'publish-failed': [
    `Zip deployment failed. {'id': 'x', 'status': 3, 'message': 'Deployment Failed.'}`,
    'InternalServerError occurred while deploying the package: Deployment Failed, Error: [Errno 28] No space left on device',
  ],
  'azure-deployment-other': [
    'GET https://management.azure.com/subscriptions/1/resourceGroups/2/providers/Microsoft.Web/sites/3: 418, an error of a new kind',
    'ERROR: deployment failed: error deploying infrastructure',
    'DeploymentFailed: At least one resource deployment operation failed. Please list deployment operations for details.',
    'InvalidTemplateDeployment',
  ],
};

/** What the Functions host and Core Tools print. */
export const FUNCTIONS_HOST_SAMPLES: SamplesOf<typeof FUNCTIONS_HOST_FAILURES> = {
  'schedule-not-recognised': [
    "Microsoft.Azure.WebJobs.Host: Error indexing method 'Functions.job-nightly'. The schedule expression '0 0 2 ? * MON' was not recognized as a valid cron expression or timespan string.",
  ],
  'entry-point-not-loaded': [
    'Worker was unable to load entry point "dist/main.js": File does not exist.',
    "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'zod' imported from /home/site/wwwroot/dist/settings.js",
  ],
  'node-version': [
    'Error: Your node version v18.20.0 is not supported',
    'node: bad option: --experimental-strip-types',
    'Incompatible Node.js version (v18.20.0). The version of the Azure Functions runtime you are using supports Node.js v20.x.',
    'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts"',
    'keyless-bridge needs Node 22.18 or later; this is 20.1.0.',
  ],
  'worker-out-of-memory': [
    'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    'node exited with code 137',
  ],
  'function-timeout': [
    'Timeout value of 00:10:00 exceeded by function: Functions.syncSlice',
    'Microsoft.Azure.WebJobs.Host.FunctionTimeoutException',
  ],
  'worker-runtime-setting': [
    'AZFD0013: FUNCTIONS_WORKER_RUNTIME is set to dotnet, which does not match the worker runtime metadata found in the deployed function app artifacts.',
    "Worker runtime cannot be 'None'. Please set a valid runtime.",
  ],
  'extension-bundle-missing': [
    'The Functions host was unable to load extension bundle: Microsoft.Azure.Functions.ExtensionBundle could not be found',
    "The binding type(s) 'orchestrationTrigger, timerTrigger' are not registered. Please ensure the type is correct and the binding extension is installed.",
    'Referenced bundle Microsoft.Azure.Functions.ExtensionBundle of version 1.8.1 does not meet the required minimum version of 2.6.1.',
  ],
  'host-json-invalid': [
    "AZFD0009: Unable to parse host configuration file '/home/site/wwwroot/host.json'.",
    "The host.json file is missing the required 'version' property.",
    'host.json is not valid JSON: unexpected character at line 3, column 5.',
  ],
  'no-functions-found': ['No job functions found. Try making your job classes and methods public.', '0 functions loaded'],
  'worker-failed-to-start': [
    'Failed to start a new language worker for runtime: node.',
    'Did not find any initialized language workers',
    'Language Worker Process exited. Pid=42.',
    'Exceeded language worker restart retry count for runtime:node. Shutting down and proactively recycling the Functions Host to recover',
  ],
  'host-storage-unreachable': [
    `A host error has occurred during startup operation: Value cannot be null. (Parameter 'connectionString')`,
    'Process reporting unhealthy: Unhealthy. Health check entries are {"azure.functions.webjobs.storage":{"status":"Unhealthy","description":"Unable to create client for AzureWebJobsStorage"}}',
    'Secret initialization from Blob storage failed due to missing both an Azure Storage connection string and a SAS connection uri.',
    'There was an error performing a read operation on the Blob Storage Secret Repository.',
    'Unable to find an Azure Storage connection to use for this binding.',
  ],
  'host-id-collision': ["AZFD0004: A collision for Host ID 'keyless-bridge' was detected in the configured storage account."],
  'secrets-unreadable': ['AZFD0007: Repository has more than 10 non-decryptable secrets backups (host).'],
  'storage-sas-expiring': ['AZFD0006: SAS token within WEBSITE_CONTENT setting is expiring soon'],
  'package-unavailable': ['Failed to download zip: WEBSITE_RUN_FROM_PACKAGE returned 404'],
  'app-stopped': ['Error 403 - This web app is stopped.'],
  'app-access-restricted': ['Error 403 - Forbidden. The web app you have attempted to reach has blocked your access.'],
  'function-key-missing': ['curl: https://bridge.azurewebsites.net/api/doctor 401 Unauthorized'],
  'port-in-use': [
    'Port 7071 is unavailable. Close the process using that port, or specify another port using --port [-p].',
    'listen EADDRINUSE: address already in use 127.0.0.1:7071',
  ],
  'host-offline': [
    'Azure Functions runtime is unreachable. Click here for details on storage configuration.',
    'Function host is not running.',
    'HTTP Error 503. The service is unavailable.',
  ],
  'listener-not-started': ["The listener for function 'Functions.resumeRuns' was unable to start."],
  'host-other': [
    'Exception while executing function: Functions.syncSlice',
    'A host error has occurred during startup operation',
    "Value cannot be null. (Parameter 'provider')",
    'AZFD0005: external startup',
  ],
};

export const DURABLE_SAMPLES: SamplesOf<typeof DURABLE_FAILURES> = {
  'durable-storage-roles': [
    'DurableTask.AzureStorage: This request is not authorized to perform this operation using this permission. (https://account.queue.core.windows.net/hub-control-00)',
  ],
  'task-hub-name': [
    "Task hub name 'my-hub' is invalid: it should contain only alphanumeric characters, start with a letter, and have length between 3 and 45.",
  ],
  'orchestration-changed': [
    'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task with sequence ID 0',
  ],
  'orchestrator-missing': ["The function 'runOrchestrator' doesn't exist, is disabled, or is not an orchestrator function."],
  'run-exists-already': ['An Orchestration instance with the status Running already exists.'],
  'task-hub-shared': ['SplitBrainDetected: an instance history table update failed'],
  'durable-history-damaged': ['The provided orchestration history is missing an ExecutionStarted event'],
  'durable-other': ['DurableTask.Core.Exceptions.TaskFailedException: something new'],
};

export const SETTING_SAMPLES: SamplesOf<typeof SETTING_FAILURES> = {
  'setting-unresolved': [
    'AZURE_CLIENT_SECRET=@Microsoft.KeyVault(SecretUri=https://vault.vault.azure.net/secrets/bridge/)',
    '@Microsoft.AppConfiguration(Endpoint=https://c.azconfig.io; Key=bridge)',
    'AWS_ROLE_ARN is a reference that Azure has not resolved to a value',
  ],
  'key-vault-denied': [
    'Caller is not authorized to perform action on resource. Action: \'Microsoft.KeyVault/vaults/secrets/getSecret/action\' Inner error: { "code": "ForbiddenByRbac" }',
    "The user, group or application 'appid=1' does not have secrets get permission on key vault 'vault;location=westeurope'.",
  ],
  'key-vault-secret-missing': ['SecretNotFound: A secret with (name/id) bridge was not found in this key vault.'],
  'setting-wrong': ['AWS_ROLE_ARN must be the ARN of an IAM role, arn:aws:iam::<account>:role/<name>', 'BRIDGE_AUDIENCE is not set'],
};
