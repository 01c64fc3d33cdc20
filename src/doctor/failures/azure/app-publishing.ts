import type { Failures } from '../../explain/evidence.ts';
import { said } from '../signs.ts';

/** The package on its way into the app, and the keys of the app. */
export const APP_PUBLISHING_FAILURES = {
  'app-keys-not-ready': {
    link: 'deployment',
    symptom: "az functionapp keys list answers 'Bad Request' or an error of the host",
    cause: 'The host of the app is starting, or cannot start: it keeps the keys in its storage.',
    fix: 'Wait some minutes after the first deployment and ask again. If it stays, look at the log stream of the app, and at its access to AzureWebJobsStorage.',
    isSeenIn: said(
      /(?:functionapp keys|host\/default\/listkeys|listKeys).{0,300}(?:Bad ?Request|InternalServerError|503|ServiceUnavailable)|Encountered an error \((?:ServiceUnavailable|InternalServerError|BadGateway|Forbidden)\) from host runtime/i,
    ),
  },
  'deployment-storage-unreachable': {
    link: 'deployment',
    symptom: 'InaccessibleStorageException: failed to access the storage account for deployment',
    cause:
      'The identity of the app cannot write the package to the deployment container: its role is missing or only minutes old, or the firewall of the account keeps it out.',
    fix: 'Publish again after ten minutes. If it stays, give the identity Storage Blob Data Contributor (or Owner) on the account, let the network of the app through its firewall, and check functionAppConfig.deployment.storage.',
    isSeenIn: said(/InaccessibleStorage|Failed to (?:access storage account for deployment|upload blob package)|BlobUploadFailed/i),
  },
  'publish-failed': {
    link: 'deployment',
    symptom: 'Zip deployment failed, or an error occurred while deploying the package',
    cause: 'The package was taken and could not be unpacked or started: it is not whole, too large, or the host did not come up with it.',
    fix: 'Run infra/publish.sh again, which builds and packs the app anew. If it stays: az functionapp log deployment list, and the log stream of the app.',
    isSeenIn: said(/Zip deployment failed|occurred while deploying the package|Deployment Failed, Error:/i),
    rank: 'broad',
  },
  'publish-refused': {
    link: 'deployment',
    symptom: 'publishing the package is refused (401, 403, Ip Forbidden, Basic authentication disabled)',
    cause:
      'The deployment endpoint (SCM, Kudu) is closed to this network, wants Entra ID instead of a publish profile, or the app is stopped or starting.',
    fix: 'Publish by az functionapp deployment source config-zip or infra/publish.sh while signed in with az; open Networking > Access restrictions for the SCM site; start the app.',
    isSeenIn: said(
      /Ip Forbidden|Deployment endpoint responded with status code (?:401|403|503)|Site Disabled|Basic (?:auth|authentication) is (?:disabled|not allowed)|\.scm\.azurewebsites\.net.{0,200}\b(?:401|403|503)\b|Failed to use .{1,200} as OneDeploy content|Site Unavailable \(CODE: 503\)/i,
    ),
  },
} as const satisfies Failures;
