import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { deletions } from '../../src/orchestration/deletion-orchestrator.ts';
import { failureOf } from '../../src/orchestration/engine-failure.ts';
import { lane } from '../../src/orchestration/lane-orchestrator.ts';
import { largeObject } from '../../src/orchestration/large-object-orchestrator.ts';
import { run } from '../../src/orchestration/run-orchestrator.ts';
import { type Call, drive, NOW } from './driver.ts';

const RUN_ID = '1700000000000-0123abcd';
const FAILED = { end: 'failed', failure: { code: 'not-found', message: 'There is no such bucket.' } } as const;

/** As the extension words the failure of an activity. */
const engineError = () => new Error("Activity function 'syncSlice' failed: Result: Failure\nException: It broke. \n at work (app.js:1:1)");
const throwEngineError = () => {
  throw engineError();
};

const TASK = { runId: RUN_ID, attempt: 2 };
const INTERRUPTED = { end: 'interrupted', failure: { code: 'interrupted', message: 'The worker ended.' } } as const;

describe('a lane', () => {
  const input = { ...TASK, lane: 3 };

  it.each([{ end: 'done' }, { end: 'cancelled' }, { end: 'superseded' }, FAILED])('ends as its slice ends: %j', (end) => {
    const { result, calls, continuedWith } = drive(lane, input, () => end);

    expect(result).toEqual(end);
    expect(calls).toMatchObject([{ kind: 'activity', name: 'syncSlice', input }]);
    expect(continuedWith).toBeUndefined();
  });

  it('continues as new for the next slice, so that its history stays short', () => {
    const { result, calls, continuedWith } = drive(lane, input, () => ({ end: 'more' }));

    expect(result).toBeUndefined();
    expect(calls).toHaveLength(1);
    expect(continuedWith).toEqual(input);
  });

  it.each([{}, { pause: { until: 1, inVain: 2 } }])('waits on a durable timer when there is nothing to do: %j', (pause) => {
    const { calls, continuedWith } = drive(lane, input, () => ({ end: 'wait', ...pause }));

    expect(calls[1]).toEqual({ kind: 'timer', name: '2026-01-01T00:00:05.000Z' });
    expect(continuedWith).toEqual({ ...input, ...pause });
  });

  it('waits as long as it is to, but looks for a request to cancel meanwhile', () => {
    const waitFor = (milliseconds: number) =>
      drive(lane, input, () => ({ end: 'wait', pause: { until: NOW.getTime() + milliseconds, inVain: 1 } })).calls[1]?.name;

    expect([waitFor(20_000), waitFor(300_000)]).toEqual(['2026-01-01T00:00:20.000Z', '2026-01-01T00:00:30.000Z']);
  });

  it('continues beside the lanes that it starts again, and ends as the worst of them', () => {
    const { result, steps, continuedWith } = drive(lane, input, ({ kind, input: given }) => {
      if (kind === 'activity') return { end: 'more', wake: [5] };
      return (given as { lane: number }).lane === 5 ? FAILED : { end: 'done' };
    });

    expect(steps[1]).toMatchObject([
      { name: 'lane', input, id: `${RUN_ID}-guid-of-lane-3` },
      { name: 'lane', input: { ...input, lane: 5 }, id: `${RUN_ID}-guid-of-lane-5` },
    ]);
    expect([result, continuedWith]).toEqual([FAILED, undefined]);
  });

  it('hands a pause on to its slice, and forgets it when the slice goes on', () => {
    const paused = { ...input, pause: { until: 1, inVain: 2 } };

    const { calls, continuedWith } = drive(lane, paused, () => ({ end: 'more' }));

    expect(calls[0]?.input).toEqual(paused);
    expect(continuedWith).toEqual(input);
  });

  it('has large objects copied, four at once, then goes on', () => {
    const objects = Array.from({ length: 10 }, (_, number) => `object-${number}`);

    const { steps, continuedWith } = drive(lane, input, ({ kind }) =>
      kind === 'activity' ? { end: 'large-objects', objects } : { end: 'done' },
    );

    expect(steps.map(({ length }) => length)).toEqual([1, 4, 4, 2]);
    expect(steps[1]?.[0]).toMatchObject({
      name: 'largeObject',
      input: { ...TASK, object: 'object-0', sharers: 4 },
      id: `${RUN_ID}-guid-of-object-0`,
    });
    expect(continuedWith).toEqual(input);
  });

  it('ends when one of its large objects tells it to', () => {
    const answer = ({ kind }: Call) => (kind === 'activity' ? { end: 'large-objects', objects: ['a', 'b'] } : FAILED);

    const { result, continuedWith } = drive(lane, input, answer);

    expect(result).toEqual(FAILED);
    expect(continuedWith).toBeUndefined();
  });

  it.each(['failed', 'interrupted'])('stops the other lanes when it has %s, which would wait for its shard for ever', (end) => {
    const broken = { end, failure: { code: 'x', message: 'It broke.' } };
    const answer = ({ kind, name }: Call) => {
      if (name === 'syncSlice') return { end: 'large-objects', objects: ['a'] };
      return kind === 'sub-orchestrator' ? broken : undefined;
    };

    const { result, calls } = drive(lane, input, answer);

    expect(calls.at(-1)).toMatchObject({ kind: 'activity', name: 'stopAttempt', input: { ...TASK, end: broken } });
    expect(result).toEqual(broken);
  });

  it('does a slice again that breaks', () => {
    const { calls } = drive(lane, input, () => ({ end: 'done' }));

    expect(calls[0]?.maxAttempts).toBeGreaterThan(1);
  });

  it('fails as a value when its slice breaks for good', () => {
    const { result } = drive(lane, input, throwEngineError);

    expect(result).toEqual(failureOf(engineError()));
  });
});

describe('a large object', () => {
  const input = { ...TASK, object: 'abc' };
  const next = (step: object) => (call: Call) => (call.name === 'nextStep' ? step : { step: 'look-again' });

  it('is copied by ranges, eight at once, each history some of them', () => {
    const ranges = Array.from({ length: 20 }, (_, number) => number);

    const { result, steps, continuedWith } = drive(largeObject, input, next({ step: 'copy', ranges }));

    expect(steps.map(({ length }) => length)).toEqual([1, 8, 8, 4]);
    expect(steps[3]?.[3]).toMatchObject({ name: 'copyRange', input: { ...input, range: 19 } });
    expect([result, continuedWith]).toEqual([undefined, input]);
  });

  it('is committed when it has all ranges', () => {
    const { result, calls } = drive(largeObject, input, ({ name }) => ({ step: name === 'nextStep' ? 'commit' : 'ended' }));

    expect(calls.map(({ name }) => name)).toEqual(['nextStep', 'commitLargeObject']);
    expect(result).toEqual({ end: 'done' });
  });

  it.each(['cancelled', 'superseded'])('ends when the run is %s', (end) => {
    const { result } = drive(largeObject, input, () => ({ step: 'stopped', stop: { end } }));

    expect(result).toEqual({ end });
  });

  it('leaves the other ranges when one of them ends it', () => {
    const ranges = Array.from({ length: 20 }, (_, number) => number);
    const answer = ({ name, input: given }: Call) => {
      if (name === 'nextStep') return { step: 'copy', ranges };
      return { step: (given as { range: number }).range === 5 ? 'ended' : 'look-again' };
    };

    const { result, steps } = drive(largeObject, input, answer);

    expect(steps).toHaveLength(2);
    expect(result).toEqual({ end: 'done' });
  });

  it('waits on a durable timer for a store that asks to slow down, and counts how often in vain', () => {
    const pause = { until: 1, inVain: 2 };

    const { calls, continuedWith } = drive(largeObject, { ...input, pause }, next({ step: 'look-again', pause }));

    expect(calls).toMatchObject([
      { name: 'nextStep', input: { ...input, pause } },
      { kind: 'timer', name: '2026-01-01T00:00:05.000Z' },
    ]);
    expect(continuedWith).toEqual({ ...input, pause });
  });

  it('fails as a value when a range breaks for good', () => {
    const { result } = drive(largeObject, input, ({ name }) => (name === 'nextStep' ? { step: 'copy', ranges: [0] } : throwEngineError()));

    expect(result).toEqual(failureOf(engineError()));
  });
});

describe('the deletions of a run', () => {
  it.each([{ end: 'done' }, { end: 'cancelled' }, { end: 'superseded' }, FAILED])('end as their slice ends: %j', (end) => {
    const { result, calls, continuedWith } = drive(deletions, TASK, () => end);

    expect(result).toEqual(end);
    expect(calls).toMatchObject([{ kind: 'activity', name: 'deleteSlice', input: TASK }]);
    expect(continuedWith).toBeUndefined();
  });

  it('continue as new for the next slice', () => {
    const { calls, continuedWith } = drive(deletions, { ...TASK, pause: { until: 1, inVain: 2 } }, () => ({ end: 'more' }));

    expect(calls).toHaveLength(1);
    expect(continuedWith).toEqual(TASK);
  });

  it('wait on a durable timer when a store asks to slow down', () => {
    const pause = { until: 1, inVain: 2 };

    const { calls, continuedWith } = drive(deletions, TASK, () => ({ end: 'wait', pause }));

    expect(calls[1]?.kind).toBe('timer');
    expect(continuedWith).toEqual({ ...TASK, pause });
  });

  it('answer what the engine says of a slice that broke for good', () => {
    const { result } = drive(deletions, TASK, throwEngineError);

    expect(result).toEqual(failureOf(engineError()));
  });
});

describe('a run', () => {
  const answers =
    (...ends: readonly object[]) =>
    ({ name, input }: Call) =>
      name === 'planRun' ? { end: 'planned', lanes: ends.length } : name === 'lane' ? ends[(input as { lane: number }).lane] : undefined;

  it('is planned, does its lanes side by side, then finishes with how they ended', () => {
    const { result, steps } = drive(run, TASK, answers({ end: 'done' }, { end: 'done' }));

    expect(result).toEqual({ end: 'done' });
    expect(steps).toMatchObject([
      [{ kind: 'activity', name: 'planRun', input: TASK }],
      [
        { kind: 'sub-orchestrator', name: 'lane', input: { ...TASK, lane: 0, lanes: 2 }, id: 'instance-lane-0' },
        { kind: 'sub-orchestrator', name: 'lane', input: { ...TASK, lane: 1, lanes: 2 }, id: 'instance-lane-1' },
      ],
      [{ kind: 'activity', name: 'finishRun', input: { ...TASK, end: { end: 'done' } } }],
    ]);
  });

  it.each([
    [[{ end: 'done' }, INTERRUPTED, FAILED], FAILED],
    [[{ end: 'cancelled' }, INTERRUPTED], INTERRUPTED],
    [[{ end: 'done' }, { end: 'cancelled' }], { end: 'cancelled' }],
  ])('ends as the worst of its lanes: %j', (ends, expected) => {
    const { result, calls } = drive(run, TASK, answers(...ends));

    expect(result).toEqual(expected);
    expect(calls.at(-1)).toMatchObject({ name: 'finishRun', input: { ...TASK, end: expected } });
  });

  it('is planned after a while, in a new history, when a store asks to slow down', () => {
    const pause = { until: 1, inVain: 2 };

    const { result, calls, continuedWith } = drive(run, TASK, () => ({ end: 'wait', pause }));

    expect(calls.map(({ kind }) => kind)).toEqual(['activity', 'timer']);
    expect(continuedWith).toEqual({ ...TASK, pause });
    expect(result).toBeUndefined();
  });

  it('hands the pause on to the plan, and to nothing else', () => {
    const paused = { ...TASK, pause: { until: 1, inVain: 2 } };

    const { calls } = drive(run, paused, answers({ end: 'done' }));

    expect(calls.map(({ input }) => input)).toEqual([paused, { ...TASK, lane: 0, lanes: 1 }, { ...TASK, end: { end: 'done' } }]);
  });

  it('does another round when every lane ended without a shard, but not all shards are done', () => {
    const { result, calls, continuedWith } = drive(run, TASK, answers({ end: 'idle' }, { end: 'idle' }));

    expect(calls.map(({ name }) => name)).toEqual(['planRun', 'lane', 'lane']);
    expect([result, continuedWith]).toEqual([undefined, TASK]);
  });

  it('is done when one of its lanes found all shards done', () => {
    expect(drive(run, TASK, answers({ end: 'idle' }, { end: 'done' })).result).toEqual({ end: 'done' });
  });

  it('deletes when all its lanes are done, where it is to', () => {
    const answer = answers({ end: 'done' }, { end: 'done' });

    const { result, calls } = drive(run, TASK, (call) => {
      if (call.name === 'planRun') return { end: 'planned', lanes: 2, deletes: true };
      return call.name === 'deletions' ? FAILED : answer(call);
    });

    expect(calls.map(({ name }) => name)).toEqual(['planRun', 'lane', 'lane', 'deletions', 'finishRun']);
    expect(calls[3]).toMatchObject({ input: TASK, id: 'instance-deletions' });
    expect(result).toEqual(FAILED);
  });

  it.each([INTERRUPTED, FAILED, { end: 'cancelled' }])('deletes nothing when one of its lanes has not come to its end: %j', (end) => {
    const answer = answers({ end: 'done' }, end);

    const { calls } = drive(run, TASK, (call) => (call.name === 'planRun' ? { end: 'planned', lanes: 2, deletes: true } : answer(call)));

    expect(calls.map(({ name }) => name)).toEqual(['planRun', 'lane', 'lane', 'finishRun']);
  });

  it('is finished without lanes when it cannot be planned', () => {
    const { result, calls } = drive(run, TASK, ({ name }) => (name === 'planRun' ? FAILED : undefined));

    expect(result).toEqual(FAILED);
    expect(calls.map(({ name }) => name)).toEqual(['planRun', 'finishRun']);
  });

  it('does everything again whose worker died', () => {
    const { calls } = drive(run, TASK, answers({ end: 'done' }));

    expect(calls.map(({ maxAttempts = 1 }) => maxAttempts > 1)).toEqual([true, true, true]);
  });

  it.each(['planRun', 'lane'])('is finished as failed when this breaks for good: %s', (broken) => {
    const answer = answers({ end: 'done' });

    const { result, calls } = drive(run, TASK, (call) => (call.name === broken ? throwEngineError() : answer(call)));

    expect(result).toEqual(failureOf(engineError()));
    expect(calls.at(-1)).toMatchObject({ name: 'finishRun', input: { ...TASK, end: failureOf(engineError()) } });
  });

  it.each([undefined, { notify: false }])('notifies nobody when finishing answers %j', (finished) => {
    const answer = answers({ end: 'done' });

    const { calls } = drive(run, TASK, (call) => (call.name === 'finishRun' ? finished : answer(call)));

    expect(calls.at(-1)?.name).toBe('finishRun');
  });

  it('notifies, again and again if need be, when finishing tells it to', () => {
    const answer = answers(FAILED);

    const { result, calls } = drive(run, TASK, (call) => (call.name === 'finishRun' ? { notify: true } : answer(call)));

    expect(calls.at(-1)).toEqual({ kind: 'activity', name: 'notifyRun', input: TASK, maxAttempts: 8 });
    expect(result).toEqual(FAILED);
  });

  it('ends as it has when nobody can be told', () => {
    const answer = answers({ end: 'done' });

    const { result } = drive(run, TASK, (call) => {
      if (call.name === 'notifyRun') throwEngineError();
      return call.name === 'finishRun' ? { notify: true } : answer(call);
    });

    expect(result).toEqual({ end: 'done' });
  });

  it('does not throw when finishing breaks for good', () => {
    const answer = answers({ end: 'done' });

    const { result } = drive(run, TASK, (call) => (call.name === 'finishRun' ? throwEngineError() : answer(call)));

    expect(result).toEqual(failureOf(engineError()));
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
    const failure = { code: 'unavailable', message: expect.stringMatching(/^It broke\. Tried again/) };

    expect(failureOf(error)).toEqual({ end: 'failed', failure });
  });

  it('keeps every line of a message, on one line', () => {
    const error = new Error("Activity function 'syncSlice' failed:  It broke.\n\nBadly. \n {}");

    expect(failureOf(error)).toMatchObject({ failure: { message: expect.stringMatching(/^It broke\. Badly\. Tried again/) } });
  });

  it.each([
    "Activity function 'syncSlice' failed: node exited with code 137 (0x89) \n {}",
    "Orchestrator function 'lane' failed: One or more errors occurred. (node exited with code 137 (0x89)) \n {}",
    'Non-Deterministic workflow detected: A previous execution of this orchestration scheduled an activity task. \n at work',
  ])('tells that the worker ended, so that another attempt may go on: %s', (text) => {
    const failure = { code: 'interrupted', message: expect.stringMatching(/^The app's worker ended/) };

    expect(failureOf(new Error(text))).toEqual({ end: 'interrupted', failure });
  });
});

describe('every orchestrator', () => {
  const folder = new URL('../../src/orchestration/', import.meta.url);
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts'));

  it.each(files)('is deterministic: %s has no clock, no chance, no environment and no waiting of its own', (file) => {
    const code = readFileSync(new URL(file, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');

    expect(code).not.toMatch(
      /\b(?:Date(?!\(df\.currentUtcDateTime\.)|Math|crypto|performance|process|await|async|Promise|fetch|setTimeout|setInterval|setImmediate)\b/,
    );
  });
});
