import { AwsError } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import { invalidArgument } from './errors.ts';

const ALGORITHM = 'x-amz-server-side-encryption';
const OF_KMS = [`${ALGORITHM}-aws-kms-key-id`, `${ALGORITHM}-bucket-key-enabled`];

/** What a write asks for, and reads then tell. Keys are not looked up, and nothing is encrypted. */
export function readEncryption(request: AwsRequest): Record<string, string> {
  const algorithm = request.header(ALGORITHM);
  const ofKms = OF_KMS.map((name) => [name, request.header(name)]).filter((entry): entry is [string, string] => entry[1] !== undefined);
  if (algorithm !== undefined && !['AES256', 'aws:kms'].includes(algorithm)) {
    throw new AwsError('InvalidEncryptionAlgorithmError', 400, 'The encryption request you specified is not valid.');
  }
  if (algorithm !== 'aws:kms' && ofKms.length > 0) {
    throw invalidArgument(ofKms[0]?.[0] ?? '', ofKms[0]?.[1] ?? '', 'Server Side Encryption with KMS managed key requires aws:kms.');
  }
  return algorithm === undefined ? {} : Object.fromEntries([[ALGORITHM, algorithm], ...ofKms]);
}

/** The ETag of an object that a KMS key encrypts is no MD5 of its content. */
export function hidesMd5(encryption: Readonly<Record<string, string>>): boolean {
  return encryption[ALGORITHM] === 'aws:kms';
}
