import { notImplemented } from '../aws-error.ts';
import type { AwsRequest } from '../aws-request.ts';
import { accessDenied } from './errors.ts';

const SUPPORTED = [
  /^x-amz-(date|security-token|content-sha256|decoded-content-length|trailer|user-agent|algorithm|credential|expires|signature|signedheaders)$/,
  /^x-amz-(sdk-checksum-algorithm|checksum-[a-z0-9]+)$/,
  /^x-amz-(acl|request-payer|expected-bucket-owner|source-expected-bucket-owner)$/,
  /^x-amz-(storage-class|tagging|mp-object-size|optional-object-attributes|website-redirect-location|meta-.+)$/,
  /^x-amz-server-side-encryption(-aws-kms-key-id|-bucket-key-enabled)?$/,
  /^x-amz-(copy-source(-if-(match|none-match|modified-since|unmodified-since))?|metadata-directive|tagging-directive)$/,
];

/** Throws for a header that asks for what the stand-in does not do, such as a key of the customer or a lock: ignoring it would be a wrong success. */
export function checkHeaders(request: AwsRequest, accountId: string): void {
  for (const name of request.headers.keys()) {
    if (name.startsWith('x-amz-') && !SUPPORTED.some((pattern) => pattern.test(name))) throw notImplemented(`The header ${name}`);
  }
  for (const name of ['x-amz-expected-bucket-owner', 'x-amz-source-expected-bucket-owner']) {
    const owner = request.header(name);
    if (owner !== undefined && owner !== accountId) throw accessDenied();
  }
}
