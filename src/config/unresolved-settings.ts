import type { Checked } from './checked.ts';
import type { Environment } from './environment.ts';

/** References that App Service replaces by their value before the app starts. Where it cannot, the app sees the reference itself. */
const REFERENCE = /^\s*@Microsoft\.(?:KeyVault|AppConfiguration)\(/i;

/** Settings that this app reads. */
const OURS = /^(?:AWS|AZURE|BRIDGE)_|^AzureWebJobsStorage/i;

/** Names of the settings whose value is a reference to Key Vault or App Configuration that Azure has not resolved. */
export function unresolvedSettings(env: Environment): { readonly ours: readonly string[]; readonly others: readonly string[] } {
  const names = Object.keys(env).filter((name) => REFERENCE.test(env[name] ?? ''));
  return { ours: names.filter((name) => OURS.test(name)), others: names.filter((name) => !OURS.test(name)) };
}

/** `check` of settings that are resolved; a reference is a problem by itself, and is never taken for the value. */
export function checkResolved<T>(env: Environment, check: (env: Environment) => Checked<T>): Checked<T> {
  const { ours } = unresolvedSettings(env);
  if (ours.length === 0) return check(env);
  const { problems = [] } = check(Object.fromEntries(Object.entries(env).filter(([name]) => !ours.includes(name))));
  // The parts of a connection (AzureWebJobsStorage__accountName) are missed under its own name.
  const others = problems.filter((problem) => !ours.some((name) => problem.startsWith(`${name.replace(/__.*/, '')} `)));
  return { problems: [...ours.map((name) => `${name} is a reference that Azure has not resolved to a value`), ...others] };
}
