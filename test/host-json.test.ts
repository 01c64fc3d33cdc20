import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as names from '../src/orchestration/engine-names.ts';

const { logging, extensions, functionTimeout } = JSON.parse(readFileSync(new URL('../host.json', import.meta.url), 'utf8'));
const { durableTask } = extensions;
const levels: Readonly<Record<string, string>> = logging.logLevel;

/** As the host chooses: the longest category that the name begins with. */
function levelOf(category: string): string | undefined {
  const matching = Object.keys(levels).filter((prefix) => category.startsWith(prefix));
  const [longest = 'default'] = matching.sort((a, b) => b.length - a.length);
  return levels[longest];
}

const DURABLE = Object.values(names);
/** What is asked again and again, by pages, probes and schedules. */
const ROUTINE = ['health', 'schema', 'doctor', 'listJobs', 'listRuns', 'getRun', 'getReport', 'resumeRuns', 'cleanUp', 'job-nightly'];

const ORDERS = ['sync', 'verify', 'runJob', 'cancelRun'];

describe('the log of the host', () => {
  it.each(DURABLE)('has only warnings about %s, which is called again and again', (name) => {
    expect(levelOf(`Function.${name}`)).toBe('Warning');
  });

  it.each(DURABLE.filter((name) => name !== names.FINISH_RUN))('has only warnings that %s writes', (name) => {
    expect(levelOf(`Function.${name}.User`)).toBe('Warning');
  });

  it('has a line for the end of each run', () => {
    expect(levelOf(`Function.${names.FINISH_RUN}.User`)).toBe('Information');
  });

  it.each(ROUTINE)('has only warnings about %s', (name) => {
    expect(levelOf(`Function.${name}`)).toBe('Warning');
  });

  it('has what the janitor did', () => {
    expect(levelOf('Function.cleanUp.User')).toBe('Information');
  });

  it.each(ORDERS)('has everything about %s, by which somebody starts or ends something', (name) => {
    expect([levelOf(`Function.${name}`), levelOf(`Function.${name}.User`)]).toEqual(['Information', 'Information']);
  });

  it.each(['Host.Aggregator', 'Host.Results', 'Host.Triggers.DurableTask', 'DurableTask.AzureStorage', 'DurableTask.Core'])(
    'has only warnings of %s',
    (category) => {
      expect(levelOf(category)).toBe('Warning');
    },
  );

  it('has everything else, such as the settings that are wrong', () => {
    expect([levelOf('Host.Function.Console'), levelOf('Worker.rpcWorkerProcess')]).toEqual(['Information', 'Information']);
  });
});

describe('the engine', () => {
  it('gives the work of a dead instance to another one after a minute', () => {
    const { controlQueueVisibilityTimeout, workItemQueueVisibilityTimeout } = durableTask.storageProvider;

    expect([controlQueueVisibilityTimeout, workItemQueueVisibilityTimeout]).toEqual(['00:01:00', '00:01:00']);
  });

  it('has its hub for its number of partitions, which must not change while runs are under way', () => {
    expect([durableTask.hubName, durableTask.storageProvider.partitionCount]).toEqual(['KeylessBridge4', 4]);
  });

  it('ends an activity after ten minutes, later than the longest slice', () => {
    expect(functionTimeout).toBe('00:10:00');
  });
});
