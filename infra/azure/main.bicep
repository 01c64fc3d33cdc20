metadata description = 'Keyless Bridge in Azure: a Flex Consumption app with one identity and no keys. Deploy entra.bicep and infra/aws first, or run infra/deploy.sh.'

import { adHocLimits as adHocLimitsType, dataAccounts, identityMode, job, network, s3Server } from 'types.bicep'

@description('Name of the bridge, and of what belongs to it.')
@minLength(4)
@maxLength(32)
param name string = 'keyless-bridge'
param location string = resourceGroup().location

@description('App ID URI that tokens for AWS are asked for.')
param audience string
@description('The IAM role to assume.')
param roleArn string
param awsRegion string
param identity identityMode = 'managed-identity'
@description('Client id of the app registration, where the identity is federated-app.')
param applicationClientId string = ''
@description('What the managed identity asks a token for where the identity is federated-app; empty: what its cloud has.')
param exchangeAudience string = ''

@description('What to sync.')
param jobs job[] = []
@description('Without jobs: the bucket that a first job copies a new, empty container to.')
param bucket string = ''
@description('The prefix in the bucket that it is copied to; empty: the whole bucket.')
param bucketPrefix string = 'outbox/'
@description('What ad hoc runs may read besides the jobs; and write.')
param adHocSources string[] = []
param adHocDestinations string[] = []
@description('What else ad hoc runs may do.')
param adHocLimits adHocLimitsType = {}
@description('Resource groups of the storage accounts that are elsewhere.')
param accounts dataAccounts = {}

@description('Life of AWS credentials, up to the maximum of the role.')
@minValue(900)
@maxValue(43200)
param sessionSeconds int = 3600
@minValue(1)
@maxValue(480)
param sliceSeconds int = 300
@description('Objects of this size and more are copied by ranges.')
@minValue(16)
@maxValue(4096)
param largeObjectMib int = 256
param stateContainer string = 'keyless-bridge'
@description('Days after which the records and receipts of a run are deleted.')
@minValue(1)
param keepRunsDays int = 30
@description('Where the end of each run is told; where it holds a secret, a reference: @Microsoft.KeyVault(SecretUri=…).')
param webhookUrl string = ''
@description('The key vault secret that this is signed with, https://<vault>.vault.azure.net/secrets/<name>. The identity must be allowed to read it.')
param webhookSecretUri string = ''
@description('Told when something failed; empty: nobody, the alert is in the portal.')
param alertEmail string = ''

@allowed(['22', '24'])
param nodeVersion string = '24'
@allowed([512, 2048, 4096])
param instanceMemoryMB int = 2048
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40
@description('Instances kept warm for runs, at a price.')
@minValue(0)
param warmInstanceCount int = 0
@description('A virtual network for the app, with the host storage reachable from there only.')
param privateNetwork network?
@description('An S3-compatible server in place of AWS.')
param s3Compatible s3Server?

type grant = {
  account: string
  container: string
  access: ('read' | 'write' | 'tags')
}

@description('The access that goes with blob locations: to their containers, each once. Locations in S3 are passed over.')
func grantsFor(locations string[], access ('read' | 'write' | 'tags')) grant[] =>
  union(
    [],
    map(filter(locations, location => startsWith(location, 'https://')), location => {
      // A host name may be written in capitals, the name of a role assignment and a key of "accounts" may not.
      account: replace(toLower(first(split(split(location, '/')[2], '.'))), '-secondary', '')
      container: split(location, '/')[3]
      access: access
    })
  )

var suffix = uniqueString(resourceGroup().id, name)
// Not the output of its module: a preview can then tell the names of all role assignments.
var identityId = resourceId('Microsoft.ManagedIdentity/userAssignedIdentities', name)
var siteName = '${name}-${suffix}'
var outboxAccount = 'kbdata${suffix}'
var hasOutbox = empty(jobs) && !empty(bucket)
var outboxJob = {
  name: 'outbox-to-s3'
  source: 'https://${outboxAccount}.blob.${environment().suffixes.storage}/outbox'
  destination: 's3://${bucket}/${bucketPrefix}'
}

var jobSources = map(jobs, each => each.source)
var jobDestinations = concat(
  map(jobs, each => each.destination),
  filter(map(jobs, each => each.?reportTo ?? ''), location => !empty(location))
)
// A dry run and an audit write no object.
var writingJobs = filter(jobs, each => !(each.?options.?dryRun ?? false) && !(each.?options.?verify ?? false))
var readDestinations = map(
  filter(jobs, each => (each.?options.?dryRun ?? false) || (each.?options.?verify ?? false)),
  each => each.destination
)
var writtenPlaces = concat(
  map(writingJobs, each => each.destination),
  filter(map(jobs, each => each.?reportTo ?? ''), location => !empty(location))
)
// To ask for an archived blob is to write its tier.
var restoringJobs = filter(writingJobs, each => contains(string(each.?options.?archived ?? 'skip'), '"restore"'))
var keyLists = filter(map(jobs, each => each.?options.?keys ?? ''), location => !empty(location))
var taggedJobs = filter(jobs, each => each.?options.?tags ?? false)
// The locations of the jobs stay allowed beside those that are named here.
var allowedSources = empty(adHocSources) ? [] : union(jobSources, hasOutbox ? [outboxJob.source] : [], adHocSources)
var allowedDestinations = empty(adHocDestinations)
  ? []
  : union(jobDestinations, hasOutbox ? [outboxJob.destination] : [], adHocDestinations)
var grants = concat(
  hasOutbox ? [{ account: outboxAccount, container: 'outbox', access: 'read' }] : [],
  grantsFor(concat(jobSources, readDestinations, adHocSources, keyLists, adHocLimits.?keyLists ?? []), 'read'),
  grantsFor(concat(writtenPlaces, adHocDestinations, map(restoringJobs, each => each.source)), 'write'),
  grantsFor(concat(map(taggedJobs, each => each.source), map(taggedJobs, each => each.destination)), 'tags')
)

module bridgeIdentity 'modules/identity.bicep' = {
  params: { name: name, location: location }
}

module hostStorage 'modules/host-storage.bicep' = {
  params: {
    name: 'kbhost${suffix}'
    location: location
    stateContainer: stateContainer
    identityId: identityId
    principalId: bridgeIdentity.outputs.principalId
    privateNetwork: privateNetwork
  }
}

module monitoring 'modules/monitoring.bicep' = {
  params: {
    name: name
    location: location
    siteName: siteName
    alertEmail: alertEmail
    identityId: identityId
    principalId: bridgeIdentity.outputs.principalId
  }
}

module outbox 'modules/outbox.bicep' = if (hasOutbox) {
  params: { accountName: outboxAccount, containerName: 'outbox', location: location }
}

module access 'modules/container-access.bicep' = [
  for grant in grants: {
    scope: resourceGroup(
      accounts[?grant.account].?subscriptionId ?? subscription().subscriptionId,
      accounts[?grant.account].?resourceGroup ?? resourceGroup().name
    )
    params: {
      accountName: grant.account
      containerName: grant.container
      access: grant.access
      identityId: identityId
      principalId: bridgeIdentity.outputs.principalId
    }
    dependsOn: [outbox]
  }
]

module functionApp 'modules/function-app.bicep' = {
  params: {
    name: siteName
    planName: name
    location: location
    identityId: identityId
    deploymentContainerUrl: hostStorage.outputs.deploymentContainerUrl
    nodeVersion: nodeVersion
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    warmInstanceCount: warmInstanceCount
    appSubnetId: privateNetwork.?appSubnetId
    settings: {
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: bridgeIdentity.outputs.clientId
      // In addition to the addresses: without it the host may start before it knows its storage.
      AzureWebJobsStorage__accountName: hostStorage.outputs.accountName
      AzureWebJobsStorage__blobServiceUri: hostStorage.outputs.blobEndpoint
      AzureWebJobsStorage__queueServiceUri: hostStorage.outputs.queueEndpoint
      AzureWebJobsStorage__tableServiceUri: hostStorage.outputs.tableEndpoint
      APPLICATIONINSIGHTS_CONNECTION_STRING: monitoring.outputs.connectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${bridgeIdentity.outputs.clientId};Authorization=AAD'
      AZURE_AUTHORITY_HOST: environment().authentication.loginEndpoint
      AZURE_TENANT_ID: tenant().tenantId
      AZURE_CLIENT_ID: identity == 'federated-app' ? applicationClientId : bridgeIdentity.outputs.clientId
      BRIDGE_IDENTITY: identity
      BRIDGE_MANAGED_IDENTITY_CLIENT_ID: bridgeIdentity.outputs.clientId
      BRIDGE_AUDIENCE: audience
      BRIDGE_EXCHANGE_AUDIENCE: exchangeAudience
      BRIDGE_DISABLE_INSTANCE_DISCOVERY: 'false'
      AWS_ROLE_ARN: roleArn
      AWS_REGION: awsRegion
      AWS_ENDPOINT_URL_S3: s3Compatible.?s3Endpoint ?? ''
      AWS_ENDPOINT_URL_STS: s3Compatible.?stsEndpoint ?? ''
      BRIDGE_S3_FORCE_PATH_STYLE: toLower(string(s3Compatible.?forcePathStyle ?? false))
      BRIDGE_S3_CHECKSUMS: s3Compatible.?checksums ?? 'when-supported'
      BRIDGE_SESSION_SECONDS: string(sessionSeconds)
      BRIDGE_SLICE_SECONDS: string(sliceSeconds)
      BRIDGE_LARGE_OBJECT_MIB: string(largeObjectMib)
      BRIDGE_STATE_CONTAINER: stateContainer
      BRIDGE_KEEP_DAYS: string(keepRunsDays)
      BRIDGE_WEBHOOK_URL: webhookUrl
      BRIDGE_WEBHOOK_SECRET: empty(webhookSecretUri) ? '' : '@Microsoft.KeyVault(SecretUri=${webhookSecretUri})'
      // Empty: those of the jobs.json in the package.
      BRIDGE_JOBS: hasOutbox ? string([outboxJob]) : (empty(jobs) ? '' : string(jobs))
      // Empty: those of the jobs.
      BRIDGE_ALLOWED_LOCATIONS: ''
      BRIDGE_ALLOWED_SOURCES: (adHocLimits.?allowed ?? true) ? join(allowedSources, ' ') : 'none'
      BRIDGE_ALLOWED_DESTINATIONS: join(allowedDestinations, ' ')
      BRIDGE_ALLOWED_KEY_LISTS: join(adHocLimits.?keyLists ?? [], ' ')
      BRIDGE_AD_HOC_MAX_DELETIONS: string(adHocLimits.?maxDeletions ?? 0)
      BRIDGE_AD_HOC_MAX_RESTORE: adHocLimits.?maxRestore ?? '0'
      BRIDGE_AD_HOC_TIERS: join(adHocLimits.?tiers ?? [], ' ')
      BRIDGE_AD_HOC_ACLS: join(adHocLimits.?acls ?? [], ' ')
    }
  }
  dependsOn: [access]
}

@description('Name of the app to publish to.')
output functionAppName string = siteName
output hostName string = functionApp.outputs.hostName
@description('Subject that the trust policy of AWS pins where the identity is managed-identity.')
output identityPrincipalId string = bridgeIdentity.outputs.principalId
@description('Where to put something for the first job, if there is one.')
output outboxUrl string = hasOutbox ? outboxJob.source : ''
