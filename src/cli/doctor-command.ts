import { parseArgs } from 'node:util';
import { readConfigFile } from '../config/config-file.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { recognise } from '../doctor/explain/known-failures.ts';
import { renderDiagnosis, renderFindings } from '../doctor/render.ts';
import { escapeUnseen } from '../text/unseen-characters.ts';
import { loadSettings } from './load-settings.ts';

export const DOCTOR_USAGE = `keyless-bridge doctor [options]
  --json                 print JSON
  --explain TEXT         explain an error text, and do nothing else; "-" reads it (or a whole log) from standard input
  --trust-policy FILE    whom the role lets in: what "aws iam get-role" prints, a trust policy, or parameters of the template
  --write-probe          also write, read and delete a whole object in each destination
  --settings FILE        a local.settings.json; the one in this folder unless given`;

const UNKNOWN = `The doctor does not know this failure, nor the service that it comes from. Give it the whole message, with its code.
"npm run doctor" asks the services itself, and explains their answers.
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
    process.stdout.write(escapeUnseen(values.json ? `${JSON.stringify(value, undefined, 2)}\n` : forPeople));
  if (values.explain !== undefined) {
    const findings = recognise({ text: values.explain === '-' ? await endsOf(process.stdin) : values.explain });
    print(findings, findings.length > 0 ? `${renderFindings(findings)}\n` : UNKNOWN);
    return findings.length > 0 ? 0 : 1;
  }
  const trustFile = values['trust-policy'];
  const diagnosis = await diagnose({
    environment: loadSettings(values.settings),
    jobsFile: readConfigFile('jobs.json'),
    hostFile: readConfigFile('host.json'),
    trustPolicy: trustFile === undefined ? undefined : readTrustFile(trustFile),
    writeProbe: values['write-probe'],
  });
  print(diagnosis, renderDiagnosis(diagnosis));
  return diagnosis.healthy ? 0 : 1;
}

function readTrustFile(path: string): string {
  const text = readConfigFile(path);
  if (text === undefined) throw new Error(`There is no file ${path}. Give the path of the trust policy with --trust-policy.`);
  return text;
}

const MAX_END = 64 * 1_024;

/** The beginning and the end of a text of any length: the first error of a log, and the last. */
async function endsOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let start = Buffer.alloc(0);
  let end = Buffer.alloc(0);
  for await (const chunk of stream) {
    const room = MAX_END - start.length;
    if (room > 0) start = Buffer.concat([start, chunk.subarray(0, room)]);
    end = Buffer.concat([end, chunk.subarray(Math.max(0, room))]);
    if (end.length > MAX_END) end = end.subarray(-MAX_END);
  }
  return `${start.toString('utf8')}${end.toString('utf8')}`;
}
