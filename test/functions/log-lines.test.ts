import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { escapeLinesOf } from '../../src/functions/hooks/escape-log-lines.ts';
import { startTestBridge, type TestBridge } from '../support/bridge/test-bridge.ts';

const HOSTILE = 'a\u202eb\u001b[2Jc\u2028d';

describe('what a function logs', () => {
  function written(value: unknown): unknown[] {
    const lines: unknown[] = [];
    const write = (...values: unknown[]) => void lines.push(...values);
    const context = { trace: write, debug: write, info: write, log: write, warn: write, error: write };
    escapeLinesOf(context);
    context.warn(value);
    return lines;
  }

  it.each([
    ['a\nb\r\nc', 'a\\nb\\r\\nc'],
    [HOSTILE, 'a\\u202eb\\u001b[2Jc\\u2028d'],
    ['an ordinary line: “é”, tab\there', 'an ordinary line: “é”, tab\there'],
    [7, 7],
  ])('is one line in which each character is seen: %j', (value, line) => {
    expect(written(value)).toEqual([line]);
  });

  it('shows an error with its stack and cause, whose lines cannot be taken for entries', () => {
    const error = new Error(`first\n[2026-12-01] Run x succeeded${HOSTILE}`, { cause: new Error('the cause') });

    const [text] = written(error);

    expect(text).toContain('the cause');
    expect(String(text)).not.toMatch(/[\u2028\u202e]/);
    expect(
      String(text)
        .split('\n')
        .slice(1)
        .every((line) => line.startsWith('  ')),
    ).toBe(true);
  });
});

describe('the log of the app', () => {
  let bridge: TestBridge;

  beforeAll(async () => {
    bridge = await startTestBridge({
      settings: ({ azurite }) => ({ BRIDGE_ALLOWED_LOCATIONS: `s3://not-there ${azurite.blobUrl}/test` }),
    });
  });
  afterAll(() => bridge.stop());

  it('has no line that a location could have forged', async () => {
    await bridge.container.getBlockBlobClient('from/k').upload('x', 1);

    const run = await bridge.sync(bridge.blob('from'), 's3://not-there/a\u202eb\u2028c');

    expect(run.state).toBe('failed');
    const about = bridge.logged.filter(({ message }) => message.includes(run.id));
    expect(about.some(({ message }) => message.includes('\\u202e'))).toBe(true);
    for (const { message } of bridge.logged) expect(message).not.toMatch(/[\u2028\u202e]/);
  });
});
