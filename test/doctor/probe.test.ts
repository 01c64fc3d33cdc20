import { describe, expect, it } from 'vitest';
import { checkLocation } from '../../src/doctor/checks/check-location.ts';
import { explainError } from '../../src/doctor/explain/explain-error.ts';
import { createWalk } from '../../src/doctor/walk.ts';
import { StoreError } from '../../src/sync/store/store-error.ts';
import { createMemoryStore, type MemoryStore } from '../support/stores/memory-store.ts';

const BUCKET_URL = 's3://bucket/';

async function examine(
  store: Partial<MemoryStore>,
  { access = 'write', writeProbe = false }: Partial<Parameters<typeof checkLocation>[1]> = {},
) {
  const walk = createWalk((error) => explainError(error, {}));
  const whole = { ...createMemoryStore(BUCKET_URL), ...store };
  await walk.check('location', (report) => checkLocation(whole, { access, writeProbe }, report)).catch(() => undefined);
  const [check] = walk.diagnosis().checks;
  return check;
}

function denied(message = 'Denied.') {
  return async () => {
    throw new StoreError('permission-denied', message);
  };
}

describe('looking at a location', () => {
  it('reads a byte of what is there', async () => {
    const store = createMemoryStore(BUCKET_URL);
    store.put('a', 'content');

    expect(await examine(store, { access: 'read' })).toMatchObject({ outcome: 'ok', details: { list: 'allowed', read: 'allowed' } });
    expect(await examine({ ...store, read: denied() }, { access: 'read' })).toMatchObject({ outcome: 'broken' });
  });

  it('reads an object of no bytes whole, since it has no first byte', async () => {
    const store = createMemoryStore(BUCKET_URL);
    store.put('empty', '');

    expect(await examine(store, { access: 'read' })).toMatchObject({ outcome: 'ok', details: { read: 'allowed' } });
  });

  it('says so when there is nothing to read', async () => {
    expect(await examine({}, { access: 'read' })).toMatchObject({
      outcome: 'ok',
      details: { read: expect.stringContaining('not checked') },
    });
  });

  it('leaves a source alone', async () => {
    const check = await examine({ beginUpload: denied(), write: denied() }, { access: 'read', writeProbe: true });

    expect(check).toMatchObject({ outcome: 'ok' });
  });

  it('proves writing to a destination without an object', async () => {
    const store = createMemoryStore(BUCKET_URL);

    const check = await examine({ ...store, write: denied(), delete: denied() });

    expect(check).toMatchObject({
      outcome: 'ok',
      details: { write: expect.stringContaining('allowed'), delete: expect.stringContaining('not checked') },
    });
    expect(store.keys()).toEqual([]);
  });

  it('tells a denied key of the bucket by the part that is denied after the beginning was allowed', async () => {
    const check = await examine({ uploadPart: denied('Denied: the part.') });

    expect(check).toMatchObject({ outcome: 'broken', findings: [{ id: 'multipart-needs-decrypt', symptom: 'Denied: the part.' }] });
  });

  it('gives the upload up even when its part failed, and says so when it cannot', async () => {
    const check = await examine({ uploadPart: denied('Denied: the part.'), abort: denied('Denied: the abort.') });

    expect(check?.findings).toMatchObject([
      { id: 'multipart-needs-decrypt' },
      { id: 'probe-left-behind', symptom: expect.stringContaining('Denied: the abort.') },
    ]);
  });
});

describe('writing a whole probe object', () => {
  it('leaves nothing', async () => {
    const store = createMemoryStore(BUCKET_URL);
    store.put('theirs', 'content');

    const check = await examine(store, { writeProbe: true });

    expect(check).toMatchObject({
      outcome: 'ok',
      findings: [],
      details: { 'whole object': 'written and read back', delete: 'allowed: the probe is gone' },
    });
    expect(store.keys()).toEqual(['theirs']);
  });

  it('names what is left where deleting is denied, which breaks nothing', async () => {
    const store = createMemoryStore(BUCKET_URL);

    const check = await examine({ ...store, delete: denied() }, { writeProbe: true });

    const [left = ''] = store.keys();
    expect(left).toMatch(/^\.keyless-bridge-doctor-probe-/);
    expect(check).toMatchObject({ outcome: 'ok', findings: [{ id: 'probe-left-behind', symptom: expect.stringContaining(left) }] });
  });

  it('removes the probe even when it cannot be read back', async () => {
    const store = createMemoryStore(BUCKET_URL);

    const check = await examine({ ...store, read: denied('Denied: the read.') }, { writeProbe: true });

    expect(check).toMatchObject({ outcome: 'broken', findings: [{ symptom: 'Denied: the read.' }] });
    expect(store.keys()).toEqual([]);
  });

  it('breaks the link when other bytes come back', async () => {
    const store = createMemoryStore(BUCKET_URL);
    const write: MemoryStore['write'] = async (key, _body, options) => store.write(key, Buffer.from('other'), options);

    const check = await examine({ ...store, write }, { writeProbe: true });

    expect(check).toMatchObject({ outcome: 'broken', findings: [{ id: 'checksum-mismatch' }] });
  });
});
