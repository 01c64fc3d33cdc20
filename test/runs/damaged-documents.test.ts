import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunView } from '../../src/runs/view/run-view.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

let bridge: TestBridge;
let state: ContainerClient;

beforeAll(async () => {
  bridge = await startTestBridge();
  state = BlobServiceClient.fromConnectionString(bridge.clouds.azurite.connectionString).getContainerClient('keyless-bridge');
  await bridge.container.getBlockBlobClient('one/a').upload('hello', 5);
});
afterAll(() => bridge.stop());

const problemOf = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as { readonly detail: string }) });

/** Runs a sync, and spoils what the app keeps of it; answers its id and what was spoiled. */
async function spoil(destination: string, isMeant: (path: string) => boolean, text: string | undefined) {
  const { id } = await bridge.sync(bridge.blob('one'), bridge.s3(destination));
  const paths = (await Array.fromAsync(state.listBlobsFlat(), ({ name }) => name)).filter((path) => path.includes(id) && isMeant(path));
  const [path = expect.fail('It is not there.')] = paths;
  if (text === undefined) await state.getBlobClient(path).delete();
  else await state.getBlockBlobClient(path).upload(text, Buffer.byteLength(text));
  return { id, path };
}

const isRecord = (path: string) => path.startsWith('records/');
const isReport = (path: string) => path.includes('/report-');

describe('what the app keeps of a run, once somebody has spoiled it', () => {
  it.each([
    ['empty', ''],
    ['cut', '{"id":"17'],
    ['no object', 'null'],
    ['of another run', '{"id":"1700000000000-0123abcd","state":"succeeded","options":{}}'],
  ])('is named, and hides no other run: a record that is %s', async (name, text) => {
    const { id: other } = await bridge.sync(bridge.blob('one'), bridge.s3('other'));
    const { id, path } = await spoil(`record-${name.replaceAll(' ', '-')}`, isRecord, text);

    const one = await problemOf(await bridge.call('GET', `/api/runs/${id}`));
    const all = (await (await bridge.call('GET', '/api/runs')).json()) as { runs: RunView[]; problems: string[] };
    await state.deleteBlob(path);

    expect(one).toMatchObject({ status: 500, detail: expect.stringContaining(`${path} is damaged`) });
    expect(all.runs.map((run) => run.id)).toContain(other);
    expect(all.problems).toEqual([one.detail]);
  });

  it('is named, and hides no other run: a plan that is cut', async () => {
    const { id, path } = await spoil('plan', (name) => /\/(?:plan|shards)\.json$/.test(name), '{"shards":[');

    const answer = await bridge.call('GET', '/api/runs');
    await state.deleteBlob(path);

    expect(await answer.json()).toMatchObject({ problems: [expect.stringContaining(`${path} is damaged`)] });
    expect(id).not.toBe('');
  });

  it.each([
    ['ndjson', 'is cut short'],
    ['csv', 'is cut short'],
  ])('is no whole report, nor one that never ends: %s', async (format, why) => {
    const { id, path } = await spoil(`report-${format}`, isReport, '{"key":"a"}\n{"key":"b');

    const answer = await bridge.call('GET', `/api/runs/${id}/report?format=${format}`);

    expect(await problemOf(answer)).toMatchObject({ status: 500, detail: expect.stringContaining(`${path} ${why}`) });
  });

  it('is a report that is gone, which is not said to have never been made', async () => {
    const { id, path } = await spoil('gone', isReport, undefined);

    const answer = await bridge.call('GET', `/api/runs/${id}/report`);

    expect(await problemOf(answer)).toMatchObject({ status: 404, detail: expect.stringMatching(`is gone .*${path}`) });
  });
});
