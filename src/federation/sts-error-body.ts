import { Readable } from 'node:stream';
import type { STSClient } from '@aws-sdk/client-sts';

/** More than any error of STS has. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * Makes `client` understand the errors of servers that answer with `<Error>` alone, as S3 does and as Ceph's gateway does for STS too. The
 * SDK looks for one inside `<ErrorResponse>`, and would not even learn its code.
 */
export function acceptBareErrors(client: STSClient): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as HttpResponse;
      if (response.statusCode >= 400 && response.body instanceof Readable) {
        response.body = Buffer.from(asErrorResponse(await startOf(response.body)));
      }
      return result;
    },
    // Next to the network: the SDK reads what this leaves.
    { step: 'deserialize', priority: 'low', name: 'acceptBareErrors' },
  );
}

interface HttpResponse {
  readonly statusCode: number;
  body: Readable | Buffer;
}

/** The rest is not read: a broken server may send without an end. */
async function startOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    chunks.push(Buffer.from(chunk));
    bytes += chunk.length;
    if (bytes >= MAX_BODY_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, MAX_BODY_BYTES).toString();
}

function asErrorResponse(body: string): string {
  return body.replace(/^(?:<\?xml[^>]*>)?\s*(<Error>.*<\/Error>)\s*$/s, '<ErrorResponse>$1</ErrorResponse>');
}
