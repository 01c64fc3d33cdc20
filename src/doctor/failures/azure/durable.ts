import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** The engine of the runs: Durable Functions on Azure Storage. */
export const DURABLE_FAILURES = {
  'durable-storage-roles': {
    link: 'host',
    symptom: 'Durable Functions may not use the queues or tables of the host storage',
    cause:
      'The task hub needs queues and tables besides blobs: the identity lacks their roles, or the firewall (a private endpoint for each service) keeps it out.',
    fix: 'Give the identity Storage Queue Data Contributor and Storage Table Data Contributor on the host storage account, set AzureWebJobsStorage__accountName, and make private endpoints for queue and table, too.',
    isSeenIn: said(
      /\.(?:queue|table)\.core\..{0,300}(?:Authorization|not authorized|\b403\b)|(?:AuthorizationPermissionMismatch|AuthorizationFailure|not authorized).{0,300}\.(?:queue|table)\.core\.|DurableTask\.AzureStorage.{0,300}(?:Authorization|not authorized|\b403\b)/i,
    ),
  },
  'task-hub-name': {
    link: 'host',
    symptom: 'the name of the task hub is not valid',
    cause: 'A task hub has 3 to 45 letters and digits and begins with a letter.',
    fix: 'Correct extensions.durableTask.hubName in host.json, or the setting that it names as %NAME%.',
    isSeenIn: said(/task ?hub (?:name )?.{0,80}(?:invalid|not valid|must (?:be|contain|start)|should contain)|TaskHubName.{0,80}invalid/i),
  },
  'orchestration-changed': {
    link: 'host',
    symptom: 'Non-Deterministic workflow detected',
    cause: 'An orchestration that began with an older release continues with code that decides in another way.',
    fix: 'Nothing is lost: the supervisor starts the next attempt of the run from its checkpoints within minutes. If a run stays, cancel it and start it again.',
    isSeenIn: said(/Non-?Deterministic/i),
  },
  'orchestrator-missing': {
    link: 'host',
    symptom: "the function doesn't exist, is disabled, or is not an orchestrator or activity function",
    cause:
      'An orchestration in the storage names a function that this release does not register: the settings are wrong, so that only HTTP is served, or another app uses the same task hub.',
    fix: 'GET /api/health shows problems of the settings. Give each app its own task hub (hubName in host.json) or storage account.',
    isSeenIn: said(/doesn't exist, is disabled, or is not an? (?:orchestrat|activity|entity)/i),
  },
  'run-exists-already': {
    link: 'host',
    symptom: 'an orchestration instance with this id already exists',
    cause: 'A run with this id was started already.',
    fix: 'GET /api/runs shows it. Start another run when it has ended, or cancel it.',
    isSeenIn: anyOf(
      coded('OrchestrationAlreadyExists\\w*'),
      said(/Orchestration instance (?:with the status|ID).{0,80} already exists|instance with (?:the )?ID .{1,120} already exists/i),
    ),
  },
  'task-hub-shared': {
    link: 'host',
    symptom: 'leases of partitions move to and fro, or messages are for another app',
    cause: 'Two apps (or slots) use the same task hub in the same storage account.',
    fix: 'Give each its own hubName in host.json, or its own storage account.',
    isSeenIn: said(/SplitBrain|task hub.{0,100}(?:another|already|conflict|shared)|partition.{0,60}lease.{0,60}(?:stolen|lost)/i),
  },
  'durable-history-damaged': {
    link: 'host',
    symptom: 'the history of an orchestration cannot be read',
    cause:
      'The tables of the task hub were changed or deleted while orchestrations ran, or the engine lost a race (a known fault of the extension).',
    fix: 'Nothing is lost: the supervisor starts the next attempt of the run. To begin anew stop the app, delete the tables and queues of the task hub, and start it.',
    isSeenIn: said(
      /SessionAborted|orchestration (?:history|state).{0,80}(?:corrupt|not found|missing)|TaskOrchestrationExecutor.{0,100}(?:ArgumentException|same key)|ExecutionStarted event/i,
    ),
  },
  'durable-other': {
    link: 'host',
    symptom: 'an error of Durable Functions that the doctor does not explain one by one',
    cause: 'The engine, or its storage, failed. Runs continue from their checkpoints when it works again.',
    fix: 'GET /api/runs/<id> shows the attempts of a run. Look for DurableTask in the traces of Application Insights, and at the access of the app to blobs, queues and tables of AzureWebJobsStorage.',
    isSeenIn: said(/DurableTask|Durable Functions|orchestration(?:Trigger|Client)|durabletask/i),
    rank: 'family',
  },
} as const satisfies Failures;
