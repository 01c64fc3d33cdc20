import { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { jsonBody } from '../../src/functions/http/request.ts';

const headers = { 'content-type': 'application/json' };
const request = (bytes: Uint8Array) => new HttpRequest({ url: 'http://localhost/api/sync', method: 'POST', headers, body: { bytes } });

describe('the body of a request', () => {
  it('is JSON in UTF-8, with or without a mark at its beginning', async () => {
    expect(await jsonBody(request(Buffer.from('\ufeff{"source":"é"}')))).toEqual({ source: 'é' });
  });

  it.each([
    ['Latin-1', Buffer.from('{"source":"s3://bucket/é"}', 'latin1')],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
    ['half a character', Buffer.from('{"source":"é"}').subarray(0, 12)],
  ])('is refused in another encoding, so that no key becomes another one: %s', async (_, bytes) => {
    await expect(jsonBody(request(bytes))).rejects.toMatchObject({ status: 400, message: expect.stringContaining('not UTF-8') });
  });
});
