/** Where the management API is, below the host's base URL. */
export const MANAGEMENT_PATH = 'runtime/webhooks/durabletask';

const ID_PLACEHOLDER = 'INSTANCEID';

/** What a durable client input holds, as JSON text: where the real client finds the management API. */
export function createClientInput(baseUrl: string, hubName: string): string {
  const api = `${baseUrl}/${MANAGEMENT_PATH}`;
  const query = `taskHub=${hubName}&connection=AzureWebJobsStorage`;
  return JSON.stringify({
    taskHubName: hubName,
    creationUrls: { createNewInstancePostUri: `${api}/orchestrators/{functionName}[/{instanceId}]?${query}` },
    managementUrls: createManagementUrls(api, ID_PLACEHOLDER, query),
    baseUrl: api,
    requiredQueryStringParameters: query,
    rpcBaseUrl: `${api}/`,
  });
}

/** The URLs that manage one instance. */
export function createManagementUrls(api: string, id: string, query: string): Record<string, string> {
  const instance = `${api}/instances/${id}`;
  return {
    id,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
  };
}
