import { describe, expect, it } from 'vitest';
import { FAILURE_IDS, findingOf, recognise } from '../../src/doctor/explain/known-failures.ts';
import { FIELD_REPORTS } from './field-reports.ts';
import { SAMPLES } from './samples/samples.ts';

/** Ways in which a message gets from where it was shown into a terminal. */
const FORMS: Readonly<Record<string, (text: string) => string>> = {
  'in colours': (text) => `\u001b[31m\u001b[1m${text}\u001b[0m`,
  'wrapped, with CR LF': (text) => `[Error]\r\n  ${text.replaceAll(' ', '\r\n   ')}\r\n`,
  'in a frame': (text) => `╷\n│ Error: failed\n│ \n│ ${text.replaceAll(' ', '\n│ ')}\n╵`,
  'in JSON': (text) => JSON.stringify({ error: { code: 'X', message: text } }),
  'in JSON in JSON': (text) => JSON.stringify({ body: JSON.stringify({ message: text }) }),
  'in HTML': (text) => `<html><body><p>${asHtml(text)}</p><br/></body></html>`,
  'in HTML, escaped twice': (text) => `<pre>${asHtml(asHtml(text))}</pre>`,
  'in a URL': (text) => `https://app.example/#error_description=${encodeURIComponent(text)}&state=1`,
  'in a URL, with + for spaces': (text) => `error_description=${encodeURIComponent(text).replaceAll('%20', '+')}`,
  'quoted in a mail': (text) => `> > ${text.replaceAll(' ', '\n> > ')}`,
  'in a log with the time on each line': (text) => {
    const time = '2026-03-01T12:00:00.1234567Z ##[error]';
    return `${time}${text.replaceAll(' ', `\n${time} `)}`;
  },
  'as an exception of Python': (text) => `HttpResponseError: <class 'azure.core.exceptions.HttpResponseError'>: ('${text}',)`,
  'in another language': (text) => `FEHLER: Der Vorgang ist fehlgeschlagen. ${text} Ablaufverfolgungs-ID: 12`,
  'with typographic quotes': (text) => text.replaceAll("'", '’').replaceAll(/"([^"]*)"/g, '“$1”'),
};

const LOG = '2026-03-01T12:00:00Z [Information] nothing of note\n'.repeat(20_000);

const IN_LOGS: Readonly<Record<string, (text: string) => string>> = {
  'at the end of a long log': (text) => `${LOG}${text}\n`,
  'at the beginning of a long log': (text) => `${text}\n${LOG}`,
};

function asHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}

/** How a written form of `text` is misunderstood; empty when it is recognised as `id`. */
function wrong(id: string, text: string, written: string): readonly string[] {
  const seen = recognise({ text: written })[0]?.id;
  return seen === id ? [] : [`${id} is taken for ${seen}: ${text}`];
}

describe('a message that people post', () => {
  it('is recognised as what it is', () => {
    expect(SAMPLES.flatMap(([id, text]) => wrong(id, text, text))).toEqual([]);
  });

  it.each(Object.entries(FORMS))('is recognised %s', (_form, write) => {
    expect(SAMPLES.flatMap(([id, text]) => wrong(id, text, write(text)))).toEqual([]);
  });

  it.each(Object.entries(IN_LOGS))('is recognised %s', (_place, write) => {
    const some = SAMPLES.filter((_, index) => index % 20 === 0);

    expect(some.flatMap(([id, text]) => wrong(id, text, write(text)))).toEqual([]);
  });

  it('is there for every failure that the doctor knows', () => {
    const ids = new Set(SAMPLES.map(([id]) => id));

    expect(FAILURE_IDS.filter((id) => !ids.has(id))).toEqual([]);
    expect(SAMPLES.length).toBeGreaterThan(150);
  });

  it('is never repeated, whatever it holds', () => {
    const secret = 'planted8Q~secret';

    for (const [, text] of SAMPLES) expect(JSON.stringify(recognise({ text: `${secret} ${text} sig=${secret}` }))).not.toContain(secret);
  });
});

describe('a failure with particular evidence', () => {
  it.each(Object.entries(FIELD_REPORTS))('is recognised as %s, with its fix', (id, { mendedBy, ...evidence }) => {
    const [first] = recognise(evidence);

    expect(first).toMatchObject({ id, symptom: expect.any(String), cause: expect.any(String), fix: expect.stringMatching(mendedBy) });
  });

  it.each([
    ['AADSTS90038: Tenant request forwarded', 'tenant-or-cloud-wrong'],
    ['AADSTS500011: The resource principal named api://id/user_impersonation was not found', 'scope-in-app-id-uri'],
    ['"ForAllValues:StringEquals": { "sts.windows.net/7c1a2f3e/:aud": "a", "sts.windows.net/7c1a2f3e/:sub": "b" }', 'trust-too-broad'],
  ])('is recognised by its other words: %s', (text, id) => {
    expect(recognise({ text })[0]?.id).toBe(id);
  });

  it('of a cached token comes after what the service said', () => {
    const { claims, nowMs } = FIELD_REPORTS['identity-token-cached'];

    const found = recognise({ text: 'Not authorized to perform sts:AssumeRoleWithWebIdentity', claims, nowMs });

    expect(found.map(({ id }) => id)).toEqual(['trust-does-not-match', 'identity-token-cached']);
  });

  it('is shown with what was seen, where that is more precise', () => {
    expect(findingOf('session-too-long', 'It is 7200, and may be 3600.')).toMatchObject({ symptom: 'It is 7200, and may be 3600.' });
  });
});

describe('an explicit deny', () => {
  const ACTIONS = [
    's3:PutObject',
    's3:ListBucket',
    's3:GetObject',
    's3:DeleteObject',
    's3:PutObjectTagging',
    'kms:Decrypt',
    'iam:CreateRole',
    'sts:AssumeRole',
    'sts:AssumeRoleWithWebIdentity',
    'sts:TagSession',
  ];
  const POLICIES = [
    'service control policy',
    'resource control policy',
    'permissions boundary',
    'session policy',
    'identity-based policy',
    'resource-based policy',
    'VPC endpoint policy',
    'policy of a new kind',
  ];

  it.each(ACTIONS)('of %s is never answered by allowing it, whatever the policy', (action) => {
    for (const policy of POLICIES) {
      const found = recognise({
        text: `User: u is not authorized to perform: ${action} on resource: r with an explicit deny in a ${policy}`,
      });

      expect(found[0]?.id).toMatch(/^explicit-deny/);
      for (const { fix } of found) expect(fix).not.toMatch(/\ballow|Add the action/i);
    }
  });

  it('beside another message leaves the explanation of that', () => {
    const denied = 'User: u is not authorized to perform: s3:PutObject on resource: r with an explicit deny in a service control policy';
    const missing =
      'User: u is not authorized to perform: kms:Decrypt on resource: k because no identity-based policy allows the kms:Decrypt action';

    const found = recognise({ text: `${missing}\n${denied}` });

    expect(found.map(({ id }) => id)).toEqual(['explicit-deny-scp', 'kms-key-denied', 'no-identity-policy-allows']);
  });
});

describe('a text that is no failure', () => {
  it.each([
    ...['', 'It works.', 'The run copied 5 objects.', 'Hello, world', 'The run copied 403 objects in 503 seconds', 'error: 0 warnings'],
    ...['Our uniqueName is keyless-bridge', 'Microsoft.Web/sites', 'GET https://management.azure.com/subscriptions 200', 'az login'],
    '{"id":"/subscriptions/s/providers/Microsoft.Web/sites/app","properties":{"provisioningState":"Succeeded"}}',
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRoleWithWebIdentity"}]}',
    "2026-03-01T12:00:00Z [Information] Executed 'Functions.slice' (Succeeded, Duration=403ms)",
    'Successfully created/updated stack - keyless-bridge',
    'https://graph.microsoft.com/v1.0/applications',
    'I have 50076 objects in the container',
    'Reading host configuration file /home/site/wwwroot/host.json',
  ])('is not taken for one: %j', (text) => {
    expect(recognise({ text })).toEqual([]);
  });
});
