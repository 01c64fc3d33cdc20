import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { DEPLOYMENT_USAGE, type GivenOptions, readOptions } from '../deployment/options.ts';
import { type JobsText, planDeployment } from '../deployment/plan.ts';
import { linesOf } from '../deployment/plan-lines.ts';

export const PLAN_DEPLOYMENT_USAGE = `keyless-bridge plan-deployment [options of infra/deploy.sh]
  prints what a deployment asks of both clouds, for the scripts; changes nothing`;

/** Prints the plan of a deployment, or what is wrong with the input: then the exit status is 2. Asks no service. */
export async function runPlanDeployment(args: readonly string[]): Promise<number> {
  const given = readOptions(args);
  if (args.length === 0 || given.one('help') !== undefined) {
    (args.length === 0 ? process.stderr : process.stdout).write(`${DEPLOYMENT_USAGE}\n`);
    return args.length === 0 ? 2 : 0;
  }
  const { jobs, problem } = await readJobs(given.one('jobs'));
  const { value: plan, problems = [] } = planDeployment(given, jobs);
  const all = [
    ...(problem === undefined ? [] : [problem]),
    ...findTrustFileProblem(given),
    ...(problem === undefined ? problems : problems.filter((one) => !one.startsWith('--bucket'))),
  ];
  if (plan === undefined || all.length > 0) {
    process.stderr.write(`${all.join('\n')}\nNothing was created.\n`);
    return 2;
  }
  for (const warning of plan.warnings) process.stderr.write(`Warning: ${warning}\n`);
  const lines = linesOf({ ...plan, parameters: { ...plan.parameters, trustFile: fromCaller(plan.parameters.trustFile) } });
  process.stdout.write(`${lines.join('\n')}\n`);
  return 0;
}

async function readJobs(file: string | undefined): Promise<{ readonly jobs?: JobsText; readonly problem?: string }> {
  if (file === undefined) return {};
  if (file === '-') return { jobs: { text: withoutMark(await text(process.stdin)), where: 'standard input' } };
  const path = fromCaller(file);
  try {
    return { jobs: { text: withoutMark(readFileSync(path, 'utf8')), where: file } };
  } catch (error) {
    return { problem: `--jobs ${file} cannot be read: ${error instanceof Error && 'code' in error ? error.code : 'unknown error'}.` };
  }
}

function findTrustFileProblem(given: GivenOptions): readonly string[] {
  const file = fromCaller(given.one('trust-only'));
  return file === undefined || existsSync(dirname(file)) ? [] : [`--trust-only ${file}: there is no folder ${dirname(file)}.`];
}

/** Windows editors put a byte order mark before the text. */
function withoutMark(content: string): string {
  return content.replace(/^\uFEFF/, '');
}

/** npm runs a script in the project's folder; the path is relative to where npm was started. */
function fromCaller<T extends string | undefined>(path: T): T extends string ? string : string | undefined;
function fromCaller(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
}
