import { CLOUDFORMATION_FAILURES } from '../failures/aws/cloudformation.ts';
import { IAM_FAILURES } from '../failures/aws/iam.ts';
import { S3_FAILURES } from '../failures/aws/s3.ts';
import { S3_ACCESS_FAILURES } from '../failures/aws/s3-access.ts';
import { STS_FAILURES } from '../failures/aws/sts.ts';
import { TRUST_SHAPE_FAILURES } from '../failures/aws/trust-shape.ts';
import { APP_PUBLISHING_FAILURES } from '../failures/azure/app-publishing.ts';
import { AZURE_DEPLOYMENT_FAILURES } from '../failures/azure/azure-deployment.ts';
import { AZURE_RIGHTS_FAILURES } from '../failures/azure/azure-rights.ts';
import { BLOB_FAILURES } from '../failures/azure/blob.ts';
import { BLOB_ACCESS_FAILURES } from '../failures/azure/blob-access.ts';
import { DURABLE_FAILURES } from '../failures/azure/durable.ts';
import { ENTRA_FAILURES } from '../failures/azure/entra.ts';
import { ENTRA_CREDENTIAL_FAILURES } from '../failures/azure/entra-credentials.ts';
import { FUNCTIONS_HOST_FAILURES } from '../failures/azure/functions-host.ts';
import { MANAGED_IDENTITY_FAILURES } from '../failures/azure/managed-identity.ts';
import { NETWORK_FAILURES } from '../failures/network.ts';
import { SETTING_FAILURES } from '../failures/settings.ts';
import { STORE_FAILURES } from '../failures/stores.ts';
import type { Finding } from '../finding.ts';
import type { Evidence, KnownFailure, Link } from './evidence.ts';
import { plainText } from './plain-text.ts';

/** The families; where several failures are seen in one text, the order is theirs. */
const KNOWN_FAILURES = {
  ...SETTING_FAILURES,
  ...IAM_FAILURES,
  ...CLOUDFORMATION_FAILURES,
  ...STS_FAILURES,
  ...TRUST_SHAPE_FAILURES,
  ...ENTRA_CREDENTIAL_FAILURES,
  ...ENTRA_FAILURES,
  ...MANAGED_IDENTITY_FAILURES,
  ...AZURE_RIGHTS_FAILURES,
  ...AZURE_DEPLOYMENT_FAILURES,
  ...APP_PUBLISHING_FAILURES,
  ...DURABLE_FAILURES,
  ...FUNCTIONS_HOST_FAILURES,
  ...S3_ACCESS_FAILURES,
  ...S3_FAILURES,
  ...BLOB_ACCESS_FAILURES,
  ...BLOB_FAILURES,
  ...STORE_FAILURES,
  ...NETWORK_FAILURES,
};

/** Names of the failures that the doctor knows. */
export type FailureId = keyof typeof KNOWN_FAILURES;

/** A finding, with the part of the chain that it is about. */
export type Explanation = Finding & { readonly link: Link };

export const FAILURE_IDS = Object.keys(KNOWN_FAILURES) as readonly FailureId[];

/** The finding of a known failure; `symptom` says how it shows here. */
export function findingOf(id: FailureId, symptom?: string): Finding {
  const { symptom: usual, cause, fix } = KNOWN_FAILURES[id];
  return { id, symptom: symptom ?? usual, cause, fix };
}

/**
 * Every known failure that shows in the evidence, the most particular first. Where there is none, that of the family whose error it is;
 * empty for a text of no family. Nothing of the text is repeated.
 */
export function recognise(evidence: Evidence): readonly Explanation[] {
  const plain = { ...evidence, text: plainText(evidence.text) };
  const ranked = Object.groupBy(
    FAILURE_IDS.filter((id) => failure(id).isSeenIn(plain)),
    (id) => failure(id).rank ?? 'particular',
  );
  const { particular = [], broad = [], family = [] } = ranked;
  const known = [...particular, ...broad];
  return (known.length > 0 ? known : family.slice(0, 1)).map((id) => ({ ...findingOf(id), link: failure(id).link }));
}

/** Tells whether a finding says only which service refused. */
export function isOfFamily({ id }: Finding): boolean {
  return FAILURE_IDS.includes(id as FailureId) && failure(id as FailureId).rank === 'family';
}

function failure(id: FailureId): KnownFailure {
  return KNOWN_FAILURES[id];
}
