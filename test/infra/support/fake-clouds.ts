import type { FakeAnswer } from './fake-commands.ts';

export const TENANT = '00000000-0000-0000-0000-000000000001';
export const IDENTITY = '00000000-0000-0000-0000-0000000000f1';
export const CLIENT = '00000000-0000-0000-0000-0000000000c1';
export const SUBJECT = '00000000-0000-0000-0000-0000000000e1';
export const OTHER = '00000000-0000-0000-0000-0000000000a9';
export const INPUTS = [
  '--tenant',
  TENANT,
  '--subscription',
  'sub',
  '--region',
  'westeurope',
  '--aws-account',
  '111122223333',
  '--bucket',
  'contoso-archive',
];
export const ROLE = ['keyless-bridge', 'eu-central-1', TENANT, 'api://the-app', SUBJECT, 'WriteBucket=contoso-archive'];
export const PROVIDER = `arn:aws:iam::111122223333:oidc-provider/sts.windows.net/${TENANT}/`;

/** Both clouds as they are before the first deployment; the first answer that fits counts. */
export const CLOUDS: readonly FakeAnswer[] = [
  { when: 'az cloud show *', says: 'AzureCloud' },
  { when: 'az account show *', says: TENANT },
  { when: 'az account list-locations *', says: 'northeurope\\nwesteurope' },
  { when: 'az storage account list *', says: 'contoso\\tfinance\\nfabrikam\\tpartners' },
  { when: 'aws sts get-caller-identity *', says: 'arn:aws:sts::111122223333:assumed-role/deployer/me' },
  { when: 'aws kms describe-key *', says: 'arn:aws:kms:eu-central-1:111122223333:key/finance' },
  { when: 'aws s3api get-bucket-location *', says: 'eu-central-1' },
  { when: 'az group exists *', says: 'false' },
  { when: 'az deployment group create *modules/identity.bicep*', says: IDENTITY },
  { when: 'az deployment group create *entra.bicep*', says: `api://${TENANT}/keyless-bridge\\n${CLIENT}\\n${SUBJECT}` },
  { when: 'az deployment group create *main.bicepparam*', says: 'the-app\\nthe-app.example\\nhttps://kbdata.example/outbox' },
  { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'Stack with id keyless-bridge does not exist', exitCode: 254 },
  { when: 'aws iam get-role *', says: 'NoSuchEntity', exitCode: 254 },
  { when: "aws cloudformation describe-stacks *'Subjects'*", says: 'Subjects' },
  { when: 'aws cloudformation describe-stacks *', says: 'arn:aws:iam::111122223333:role/keyless-bridge' },
  { when: 'az functionapp keys list *', says: 'the-key' },
  { when: 'curl */api/doctor', says: 'Every link that was checked holds.' },
];

/** As they are afterwards. */
export const DEPLOYED: readonly FakeAnswer[] = [
  { when: 'az group exists *', says: 'true' },
  { when: 'aws cloudformation describe-stacks *StackStatus*', says: 'UPDATE_COMPLETE' },
  { when: 'aws iam list-open-id-connect-providers *', says: PROVIDER },
  { when: 'aws cloudformation describe-stack-resource *', says: PROVIDER },
  ...CLOUDS,
];

/** The calls that change something in a cloud. */
export function changesIn(calls: readonly string[]): readonly string[] {
  return calls.filter((call) =>
    /^az (?:group create|deployment group create|functionapp deployment|rest --method p)|^aws cloudformation deploy|^aws iam add/.test(
      call,
    ),
  );
}

export function stackOf(calls: readonly string[]): string | undefined {
  return calls.find((call) => call.startsWith('aws cloudformation deploy'));
}
