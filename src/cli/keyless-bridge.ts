#!/usr/bin/env node
import { escapeUnseen } from '../text/unseen-characters.ts';

type Command = (args: readonly string[]) => Promise<number>;

/** Each is loaded when it is called: the doctor brings the libraries of both clouds. */
const COMMANDS: Readonly<Record<string, () => Promise<{ readonly usage: string; readonly run: Command }>>> = {
  doctor: async () => {
    const { DOCTOR_USAGE, runDoctor } = await import('./doctor-command.ts');
    return { usage: DOCTOR_USAGE, run: runDoctor };
  },
  'credential-process': async () => {
    const { CREDENTIAL_PROCESS_USAGE, runCredentialProcess } = await import('./credential-process.ts');
    return { usage: CREDENTIAL_PROCESS_USAGE, run: runCredentialProcess };
  },
  'plan-deployment': async () => {
    const { PLAN_DEPLOYMENT_USAGE, runPlanDeployment } = await import('./plan-deployment.ts');
    return { usage: PLAN_DEPLOYMENT_USAGE, run: runPlanDeployment };
  },
};

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = isNodeTooOld(process.versions.node) ? 1 : await run(name, args);

function isNodeTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < 22 || (major === 22 && minor < 18);
  if (isOld) process.stderr.write(`keyless-bridge needs Node 22.18 or later; this is ${version}.\n`);
  return isOld;
}

async function run(command: string, rest: readonly string[]): Promise<number> {
  const load = Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (load === undefined) {
    const commands = await Promise.all(Object.values(COMMANDS).map((one) => one()));
    process.stderr.write(`${commands.map(({ usage }) => usage).join('\n\n')}\n`);
    return 2;
  }
  try {
    return await (await load()).run(rest);
  } catch (error) {
    process.stderr.write(`${escapeUnseen(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}
