import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { failureOf } from '../../src/orchestration/failure.ts';
import { lane } from '../../src/orchestration/lane.ts';
import { run } from '../../src/orchestration/run.ts';
import { drive } from './driver.ts';

const RUN_ID = '1700000000000-0123abcd';
const FAILED = { end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } } as const;

/** As the extension words the failure of an activity. */
const engineError = () => new Error("Activity function 'syncSlice' failed: Result: Failure\nException: It broke. \n at work (app.js:1:1)");
const throwEngineError = () => {
  throw engineError();
};

describe('a lane', () => {
  const input = { runId: RUN_ID, shard: 0, slice: 3 };

  it.each([{ end: 'done' }, { end: 'cancelled' }, FAILED])('ends as its slice ends: %j', (end) => {
    const { result, calls, continuedWith } = drive(lane, input, () => end);

    expect(result).toEqual(end);
    expect(calls).toMatchObject([{ kind: 'activity', name: 'syncSlice', input }]);
    expect(continuedWith).toBeUndefined();
  });

  it('continues as new with the next slice, so that its history stays short', () => {
    const { result, calls, continuedWith } = drive(lane, input, () => ({ end: 'more', nextSlice: 5 }));

    expect(result).toBeUndefined();
    expect(calls).toHaveLength(1);
    expect(continuedWith).toEqual({ ...input, slice: 5 });
  });

  it('does a slice again that breaks', () => {
    const { calls } = drive(lane, input, () => ({ end: 'done' }));

    expect(calls[0]?.maxAttempts).toBeGreaterThan(1);
  });

  it('fails as a value when its slice breaks for good', () => {
    const { result } = drive(lane, input, throwEngineError);

    expect(result).toEqual({ end: 'failed', failure: failureOf(engineError()) });
  });
});

describe('a run', () => {
  const end = { end: 'done' };

  it('does its lane, then finishes with how that ended', () => {
    const { result, calls } = drive(run, { runId: RUN_ID }, ({ kind }) => (kind === 'activity' ? undefined : end));

    expect(result).toEqual(end);
    expect(calls).toMatchObject([
      { kind: 'sub-orchestrator', name: 'lane', input: { runId: RUN_ID, shard: 0, slice: 0 }, id: 'instance-lane-0' },
      { kind: 'activity', name: 'finishRun', input: { runId: RUN_ID, end } },
    ]);
  });

  it('does a lane again whose worker died, and the finish too', () => {
    const { calls } = drive(run, { runId: RUN_ID }, () => end);

    expect(calls.map(({ maxAttempts }) => maxAttempts > 1)).toEqual([true, true]);
  });

  it('is finished as failed when its lane breaks for good', () => {
    const expected = { end: 'failed', failure: failureOf(engineError()) };

    const { result, calls } = drive(run, { runId: RUN_ID }, ({ kind }) => (kind === 'activity' ? undefined : throwEngineError()));

    expect(result).toEqual(expected);
    expect(calls.at(-1)).toMatchObject({ name: 'finishRun', input: { runId: RUN_ID, end: expected } });
  });

  it('does not throw when finishing breaks for good', () => {
    const { result } = drive(run, { runId: RUN_ID }, ({ kind }) => (kind === 'activity' ? throwEngineError() : end));

    expect(result).toEqual({ end: 'failed', failure: failureOf(engineError()) });
  });
});

describe('what broke, in words', () => {
  it.each([
    engineError(),
    new Error("Activity function 'finishRun' failed: It broke. \n at work (app.js:1:1)"),
    new Error('Activity function \'syncSlice\' failed:  It broke. \n {"Message":" It broke."}'),
    new Error("Orchestrator function 'lane' failed: It broke. \n Message: It broke., StackTrace:\n   at work"),
    new Error('It broke.'),
    'It broke.',
  ])('is the message without what the engine adds: %s', (error) => {
    expect(failureOf(error)).toEqual({ code: 'unavailable', message: expect.stringMatching(/^It broke\. Tried again/) });
  });

  it('keeps every line of a message', () => {
    const error = new Error("Activity function 'syncSlice' failed:  It broke.\n\nBadly. \n {}");

    expect(failureOf(error).message).toMatch(/^It broke\.\n\nBadly\. Tried again/);
  });

  it.each([
    "Activity function 'syncSlice' failed: node exited with code 137 (0x89) \n {}",
    "Orchestrator function 'lane' failed: One or more errors occurred. (node exited with code 137 (0x89)) \n {}",
    'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task. \n at work',
  ])('tells that the worker ended: %s', (text) => {
    expect(failureOf(new Error(text))).toEqual({ code: 'interrupted', message: expect.stringMatching(/^The app's worker ended/) });
  });
});

describe('every orchestrator', () => {
  const folder = new URL('../../src/orchestration/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

  it.each(files)('is deterministic: %s has no clock, no chance, no environment and no waiting of its own', (file) => {
    const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

    expect(code).not.toMatch(/\b(?:Date|Math|crypto|performance|process|await|async|Promise|fetch|setTimeout|setInterval|setImmediate)\b/);
  });
});
