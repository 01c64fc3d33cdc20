import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { STSClient } from '@aws-sdk/client-sts';

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
        response.body = Buffer.from(asErrorResponse(await text(response.body)));
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

function asErrorResponse(body: string): string {
  return body.replace(/^(?:<\?xml[^>]*>)?\s*(<Error>.*<\/Error>)\s*$/s, '<ErrorResponse>$1</ErrorResponse>');
}
