import { describe, expect, it } from 'vitest';
import { readActivitySlots } from '../../src/config/activity-slots.ts';

const OVERRIDE = 'AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions';
const hostFile = (slots: unknown) => JSON.stringify({ extensions: { durableTask: { maxConcurrentActivityFunctions: slots } } });

describe('the number of activities at once', () => {
  it.each([
    ['host.json', {}, hostFile(3), 3],
    ['host.json with comments', {}, `// ours\n${hostFile(4)}`, 4],
    ['the setting that replaces the value', { [OVERRIDE]: '6' }, hostFile(3), 6],
    ['host.json where the setting is no number', { [OVERRIDE]: 'many' }, hostFile(3), 3],
    ['nobody where there is no host.json', {}, undefined, Number.POSITIVE_INFINITY],
    ['nobody where it is no JSON', {}, '{', Number.POSITIVE_INFINITY],
    ['nobody where host.json has no value', {}, '{}', Number.POSITIVE_INFINITY],
    ['nobody where host.json has none of its values', {}, hostFile(0), Number.POSITIVE_INFINITY],
  ])('is said by %s', (_, environment, file, slots) => {
    expect(readActivitySlots(environment, file)).toBe(slots);
  });
});
