import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFixture } from './fixture.ts';

describe('HTTP functions in the local host', () => {
  let host: Awaited<ReturnType<typeof startFixture>>;

  beforeAll(async () => {
    host = await startFixture({ env: { FIXTURE_PLACE: 'the fixture' } });
  });

  afterAll(async () => {
    await host.stop();
  });

  const call = (path: string, init?: RequestInit) => fetch(`${host.url}/api/${path}`, init);

  it('pass decoded route parameters, and see the environment that the host was given', async () => {
    const response = await call('greet/J%C3%B6rg%20B');

    expect(await response.text()).toBe('Hello, Jörg B, from the fixture');
  });

  it('are chosen by the more specific route', async () => {
    const response = await call('greet/42');

    expect(await response.text()).toBe('Number 42');
  });

  it('take a whole rest of a path as one parameter', async () => {
    const response = await call('rest/a/b%2Fc/d');

    expect(await response.json()).toEqual({ rest: 'a/b%2Fc/d' });
  });

  it('get and give back binary bodies of megabytes unchanged', async () => {
    const body = randomBytes(5 * 1024 * 1024);

    const response = await call('echo', { method: 'PUT', body, headers: { 'content-type': 'application/octet-stream' } });

    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('x-method')).toBe('PUT');
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
  });

  it('see a repeated query key once, with its values joined by commas', async () => {
    const response = await call('echo?x=1&y=%26&x=2', { method: 'POST' });

    expect(response.headers.get('x-query')).toBe('x=1%2C2&y=%26');
  });

  it('set cookies', async () => {
    const response = await call('echo', { method: 'POST' });

    expect(response.headers.getSetCookie()).toEqual(['seen=a%20b; max-age=60; path=/; httponly']);
  });

  it('see request headers by lower-case names, repeated ones joined', async () => {
    const response = await call('headers', {
      headers: [
        ['X-One', 'a'],
        ['X-One', 'b'],
      ],
    });

    expect(await response.json()).toMatchObject({ 'x-one': 'a, b', host: new URL(host.url).host });
  });

  it('see no body when it came without a length, as on the real host', async () => {
    const upload = request(`${host.url}/api/echo`, { method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    const received = new Promise<string>((resolve) => upload.once('response', (response) => resolve(text(response))));

    upload.end('chunked');

    expect(await received).toBe('');
  });

  it('answer a status without a body', async () => {
    const response = await call('nothing');

    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
  });

  it.each(['unknown', 'greet', 'greet/a/b', '../greet/x'])('are not found at %s', async (path) => {
    const response = await call(path);

    expect(response.status).toBe(404);
  });

  it('are not found by a method that they do not name, as on the real host', async () => {
    const response = await call('echo');

    expect(response.status).toBe(404);
    expect(await response.text()).toBe('');
  });

  it.each(['broken', 'text'])('that go wrong (%s) give an empty 500, are logged, and leave the host up', async (path) => {
    const response = await call(path);

    expect(response.status).toBe(500);
    expect(await response.text()).toBe('');
    expect(host.entries).toContainEqual(expect.objectContaining({ level: 'error', functionName: path }));
    expect((await call('nothing')).status).toBe(204);
  });

  it('log the message of what they throw', async () => {
    await call('broken');

    expect(host.entries).toContainEqual(expect.objectContaining({ message: expect.stringContaining('out of order') }));
  });
});

describe('a function key given to the local host', () => {
  let host: Awaited<ReturnType<typeof startFixture>>;

  beforeAll(async () => {
    host = await startFixture({ functionKey: 'open-sesame' });
  });

  afterAll(async () => {
    await host.stop();
  });

  it.each([
    ['without it', 'echo', {}, 401],
    ['with another one', 'echo', { 'x-functions-key': 'open' }, 401],
    ['with it in the header', 'echo', { 'x-functions-key': 'open-sesame' }, 201],
    ['with it in the query', 'echo?code=open-sesame', {}, 201],
    ['when the function is anonymous', 'headers', {}, 200],
  ])('decides a call %s', async (_case, path, headers, status) => {
    const response = await fetch(`${host.url}/api/${path}`, { method: 'POST', headers });

    expect(response.status).toBe(status);
  });
});
