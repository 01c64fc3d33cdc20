import { describe, expect, it } from 'vitest';
import { checkLimits } from '../../src/doctor/check-limits.ts';
import { explainError } from '../../src/doctor/explain-error.ts';
import { createWalk } from '../../src/doctor/walk.ts';

const AWS = {
  roleArn: 'arn:aws:iam::111122223333:role/r',
  region: 'eu-central-1',
  sessionSeconds: 3_600,
  forcePathStyle: false,
  checksums: 'when-supported',
} as const;

async function examine(sliceSeconds: number, functionTimeout: string | undefined) {
  const walk = createWalk((error) => explainError(error, {}));
  const hostFile = JSON.stringify({ functionTimeout });
  await walk.check('limits', (report) => checkLimits({ sliceSeconds, aws: AWS }, hostFile, report)).catch(() => undefined);
  const [check] = walk.diagnosis().checks;
  return [check?.outcome, check?.findings.length];
}

describe('the time of a slice', () => {
  it.each([
    [300, '00:10:00', 'ok', 0],
    [480, '00:10:00', 'ok', 0],
    [290, '00:05:00', 'ok', 1],
    [300, '00:05:00', 'broken', 1],
    [480, '1.00:00:00', 'ok', 0],
    [480, '-1', 'ok', 0],
    [480, undefined, 'ok', 0],
  ])('of %i s with functionTimeout %s is %s, with %i remarks', async (sliceSeconds, timeout, outcome, remarks) => {
    expect(await examine(sliceSeconds, timeout)).toEqual([outcome, remarks]);
  });
});
