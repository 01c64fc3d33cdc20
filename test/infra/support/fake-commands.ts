import { chmod, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ProgramEnd, runProgram } from './run-program.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

const COMMANDS = ['az', 'aws', 'npm', 'node', 'zip', 'curl', 'sleep'];

/** Writes the call down, with each argument on one line, and gives the first answer whose pattern the call fits. */
const FAKE = `#!/usr/bin/env bash
call="\${0##*/}"
for argument in "$@"; do call+=" \${argument//$'\\n'/ }"; done
printf '%s\\n' "$call" >>"$FAKE_FOLDER/calls"
# The plan of a deployment is the app's own.
if [[ $call == 'npm run '*' plan:deployment -- '* ]]; then
  shift 6
  INIT_CWD=$PWD exec "$REAL_NODE" "$PROJECT/src/cli/keyless-bridge.ts" plan-deployment "$@"
fi
while IFS=$'\\t' read -r pattern status times warning answer; do
  if [[ $call == $pattern ]] && { [ "$times" = always ] || [ "$(grep -Fxc -- "$call" "$FAKE_FOLDER/calls")" -le "$times" ]; }; then
    if [ "$warning" != - ]; then printf '%b\\n' "$warning" >&2; fi
    if [ "$status" = 0 ]; then printf '%b' "$answer"; else printf '%b\\n' "$answer" >&2; fi
    exit "$status"
  fi
done <"$FAKE_FOLDER/answers"
`;

/** What a command says to a call. `when` is a pattern of the shell for the whole call, such as \`az account show *\`. */
export interface FakeAnswer {
  readonly when: string;
  readonly says?: string;
  readonly exitCode?: number;
  /** What it says on standard error besides. */
  readonly warns?: string;
  /** So many calls get this answer, and later ones the next that fits; all of them when left out. */
  readonly times?: number;
}

/** A copy of our deployment scripts in a world where every command that reaches out is a fake. */
export interface FakeWorld extends AsyncDisposable {
  readonly folder: string;
  /** Runs a script of ours, such as \`infra/deploy.sh\`. What no answer fits succeeds and says nothing. */
  run(script: string, args: readonly string[], answers: readonly FakeAnswer[]): Promise<ProgramEnd & { readonly calls: readonly string[] }>;
}

export async function openFakeWorld(): Promise<FakeWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'keyless-bridge-deploy-'));
  const commands = join(folder, 'commands');
  await mkdir(commands);
  await writeFile(join(commands, 'fake'), FAKE);
  await chmod(join(commands, 'fake'), 0o755);
  for (const command of COMMANDS) await symlink('fake', join(commands, command));
  for (const path of ['infra', 'host.json', 'package.json', 'package-lock.json']) {
    await cp(join(ROOT, path), join(folder, path), { recursive: true });
  }
  await mkdir(join(folder, 'dist'));
  return {
    folder,
    async run(script, args, answers) {
      await writeFile(join(folder, 'calls'), '');
      await writeFile(
        join(folder, 'answers'),
        answers
          .map(({ when, says = '', exitCode = 0, times = 'always', warns = '-' }) => `${when}\t${exitCode}\t${times}\t${warns}\t${says}\n`)
          .join(''),
      );
      const env = {
        PATH: [commands, process.env['PATH']].join(delimiter),
        FAKE_FOLDER: folder,
        PROJECT: ROOT,
        REAL_NODE: process.execPath,
      };
      const end = await runProgram(join(folder, script), args, { cwd: folder, env });
      return { ...end, calls: (await readFile(join(folder, 'calls'), 'utf8')).split('\n').slice(0, -1) };
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}
