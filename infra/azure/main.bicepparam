using 'main.bicep'

// Values come from the environment: infra/deploy.sh sets it, and so does azd.
// Whatever else main.bicep can do (network, alerts, retention, ...) is added here, one line a parameter.

param name = readEnvironmentVariable('BRIDGE_NAME', 'keyless-bridge')
param audience = readEnvironmentVariable('BRIDGE_AUDIENCE')
param identity = readEnvironmentVariable('BRIDGE_IDENTITY', 'managed-identity')
param applicationClientId = readEnvironmentVariable('BRIDGE_APPLICATION_CLIENT_ID', '')
param roleArn = readEnvironmentVariable('AWS_ROLE_ARN')
param awsRegion = readEnvironmentVariable('AWS_REGION')
param bucket = readEnvironmentVariable('BRIDGE_BUCKET', '')
param bucketPrefix = readEnvironmentVariable('BRIDGE_PREFIX', 'outbox/')
param accounts = json(readEnvironmentVariable('BRIDGE_ACCOUNTS', '{}'))
// Locations, separated by spaces.
var adHocSourcesText = trim(readEnvironmentVariable('BRIDGE_AD_HOC_SOURCES', ''))
param adHocSources = empty(adHocSourcesText) ? [] : split(adHocSourcesText, ' ')
var adHocDestinationsText = trim(readEnvironmentVariable('BRIDGE_AD_HOC_DESTINATIONS', ''))
param adHocDestinations = empty(adHocDestinationsText) ? [] : split(adHocDestinationsText, ' ')
// A list, or an object that holds it, as in jobs.json.
var jobsText = trim(readEnvironmentVariable('BRIDGE_JOBS', '[]'))
param jobs = startsWith(jobsText, '[') ? json(jobsText) : any(json(jobsText)).jobs
