metadata description = 'The Entra ID side of the trust: the application whose URI is the audience, and who may ask for its tokens. entra.sh does the same without the extension.'

import { identityMode } from 'types.bicep'

extension microsoftGraphV1

@description('Unique name of the application, and the end of its App ID URI.')
param name string = 'keyless-bridge'
@description('Object id of the managed identity of the bridge.')
param identityPrincipalId string
param identity identityMode = 'managed-identity'

@description('Of this application only, so the same in every tenant.')
var roleId = '5b3a0c1e-8f5d-4c53-9b0e-6a1d7f0c2e94'

@description('What a managed identity asks a token for when it stands for an application, by cloud, as in src/clouds/azure-clouds.ts.')
var exchangeAudiences = {
  AzureCloud: 'api://AzureADTokenExchange'
  AzureUSGovernment: 'api://AzureADTokenExchangeUSGov'
  AzureChinaCloud: 'api://AzureADTokenExchangeChina'
}
// In China the issuer has a newer name than the endpoint.
var issuer = replace(
  '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0',
  'login.chinacloudapi.cn',
  'login.partner.microsoftonline.cn'
)

resource application 'Microsoft.Graph/applications@v1.0' = {
  uniqueName: name
  displayName: name
  signInAudience: 'AzureADMyOrg'
  identifierUris: ['api://${tenant().tenantId}/${name}']
  api: { requestedAccessTokenVersion: 1 } // AWS reads the audience of a version 2 token from another claim.
  appRoles: [
    {
      id: roleId
      value: 'Bridge.Assume'
      displayName: 'Assume the AWS role'
      description: 'May get tokens that AWS trusts.'
      allowedMemberTypes: ['Application']
      isEnabled: true
    }
  ]
}

// Without assignment required, Entra ID gives these tokens to every application of the tenant.
resource servicePrincipal 'Microsoft.Graph/servicePrincipals@v1.0' = {
  appId: application.appId
  appRoleAssignmentRequired: true
}

@description('Who asks for the tokens, which is the subject that AWS pins.')
var subject = identity == 'federated-app' ? servicePrincipal.id : identityPrincipalId

resource assignment 'Microsoft.Graph/appRoleAssignedTo@v1.0' = {
  appRoleId: roleId
  principalId: subject
  resourceId: servicePrincipal.id
}

resource federatedCredential 'Microsoft.Graph/applications/federatedIdentityCredentials@v1.0' = if (identity == 'federated-app') {
  name: '${application.uniqueName}/managed-identity'
  description: 'The managed identity of the bridge acts as this application.'
  issuer: issuer
  subject: identityPrincipalId
  audiences: [exchangeAudiences[environment().name]]
}

output audience string = application.identifierUris[0]
output applicationClientId string = application.appId
output subject string = subject
