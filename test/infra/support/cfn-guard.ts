import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runProgram } from './run-program.ts';

const require = createRequire(import.meta.url);

const SYSTEMS: Readonly<Record<string, string>> = { linux: 'ubuntu', darwin: 'macos' };
const PROCESSORS: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };

const report = z.tuple([
  z.object({
    not_compliant: z.array(z.object({ Rule: z.object({ name: z.string() }) })),
    not_applicable: z.array(z.string()),
    compliant: z.array(z.string()),
  }),
]);

interface GuardResult {
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  readonly passed: readonly string[];
}

/** Checks a template by a file of rules with the cfn-guard that comes in a package. */
export async function runGuard(template: string, rules: string): Promise<GuardResult> {
  const args = ['validate', '--data', template, '--rules', rules, '--structured', '--output-format', 'json', '--show-summary', 'none'];
  const { stdout, stderr } = await runProgram(findGuard(), args);
  if (stdout === '') throw new Error(`cfn-guard printed nothing: ${stderr}`);
  const [{ not_compliant, not_applicable, compliant }] = report.parse(JSON.parse(stdout));
  return { failed: not_compliant.map(({ Rule }) => Rule.name), skipped: not_applicable, passed: compliant };
}

function findGuard(): string {
  const system = SYSTEMS[process.platform];
  const processor = PROCESSORS[process.arch];
  if (system === undefined || processor === undefined) throw new Error(`There is no cfn-guard for ${process.platform} on ${process.arch}.`);
  return join(dirname(require.resolve('@cdklabs/cdk-validator-cfnguard/package.json')), 'bin', system, processor, 'cfn-guard');
}
