import { request } from 'node:https';
import { json } from 'node:stream/consumers';

export interface JsonAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** One request over HTTPS to a server whose certificate `ca` signed. */
export function fetchJson(url: string, options: { readonly ca: string; readonly method?: 'GET' | 'POST' }): Promise<JsonAnswer> {
  return new Promise((resolve, reject) => {
    request(url, options, (response) => {
      const status = response.statusCode ?? 0;
      json(response).then((body) => resolve({ status, body: body as Record<string, unknown> }), reject);
    })
      .on('error', reject)
      .end();
  });
}
