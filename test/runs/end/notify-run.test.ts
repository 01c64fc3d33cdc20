import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Delivery, notifyRun } from '../../../src/runs/end/notify-run.ts';
import type { RunEndedEvent } from '../../../src/runs/end/run-ended-event.ts';
import { createLocks } from '../../../src/runs/lock.ts';
import { createRunRecords, type RunRecord } from '../../../src/runs/record.ts';
import { NO_COUNTS } from '../../../src/sync/outcomes/tally.ts';
import { RUN_ID, runRecord } from '../../support/run-records.ts';
import { type StateServer, startStateServer } from '../../support/servers/state-server.ts';

const ENDED = { state: 'succeeded', counts: NO_COUNTS, endedAt: '2023-11-14T22:14:20.000Z' } as const;
const GONE: Delivery = { state: 'failed', message: 'The webhook answered 410.', mayRecover: false };
const DOWN: Delivery = { state: 'failed', message: 'The webhook answered 503.', mayRecover: true };

let server: StateServer;

beforeAll(async () => {
  server = await startStateServer();
});
afterAll(() => server.stop());

/** A run, and a webhook that answers with these deliveries in turn, then takes everything. */
async function setUp(more: Partial<RunRecord>, ...deliveries: Delivery[]) {
  const state = server.createState();
  const records = createRunRecords(state);
  const locks = createLocks(state);
  await locks.keepNotice(RUN_ID);
  await records.create(runRecord(more));
  const sent: RunEndedEvent[] = [];
  const webhook = async (event: RunEndedEvent): Promise<Delivery> => {
    sent.push(event);
    return deliveries.shift() ?? { state: 'delivered' };
  };
  const notify = () => notifyRun({ records, locks, webhook, audience: 'api://bridge' }, RUN_ID);
  const owed = () => Array.fromAsync(locks.unfinished());
  return { records, locks, owed, sent, notify, notification: async () => (await records.find(RUN_ID))?.notification };
}

describe('notifying of a run', () => {
  it('sends its summary as an event, and enters that it arrived', async () => {
    const { sent, notify, notification } = await setUp({ ...ENDED, job: 'nightly', reportName: 'report-1-0123abcd.ndjson' });

    await notify();

    expect(sent).toEqual([
      {
        specversion: '1.0',
        id: RUN_ID,
        source: 'api://bridge',
        type: 'keyless-bridge.run.ended',
        subject: 'nightly',
        time: ENDED.endedAt,
        datacontenttype: 'application/json',
        data: runRecord({ ...ENDED, job: 'nightly' }),
      },
    ]);
    expect(await notification()).toEqual({ state: 'delivered' });
  });

  it.each(['succeeded', 'completed-with-failures', 'failed', 'cancelled'] as const)('tells of a run that is %s', async (state) => {
    const { sent, notify } = await setUp({ ...ENDED, state });

    await notify();

    expect(sent).toMatchObject([{ data: { state } }]);
  });

  it('enters what failed for good, and does not ask for another try', async () => {
    const { notify, notification } = await setUp(ENDED, GONE);

    const told = await notify();

    expect(told).toMatchObject({ state: 'succeeded', notification: { state: 'failed', message: 'The webhook answered 410.' } });
    expect(await notification()).toEqual(told?.notification);
  });

  it('enters what may succeed another time, and asks for it; the same event then', async () => {
    const { sent, notify, notification } = await setUp(ENDED, DOWN);

    await expect(notify()).rejects.toThrow(`The webhook was not notified of the end of run ${RUN_ID}: The webhook answered 503.`);
    const inBetween = await notification();
    await notify();

    expect(inBetween).toEqual({ state: 'failed', message: 'The webhook answered 503.' });
    expect(await notification()).toEqual({ state: 'delivered' });
    expect(sent[1]).toEqual(sent[0]);
  });

  it.each([
    ['it has arrived', { state: 'delivered' } as const, []],
    ['it has failed for good', GONE, []],
    ['another try may succeed', DOWN, [RUN_ID]],
  ])('remembers whether somebody is still to be told: %s', async (_, delivery, left) => {
    const { notify, owed } = await setUp(ENDED, delivery);
    const before = await owed();

    await notify().catch(() => undefined);

    expect(before).toEqual([RUN_ID]);
    expect(await owed()).toEqual(left);
  });

  it('sends nothing again that has arrived', async () => {
    const { sent, notify } = await setUp(ENDED);
    await notify();

    const again = await notify();

    expect(again).toBeUndefined();
    expect(sent).toHaveLength(1);
  });

  it('keeps that it arrived by another execution at the same time', async () => {
    const { records, locks, notification } = await setUp(ENDED);
    const other = async (): Promise<Delivery> => {
      await records.update(RUN_ID, (record) => ({ ...record, notification: { state: 'delivered' } }));
      return GONE;
    };

    await notifyRun({ records, locks, audience: 'api://bridge', webhook: other }, RUN_ID);

    expect(await notification()).toEqual({ state: 'delivered' });
  });

  it('tells nothing of a run that is under way', async () => {
    const { sent, notify } = await setUp({ state: 'running' });

    expect(await notify()).toBeUndefined();
    expect(sent).toEqual([]);
  });

  it('does nothing when nobody is to be told', async () => {
    const { records, locks, notification } = await setUp(ENDED);

    expect(await notifyRun({ records, locks, audience: 'api://bridge' }, RUN_ID)).toBeUndefined();
    expect(await notification()).toBeUndefined();
  });

  it('does nothing for a run that is not there', async () => {
    const { records, sent, notify } = await setUp(ENDED);
    await records.remove(RUN_ID);

    expect(await notify()).toBeUndefined();
    expect(sent).toEqual([]);
  });
});
