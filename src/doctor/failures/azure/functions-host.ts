import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** The Functions host and the Node worker. */
export const FUNCTIONS_HOST_FAILURES = {
  'schedule-not-recognised': {
    link: 'host',
    symptom: 'the schedule expression was not recognized as a valid cron expression or timespan string',
    cause:
      'A timer wants NCRONTAB with six fields (second minute hour day month weekday): no ?, L, W or #, weekdays 0 to 6. Only that timer is not registered.',
    fix: 'Correct the schedule of the job, such as "0 0 2 * * *" for two o\'clock (UTC), and restart the app.',
    isSeenIn: said(
      /schedule expression .{0,200} (?:was )?not recogni[sz]ed|not a valid (?:N?CRON|crontab|schedule) expression|CrontabException/i,
    ),
  },
  'entry-point-not-loaded': {
    link: 'host',
    symptom: 'Worker was unable to load entry point, or Cannot find module',
    cause:
      'The package lacks what "main" of package.json names (dist/main.js), or its node_modules: it was published without a build, or without production dependencies.',
    fix: 'npm ci && npm run build, then infra/publish.sh, which packs dist, host.json, package.json and node_modules at the top of the archive.',
    isSeenIn: said(
      /unable to load entry point|Cannot find (?:module|package) '|ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND|ERR_REQUIRE_ESM|Unable to determine function entry point/i,
    ),
  },
  'node-version': {
    link: 'host',
    symptom: 'the version of Node does not fit',
    cause: 'The runtime version of the app, or Node on this machine, is older than 22.18.',
    fix: 'az functionapp config show, and set functionAppConfig.runtime.version (Flex Consumption) or --runtime-version to 22 or later; locally install Node 22.18 or later.',
    isSeenIn: said(
      /Incompatible Node\.?js version|ERR_UNKNOWN_FILE_EXTENSION|needs Node 22|Your node version .{1,40} not supported|node: bad option|Unsupported engine|EBADENGINE|Node(?:\.js)? v?\d[\w.]{0,20} (?:is )?not supported/i,
    ),
  },
  'worker-out-of-memory': {
    link: 'host',
    symptom: 'JavaScript heap out of memory, or the worker exited with code 134 or 137',
    cause: 'The worker used more memory than the instance has.',
    fix: 'Take an instance size of 2048 MB (instanceMemoryMB), lower options.concurrency and options.lanes, and set languageWorkers__node__arguments as docs/settings.md says under Memory.',
    isSeenIn: said(/JavaScript heap out of memory|exited with code -?(?:134|137)\b|OOMKilled|OutOfMemoryException|Reached heap limit/i),
  },
  'function-timeout': {
    link: 'host',
    symptom: 'Timeout value exceeded by function (FunctionTimeoutException)',
    cause: 'A function took longer than functionTimeout of host.json; the host restarts the worker, and what runs beside it is cut off.',
    fix: 'Set BRIDGE_SLICE_SECONDS to half of functionTimeout, or raise functionTimeout in host.json. Runs continue from their checkpoints.',
    isSeenIn: said(/FunctionTimeout|Timeout value of .{1,30} (?:was )?exceeded/i),
  },
  'worker-runtime-setting': {
    link: 'host',
    symptom: 'FUNCTIONS_WORKER_RUNTIME is missing or does not match the app (AZFD0011, AZFD0013)',
    cause: 'The host starts a worker of another language, or does not know which.',
    fix: 'Set FUNCTIONS_WORKER_RUNTIME=node in local.settings.json and on Premium or Dedicated plans; on Flex Consumption remove it and set functionAppConfig.runtime.name to node.',
    isSeenIn: said(
      /AZFD00(?:11|13)|FUNCTIONS_WORKER_RUNTIME.{0,120}(?:does not match|not (?:found|set|specified|valid)|required|invalid|missing)|worker runtime (?:cannot|can't) be (?:undefined|'?none)/i,
    ),
  },
  'extension-bundle-missing': {
    link: 'host',
    symptom: 'the extension bundle cannot be loaded, or binding types are not registered',
    cause:
      'host.json has no extensionBundle, its version does not exist or is too old for Durable Functions, or the machine cannot download it (offline, proxy).',
    fix: 'Take extensionBundle of the shipped host.json. Offline: run func once with a connection, or set AzureFunctionsJobHost__extensionBundle__downloadPath; through a proxy set HTTPS_PROXY.',
    isSeenIn: said(
      /extension bundle.{0,200}(?:not|fail|unable|error|could)|(?:unable|failed) to (?:load|download|find).{0,60}extension ?bundle|binding type\(s\) .{1,200} (?:are|is|were) not registered|ExtensionBundle of version .{1,40} does not meet|AZFD0014/i,
    ),
  },
  'host-json-invalid': {
    link: 'host',
    symptom: 'host.json cannot be read (AZFD0009)',
    cause: 'The file is no valid JSON, lacks "version": "2.0", or has a value of a wrong type.',
    fix: 'Correct the line that the message names; comments and commas at the end are permitted. The shipped host.json is right as it is.',
    isSeenIn: said(
      /AZFD0009|Unable to parse host configuration file|host\.json.{0,200}(?:invalid|missing the required|is missing|is not valid JSON|unexpected|cannot be (?:used|read))|HostConfigurationException/i,
    ),
  },
  'no-functions-found': {
    link: 'host',
    symptom: 'No job functions found, or 0 functions loaded',
    cause:
      'The host runs, but the app registered nothing: "main" of package.json is not where the package has it, the code threw while it was loaded (look further up), or the package is empty.',
    fix: 'npm ci && npm run build, then infra/publish.sh; check that the package has dist/main.js and host.json at its top. In the log stream look for the first error of the worker.',
    isSeenIn: said(
      /No job functions found|\b0 functions (?:found|loaded)|No functions (?:were )?found|Found zero files matching|no HTTP triggers found/i,
    ),
  },
  'worker-failed-to-start': {
    link: 'host',
    symptom: 'the language worker failed to start or exited',
    cause:
      'The Node process ended before it was ready: the code or a dependency throws when it is loaded, Node is missing or too old, or worker arguments are wrong.',
    fix: 'Look for the first error of the worker above this line. Check node --version, and languageWorkers__node__arguments; run node dist/main.js locally.',
    isSeenIn: said(
      /(?:Failed|failed|unable) to start (?:a |new )*(?:language )?worker|Language ?Worker ?Process.{0,40}exited|WorkerProcessExit|Did not find any (?:initialized )?language workers|Exceeded language worker restart retry count|(?:node|worker process) exited with code|Failed to start Worker Channel|Worker failed to (?:start|index|function|load)|Initializing? worker process failed/i,
    ),
  },
  'host-storage-unreachable': {
    link: 'host',
    symptom: 'the host cannot use AzureWebJobsStorage (unhealthy storage, secrets or locks)',
    cause:
      'The host keeps keys, locks and schedules in its storage account: the setting is missing, the identity lacks its roles, or the firewall keeps it out.',
    fix: 'Set AzureWebJobsStorage__accountName, __credential=managedidentity and __clientId, and give the identity Storage Blob Data Owner, Storage Queue Data Contributor and Storage Table Data Contributor on the account; let the network of the app through.',
    isSeenIn: said(
      /azure\.functions\.webjobs\.storage|AZFD0008|AzureWebJobsStorage.{0,160}(?:unhealthy|not configured|does not exist|missing|unable|invalid|could not|fail)|(?:unable|failed) to (?:access|create client for|connect to).{0,60}AzureWebJobsStorage|Secret initialization from Blob storage failed|Blob Storage Secret Repository|Unable to find an Azure Storage connection|storage connection string named|Value cannot be null\. \(Parameter '(?:connectionString)'\)|Singleton lock|Unable to get function keys|Process reporting unhealthy/i,
    ),
    rank: 'broad',
  },
  'host-id-collision': {
    link: 'host',
    symptom: 'a collision for host id was detected (AZFD0004)',
    cause: 'Two apps with the same first 32 characters of their names share one storage account.',
    fix: 'Give each app its own storage account, or set AzureFunctionsWebHost__hostid to a name of its own.',
    isSeenIn: said(/AZFD0004|collision for Host ID/i),
  },
  'secrets-unreadable': {
    link: 'host',
    symptom: 'more than 10 non-decryptable secrets backups (AZFD0007)',
    cause:
      'The keys of the app were encrypted by another machine key, often after the storage account was shared or restored, and the host made new ones again and again.',
    fix: 'Delete the backups in the container azure-webjobs-secrets of the host storage, restart the app, and use the new keys.',
    isSeenIn: said(/AZFD0007|non-decryptable (?:secrets )?backups/i),
  },
  'storage-sas-expiring': {
    link: 'host',
    symptom: 'a SAS in the settings is about to expire (AZFD0006)',
    cause: 'A setting such as WEBSITE_RUN_FROM_PACKAGE has a URL with a SAS that ends soon.',
    fix: 'Publish by infra/publish.sh, which needs no SAS, or renew it.',
    isSeenIn: said(/AZFD0006/),
  },
  'package-unavailable': {
    link: 'host',
    symptom: 'the package of the app cannot be downloaded or mounted',
    cause: 'WEBSITE_RUN_FROM_PACKAGE names a URL that has expired or gone, or the archive is damaged.',
    fix: 'Publish again. On Flex Consumption remove WEBSITE_RUN_FROM_PACKAGE.',
    isSeenIn: said(
      /WEBSITE_RUN_FROM_PACKAGE|(?:download|mount|extract)\w* (?:of )?(?:the )?(?:zip |package).{0,40}fail|Error downloading (?:package|zip)/i,
    ),
  },
  'app-stopped': {
    link: 'host',
    symptom: 'Error 403: this web app is stopped',
    cause: 'The app was stopped by hand, or its quota of the day is used up.',
    fix: 'az functionapp start --name <app> --resource-group <group>.',
    isSeenIn: said(/(?:web|function) app is (?:stopped|currently stopped|disabled)|Site is (?:stopped|disabled)/i),
  },
  'app-access-restricted': {
    link: 'network',
    symptom: 'Error 403 Forbidden: the web app has blocked your access',
    cause: 'Access restrictions of the app, or disabled public network access, do not let this network in.',
    fix: 'Function app > Networking > Public network access: add your address, or call the app from its network.',
    isSeenIn: said(/web app you have attempted to reach has blocked your access|azurewebsites\.net.{0,200}403 (?:\(?Ip )?Forbidden/i),
  },
  'function-key-missing': {
    link: 'host',
    symptom: '401 Unauthorized from the app',
    cause: 'The request has no function key, or one that was renewed.',
    fix: 'Send the header x-functions-key with the output of az functionapp keys list --query functionKeys.default.',
    isSeenIn: said(/azurewebsites\.net.{0,200}\b401\b|\b401\b.{0,100}azurewebsites\.net(?!.{0,40}scm)/i),
    rank: 'broad',
  },
  'port-in-use': {
    link: 'host',
    symptom: 'the port is in use (EADDRINUSE, Port 7071 is unavailable)',
    cause: 'Another host, or one that was not ended, listens on the port.',
    fix: 'End it, or choose another port: func start --port <port>.',
    isSeenIn: said(/EADDRINUSE|Port \d{2,5} is unavailable|address (?:is )?already in use/i),
  },
  'host-offline': {
    link: 'host',
    symptom: '503: Function host is not running, host is offline, Service Unavailable',
    cause:
      'The host cannot start, or is starting: most often it has no access to AzureWebJobsStorage, host.json or a setting is wrong, or the app is stopped.',
    fix: 'Log stream and Diagnose and solve problems of the app show the first error of the start: explain that. Right after a deployment wait some minutes.',
    isSeenIn: said(
      /Function host is not running|Functions runtime is unreachable|host (?:is )?(?:offline|in (?:an )?error state)|HTTP(?: Error)? 503|\b503 (?:Service|Site) Unavailable|The service is unavailable\.|services aren't available right now/i,
    ),
    rank: 'broad',
  },
  'listener-not-started': {
    link: 'host',
    symptom: 'The listener for function … was unable to start',
    cause:
      'The trigger cannot reach what it listens to: for timers and Durable Functions the host storage. The inner error has the reason.',
    fix: 'Explain the inner error. Usually a role on the storage account is missing, or its firewall keeps the app out.',
    isSeenIn: said(/listener for function .{1,100} was unable to start|Function .{1,80} indexing (?:failed|error)|Error indexing method/i),
    rank: 'broad',
  },
  'host-other': {
    link: 'host',
    symptom: 'an error of the Functions host that the doctor does not explain one by one',
    cause: 'The host, or the code in it, failed to start or to run a function.',
    fix: 'Look for the first error in the log stream (az webapp log tail, or traces and exceptions in Application Insights) and explain that. Codes AZFD… are described under "Azure Functions diagnostic events".',
    isSeenIn: anyOf(
      said(
        /AZFD\d{4}|A host error has occurred|Exception while executing function|Host initialization:|Microsoft\.Azure\.(?:WebJobs|Functions)|Value cannot be null\. \(Parameter 'provider'\)|\bfunc (?:host )?start\b|host startup/i,
      ),
      coded('FunctionInvocationException'),
    ),
    rank: 'family',
  },
} as const satisfies Failures;
