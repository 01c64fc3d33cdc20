metadata description = 'The Flex Consumption app. Its settings come in as one object, without a secret among them.'

param name string
param planName string
param location string
param identityId string
param deploymentContainerUrl string
param nodeVersion string
param instanceMemoryMB int
param maximumInstanceCount int
@description('Instances kept warm for orchestrations and their activities.')
param warmInstanceCount int
param appSubnetId string?
param settings {
  *: string
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

resource site 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  kind: 'functionapp,linux'
  identity: { type: 'UserAssigned', userAssignedIdentities: { '${identityId}': {} } }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: appSubnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: deploymentContainerUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identityId }
        }
      }
      runtime: { name: 'node', version: nodeVersion }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: warmInstanceCount == 0 ? [] : [{ name: 'durable', instanceCount: warmInstanceCount }]
      }
    }
  }

  resource appSettings 'config' = {
    name: 'appsettings'
    // Without these V8 lets its heap grow to about 500 MB before it collects.
    properties: union(
      { languageWorkers__node__arguments: '--max-semi-space-size=8 --heap-growing-percent=30' },
      settings
    )
  }

  // No passwords: publishing is by Entra ID.
  resource ftpPassword 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource publishingPassword 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
  }
}

output hostName string = site.properties.defaultHostName
