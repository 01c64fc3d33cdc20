metadata description = 'The one identity of the bridge. Deployed before all else too, since AWS and Entra ID must know it.'

param name string
param location string

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: name
  location: location
}

output clientId string = identity.properties.clientId
output principalId string = identity.properties.principalId
