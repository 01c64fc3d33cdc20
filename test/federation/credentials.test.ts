import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINUTE, SECOND, settle, simulate } from './simulation.ts';

describe('federated credentials', () => {
  it('are asked for once by four callers at the same time', async () => {
    const { provide, tokensSeen } = simulate();

    const credentials = await Promise.all([provide(), provide(), provide(), provide()]);

    expect(new Set(credentials.map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(['key-1']));
    expect(tokensSeen).toHaveLength(1);
  });

  it('are kept while they are fresh', async () => {
    const { provide, tokensSeen, advance } = simulate();
    await provide();
    advance(49 * MINUTE);

    await provide();
    await settle();

    expect(tokensSeen).toHaveLength(1);
  });

  it('are renewed in the background ten minutes before they expire, while callers go on with those at hand', async () => {
    const { provide, advance } = simulate();
    await provide();
    advance(50 * MINUTE);

    const during = await provide();
    await settle();
    const after = await provide();

    expect([during.accessKeyId, after.accessKeyId]).toEqual(['key-1', 'key-2']);
  });

  it('are asked for again when forced, though they are valid', async () => {
    const { provide } = simulate();
    await provide();

    const forced = await provide({ forceRefresh: true });

    expect(forced.accessKeyId).toBe('key-2');
  });

  it('begin to be renewed within the jitter: from a quarter of their life, or ten minutes, up to a fifth earlier', async () => {
    const lives = fc.integer({ min: 2 * SECOND, max: 12 * 60 * MINUTE });
    const randoms = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

    await fc.assert(
      fc.asyncProperty(lives, randoms, async (lifeMs, random) => {
        const { provide, tokensSeen, advance } = simulate({ lifeMs, random: () => random });
        const earlyMs = Math.min(10 * MINUTE, lifeMs / 4);
        await provide();

        advance(lifeMs - earlyMs * 1.2 - 1);
        await provide();
        await settle();
        const callsBefore = tokensSeen.length;
        advance(earlyMs * 0.2 + 1);
        await provide();
        await settle();

        expect([callsBefore, tokensSeen.length]).toEqual([1, 2]);
      }),
    );
  });

  it('that live for two seconds are renewed about once in each life, and are always valid', async () => {
    const { provide, tokensSeen, advance, now } = simulate({ lifeMs: 2 * SECOND, random: () => 0.5 });
    const remainingMs: number[] = [];

    for (let step = 0; step < 600; step++) {
      remainingMs.push((await provide()).expiration.getTime() - now());
      await settle();
      advance(SECOND / 10);
    }

    expect(Math.min(...remainingMs)).toBeGreaterThan(0);
    expect(tokensSeen.length).toBeGreaterThanOrEqual(30);
    expect(tokensSeen.length).toBeLessThanOrEqual(45);
  });
});

describe('when a refresh fails', () => {
  it('the credentials at hand are served until a minute before they expire, then the cause is told', async () => {
    const { provide, advance, failFromNow } = simulate();
    await provide();
    failFromNow('access-denied');

    advance(58 * MINUTE);
    const served = await provide();
    await settle();
    advance(MINUTE);

    expect(served.accessKeyId).toBe('key-1');
    await expect(provide()).rejects.toMatchObject({ code: 'access-denied' });
  });

  it('it is repeated after a pause, not by every caller', async () => {
    const { provide, tokensSeen, advance, failFromNow } = simulate();
    await provide();
    failFromNow('access-denied');
    advance(50 * MINUTE);

    for (let caller = 0; caller < 100; caller++) {
      await provide();
      await settle();
    }

    expect(tokensSeen).toHaveLength(2);
  });

  it('the pause grows up to a minute', async () => {
    const { provide, tokensSeen, advance, failFromNow } = simulate();
    failFromNow('access-denied');

    for (let second = 0; second < 10 * 60; second++) {
      await provide().catch(() => undefined);
      advance(SECOND);
    }

    expect(tokensSeen.length).toBeGreaterThan(10);
    expect(tokensSeen.length).toBeLessThan(30);
  });

  it('everyone who comes during the pause without credentials is told the cause', async () => {
    const { provide, failFromNow } = simulate();
    failFromNow('access-denied');
    await provide().catch(() => undefined);

    await expect(provide()).rejects.toMatchObject({ name: 'FederationError', code: 'access-denied' });
  });

  it('the next one that works makes up for it', async () => {
    const { provide, advance, failFromNow } = simulate();
    failFromNow('access-denied');
    await provide().catch(() => undefined);
    failFromNow(undefined);
    advance(MINUTE);

    await expect(provide()).resolves.toMatchObject({ accessKeyId: 'key-2' });
  });
});

describe('an exchange with STS', () => {
  it.each(['keys-unavailable', 'sts-unavailable'] as const)('is tried again after: %s', async (code) => {
    const { provide, tokensSeen, failNext } = simulate();
    failNext(code, code);

    await provide();

    expect(tokensSeen).toEqual(['token-1', 'token-1', 'token-1']);
  });

  it('is tried five times at most', async () => {
    const { provide, tokensSeen, failFromNow } = simulate();
    failFromNow('sts-unavailable');

    await expect(provide()).rejects.toMatchObject({ code: 'sts-unavailable' });

    expect(tokensSeen).toHaveLength(5);
  });

  it('waits at random in between, each time up to twice as long', async () => {
    const { provide, sleeps, failFromNow } = simulate({ random: () => 0.5 });
    failFromNow('sts-unavailable');

    await provide().catch(() => undefined);

    expect(sleeps).toEqual([250, 500, 1_000, 2_000]);
  });

  it.each(['wrong-audience', 'access-denied', 'invalid-session-policy'] as const)('is not tried again after: %s', async (code) => {
    const { provide, tokensSeen, failFromNow } = simulate();
    failFromNow(code);

    await expect(provide()).rejects.toMatchObject({ code });

    expect(tokensSeen).toHaveLength(1);
  });

  it('takes a fresh token when the one at hand has expired', async () => {
    const { provide, tokensSeen, failNext } = simulate();
    failNext('expired-token');

    await provide();

    expect(tokensSeen).toEqual(['token-1', 'token-2']);
  });

  it('takes a fresh token only once', async () => {
    const { provide, tokensSeen, failFromNow } = simulate();
    failFromNow('expired-token');

    await expect(provide()).rejects.toMatchObject({ code: 'expired-token' });

    expect(tokensSeen).toEqual(['token-1', 'token-2']);
  });
});
