import type { FailureId } from '../../../src/doctor/explain/known-failures.ts';
import { CLOUDFORMATION_SAMPLES, IAM_SAMPLES, STS_SAMPLES, TRUST_SHAPE_SAMPLES } from './aws.ts';
import { AZURE_DEPLOYMENT_SAMPLES, DURABLE_SAMPLES, FUNCTIONS_HOST_SAMPLES, SETTING_SAMPLES } from './azure.ts';
import { IDENTITY_SAMPLES } from './identity.ts';
import { BLOB_SAMPLES, NETWORK_SAMPLES, S3_SAMPLES, STORE_SAMPLES } from './stores.ts';

const BY_ID: Readonly<Record<FailureId, readonly string[]>> = {
  ...IDENTITY_SAMPLES,
  ...IAM_SAMPLES,
  ...TRUST_SHAPE_SAMPLES,
  ...STS_SAMPLES,
  ...CLOUDFORMATION_SAMPLES,
  ...S3_SAMPLES,
  ...BLOB_SAMPLES,
  ...STORE_SAMPLES,
  ...NETWORK_SAMPLES,
  ...AZURE_DEPLOYMENT_SAMPLES,
  ...FUNCTIONS_HOST_SAMPLES,
  ...DURABLE_SAMPLES,
  ...SETTING_SAMPLES,
};

/** Every message with the failure that it must be recognised as. */
export const SAMPLES: readonly (readonly [string, string])[] = Object.entries(BY_ID).flatMap(([id, texts]) =>
  texts.map((text) => [id, text] as const),
);
