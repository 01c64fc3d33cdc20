#!/usr/bin/env node
import { CREDENTIAL_PROCESS_USAGE, runCredentialProcess } from './credential-process.ts';
import { DOCTOR_USAGE, runDoctor } from './doctor.ts';

const USAGE = `${DOCTOR_USAGE}\n\n${CREDENTIAL_PROCESS_USAGE}\n`;

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  doctor: runDoctor,
  'credential-process': runCredentialProcess,
};

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await run(name, args);

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
