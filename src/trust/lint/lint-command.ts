import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import type { ParameterValues } from '../template/parameters.ts';
import { TemplateError } from '../template/template-error.ts';
import { lintTrust } from './lint-trust.ts';
import { type AskIam, askAwsCli, readLiveRole } from './live-role.ts';
import { readTrust } from './read-trust.ts';
import type { Trust } from './trust.ts';
import type { Finding } from './trust-finding.ts';

const SHIPPED_TEMPLATE = 'infra/aws/keyless-bridge.yaml';

const USAGE = `npm run lint:trust -- [options] [FILE ...]
  Checks who can come in by an AWS role, and what it may do. FILE is a CloudFormation template (YAML or JSON), the output of
  "aws iam get-role", or a policy; ${SHIPPED_TEMPLATE} unless given.
  --role-arn ARN           check the role in the account as well, by the AWS CLI and with your own AWS credentials, which need
                           iam:GetRole, iam:List*RolePolicies, iam:GetRolePolicy, iam:GetPolicy*, iam:GetOpenIDConnectProvider
  --parameter NAME=VALUE   a parameter of the template; may be repeated. Policies that its conditions leave out by these are not checked
  --session-seconds N      the BRIDGE_SESSION_SECONDS that the app is to have
  --deletes                jobs delete objects, so the role may
  --json                   findings as JSON
Exit status: 0 nothing but warnings, 1 errors, 2 something cannot be read or checked.`;

interface Options {
  readonly files: readonly string[];
  readonly roleArn: string | undefined;
  readonly parameters: ParameterValues;
  readonly sessionSeconds: number | undefined;
  readonly deletes: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

export interface LintCommandIo {
  print(line: string): void;
  printError(line: string): void;
  readonly askIam?: AskIam;
}

interface Checked {
  readonly source: string;
  readonly findings: readonly Finding[];
}

/** `npm run lint:trust`: checks what `args` name, prints the findings, and returns the exit status. */
export async function runLintTrust(args: readonly string[], { print, printError, askIam = askAwsCli }: LintCommandIo): Promise<number> {
  try {
    const options = parseOptions(args);
    if (options.help) return say(USAGE, 0);
    const checked: Checked[] = [];
    for (const { source, trust } of await readAll(options, askIam)) checked.push({ source, findings: lintTrust(trust, options) });
    print(options.json ? JSON.stringify(checked, undefined, 2) : checked.map(describe).join('\n'));
    return checked.some(({ findings }) => findings.some(({ severity }) => severity === 'error')) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    printError(error.message);
    return 2;
  }

  function say(text: string, status: number): number {
    print(text);
    return status;
  }
}

function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const sessionSeconds = values['session-seconds'] === undefined ? undefined : Number(values['session-seconds']);
  if (sessionSeconds !== undefined && !Number.isInteger(sessionSeconds))
    throw new TemplateError('--session-seconds must be a whole number.');
  return {
    files: positionals.length > 0 || values['role-arn'] !== undefined ? positionals : [SHIPPED_TEMPLATE],
    roleArn: values['role-arn'],
    parameters: Object.fromEntries((values.parameter ?? []).map(splitParameter)),
    sessionSeconds,
    deletes: values.deletes,
    json: values.json,
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        'role-arn': { type: 'string' },
        parameter: { type: 'string', multiple: true },
        'session-seconds': { type: 'string' },
        deletes: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new TemplateError(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
  }
}

function splitParameter(text: string): readonly [name: string, value: string] {
  const at = text.indexOf('=');
  if (at < 1) throw new TemplateError(`--parameter must be NAME=VALUE, but is "${text}".`);
  return [text.slice(0, at), text.slice(at + 1)];
}

async function readAll({ files, roleArn, parameters }: Options, askIam: AskIam) {
  const sources: { readonly source: string; readonly trust: Trust }[] = [];
  for (const file of files) sources.push({ source: file, trust: await readFrom(file, parameters) });
  if (roleArn !== undefined) sources.push({ source: roleArn, trust: await readLiveRole(roleArn, askIam) });
  return sources;
}

async function readFrom(file: string, parameters: ParameterValues): Promise<Trust> {
  try {
    return readTrust(await readFile(file, 'utf8'), parameters);
  } catch (error) {
    throw new TemplateError(`${file} cannot be checked: ${error instanceof Error ? error.message : error}`);
  }
}

function describe({ source, findings }: Checked): string {
  if (findings.length === 0) return `${source}: nothing to object to.`;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return [
    `${source}: ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}`,
    ...findings.map(({ rule, severity, place, why, fix }) => `  ${severity} ${rule}\n    at   ${place}\n    why  ${why}\n    fix  ${fix}`),
  ].join('\n');
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
