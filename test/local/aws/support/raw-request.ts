import { request } from 'node:http';
import { SignatureV4 } from '@smithy/signature-v4';
import { NodeSha256 } from '../../../support/node-sha256.ts';
import type { TestAws } from './setup.ts';

export interface RawRequest {
  readonly method: string;
  /** The request target, exactly as it is to be sent. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  /** Ends the connection after the body instead of ending the request. */
  readonly isCutShort?: boolean;
  readonly signedAt?: Date;
}

export interface RawResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Signs a request and sends it as it stands: no SDK and no URL parser touches its target, headers or body. */
export async function sendSigned(test: TestAws, raw: RawRequest): Promise<RawResponse> {
  const unsigned = describeRequest(test, raw, { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', ...raw.headers });
  const signed = await createSigner(test).sign(unsigned, { signingDate: raw.signedAt ?? new Date() });
  return await sendRaw(test.aws.url, { ...raw, headers: signed.headers });
}

export interface Presigning {
  readonly signedAt?: Date;
  readonly expiresInSeconds: number;
}

/** The target of a presigned URL: path and query. */
export async function presign(test: TestAws, raw: RawRequest, { signedAt = new Date(), expiresInSeconds }: Presigning): Promise<string> {
  const options = { signingDate: signedAt, expiresIn: expiresInSeconds };
  const { path, query = {} } = await createSigner(test).presign(
    describeRequest(test, raw, { 'X-Amz-Content-Sha256': 'UNSIGNED-PAYLOAD', ...raw.headers }),
    options,
  );
  const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`);
  return `${path}?${pairs.join('&')}`;
}

function createSigner({ aws, credentials }: TestAws): SignatureV4 {
  return new SignatureV4({ service: 's3', region: aws.region, credentials, sha256: NodeSha256, uriEscapePath: false });
}

function describeRequest({ aws }: TestAws, raw: RawRequest, headers: Readonly<Record<string, string>>) {
  const [path = '', query = ''] = raw.path.split('?');
  const { host } = new URL(aws.url);
  const parameters = Object.fromEntries(new URLSearchParams(query));
  return { method: raw.method, protocol: 'http:', hostname: host, path, query: parameters, headers: { host, ...headers } };
}

/** Sends a request as it stands. Fails when the connection ends without an answer. */
export async function sendRaw(url: string, { method, path, headers = {}, body, isCutShort = false }: RawRequest): Promise<RawResponse> {
  return await new Promise((resolve, reject) => {
    // Node writes one byte for each character, so text goes out as UTF-8.
    const bytes = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString('latin1')]);
    const outgoing = request(url, { method, path, headers: Object.fromEntries(bytes) });
    outgoing.on('error', reject).on('response', async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    if (!isCutShort) outgoing.end(body);
    else outgoing.write(body ?? '', () => outgoing.destroy());
  });
}
