metadata description = 'Where the app logs, and the alert when something failed. Entra ID only: no instrumentation key lets anyone write.'

param name string
param location string
param identityId string
param principalId string
@description('Name of the function app, as it appears in the logs.')
param siteName string
@description('Who is told; empty: the alert is only shown in the portal.')
param alertEmail string

var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

@description('Whatever the app logs as an error, an unhandled exception, or a failed invocation. A refused request (4xx) is no failure.')
var failures = '''
union isfuzzy=true
  (AppTraces | where SeverityLevel >= 3),
  (AppExceptions),
  (AppRequests | where Success == false and ResultCode !startswith "4")
| where AppRoleName =~ "{0}"
'''

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: name
  location: location
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: 30
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: name
  location: location
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    DisableLocalAuth: true
  }
}

resource publisher 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, identityId, monitoringMetricsPublisher)
  properties: {
    principalId: principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(alertEmail)) {
  name: name
  location: 'global'
  properties: {
    groupShortName: take(name, 12)
    enabled: true
    emailReceivers: [{ name: 'operators', emailAddress: alertEmail, useCommonAlertSchema: true }]
  }
}

resource alert 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = {
  name: '${name}-failures'
  location: location
  kind: 'LogAlert'
  properties: {
    displayName: 'Keyless Bridge: something failed'
    description: 'A run failed, or the app could not do its work. GET /api/runs tells which run and why.'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: format(failures, siteName)
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: empty(alertEmail) ? [] : [people.id] }
  }
}

output connectionString string = insights.properties.ConnectionString
