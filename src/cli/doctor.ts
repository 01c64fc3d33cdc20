import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { diagnose } from '../doctor/diagnose.ts';
import { recognise } from '../doctor/known-failures.ts';
import { renderDiagnosis, renderFindings } from '../doctor/render.ts';
import { loadSettings, textOf } from './load-settings.ts';

export const DOCTOR_USAGE = `keyless-bridge doctor [options]
  --json                 print JSON
  --explain TEXT         tell what an error text means, and do nothing else; "-" reads it from standard input
  --trust-policy FILE    whom the role lets in: what "aws iam get-role" prints, a trust policy, or parameters of the template
  --write-probe          also write, read and delete a whole object in each destination
  --settings FILE        a local.settings.json; the one in this folder unless given`;

const UNKNOWN = `The doctor knows no failure of the trust with these words. "npm run doctor" asks the services itself, and explains what the stores answer;
codes that begin with AADSTS are in the sign-in logs of Entra ID.
`;

/** Walks the chain, or explains a text. Answers the exit status: 0 when the chain holds or the text is known. */
export async function runDoctor(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      explain: { type: 'string' },
      'trust-policy': { type: 'string' },
      'write-probe': { type: 'boolean', default: false },
      settings: { type: 'string' },
    },
  });
  const print = (value: unknown, forPeople: string) =>
    process.stdout.write(values.json ? `${JSON.stringify(value, undefined, 2)}\n` : forPeople);
  if (values.explain !== undefined) {
    const findings = recognise({ text: values.explain === '-' ? await text(process.stdin) : values.explain });
    print(findings, findings.length > 0 ? `${renderFindings(findings)}\n` : UNKNOWN);
    return findings.length > 0 ? 0 : 1;
  }
  const trustFile = values['trust-policy'];
  const diagnosis = await diagnose({
    environment: loadSettings(values.settings),
    jobsFile: textOf('jobs.json'),
    hostFile: textOf('host.json'),
    trustPolicy: trustFile === undefined ? undefined : readFileSync(trustFile, 'utf8'),
    writeProbe: values['write-probe'],
  });
  print(diagnosis, renderDiagnosis(diagnosis));
  return diagnosis.healthy ? 0 : 1;
}
