import { describe, expect, it } from 'vitest';
import { checkLimits } from '../../src/doctor/checks/check-limits.ts';
import { explainError } from '../../src/doctor/explain/explain-error.ts';
import { createWalk } from '../../src/doctor/walk.ts';

const AWS = {
  roleArn: 'arn:aws:iam::111122223333:role/r',
  region: 'eu-central-1',
  sessionSeconds: 3_600,
  forcePathStyle: false,
  checksums: 'when-supported',
} as const;

async function examine(sliceSeconds: number, functionTimeout: string | undefined) {
  const check = await examineFile(sliceSeconds, JSON.stringify({ functionTimeout }));
  return [check?.outcome, check?.findings.length];
}

async function examineFile(sliceSeconds: number, hostFile: string) {
  const walk = createWalk((error) => explainError(error, {}));
  await walk.check('limits', (report) => checkLimits({ sliceSeconds, aws: AWS }, hostFile, report)).catch(() => undefined);
  return walk.diagnosis().checks[0];
}

describe('the time of a slice', () => {
  it.each([
    [300, '00:10:00', 'ok', 0],
    [480, '00:10:00', 'ok', 0],
    [290, '00:05:00', 'ok', 1],
    [300, '00:05:00', 'broken', 1],
    [480, '1.00:00:00', 'ok', 0],
    [480, '-1', 'ok', 0],
    [480, '00:10', 'ok', 0],
    [480, '1', 'ok', 0],
    [480, '00:10:00.500', 'ok', 0],
    [480, 'ten minutes', 'broken', 1],
    [480, undefined, 'ok', 0],
  ])('of %i s with functionTimeout %s is %s, with %i remarks', async (sliceSeconds, timeout, outcome, remarks) => {
    expect(await examine(sliceSeconds, timeout)).toEqual([outcome, remarks]);
  });
});

describe('host.json', () => {
  it.each([
    '\ufeff{"functionTimeout":"00:10:00"}',
    '{ // ours\n "functionTimeout": "00:10:00", /* and */ }',
    "{functionTimeout: '00:10:00'}",
    '{"functionTimeout": null}',
    '{}',
  ])('is read as the Functions host reads it: %j', async (text) => {
    expect(await examineFile(300, text)).toMatchObject({ outcome: 'ok', findings: [] });
  });

  it.each([
    ['{\n"functionTimeout" "planted"}', 'host.json is not valid JSON: unexpected character at line 2, column 19.'],
    ['{"functionTimeout": 600}', 'functionTimeout of host.json is no time span such as "00:10:00".'],
  ])('that cannot be read is named: %j', async (text, symptom) => {
    expect(await examineFile(300, text)).toMatchObject({ outcome: 'broken', findings: [{ id: 'host-json-invalid', symptom }] });
  });
});
