import { describe, expect, it } from 'vitest';
import { renderDiagnosis } from '../../src/doctor/render.ts';

const FINDING = { id: 'an-id', symptom: 'It hurts.', cause: 'It fell.', fix: 'Rest.' };

describe('a diagnosis for people', () => {
  it('shows what was seen, what broke with its fix, and where to go on', () => {
    const text = renderDiagnosis({
      healthy: false,
      broken: 'sts',
      checks: [
        { name: 'settings', outcome: 'ok', details: { role: 'r', region: 'eu' }, findings: [FINDING] },
        { name: 'trust', outcome: 'not-checked', details: { why: 'Not known.' }, findings: [] },
        { name: 'sts', outcome: 'broken', details: {}, findings: [FINDING, { ...FINDING, id: 'another-id' }] },
      ],
    });

    expect(text).toBe(`ok       settings
         role    r
         region  eu
         worth a look:
         symptom  It hurts.
         cause    It fell.
         fix      Rest.
         (an-id)

-        trust
         why  Not known.

BROKEN   sts
         symptom  It hurts.
         cause    It fell.
         fix      Rest.
         (an-id)
         also:
         symptom  It hurts.
         cause    It fell.
         fix      Rest.
         (another-id)

The chain is broken at: sts. What comes after it was not checked: mend it, and run the doctor again.
`);
  });

  it('says in one line that all is well', () => {
    expect(renderDiagnosis({ healthy: true, checks: [] })).toBe('Every link that was checked holds.\n');
  });
});
