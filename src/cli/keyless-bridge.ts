#!/usr/bin/env node
import { CREDENTIAL_PROCESS_USAGE, runCredentialProcess } from './credential-process.ts';
import { DOCTOR_USAGE, runDoctor } from './doctor.ts';

const USAGE = `${DOCTOR_USAGE}\n\n${CREDENTIAL_PROCESS_USAGE}\n`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  doctor: runDoctor,
  'credential-process': runCredentialProcess,
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
  const start = COMMANDS[command];
  if (start === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    return await start(rest);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
