import { parseArgs } from 'node:util';

/** Every option, and what its value is; the options without a value are flags. */
const OPTIONS = {
  tenant: 'ID',
  subscription: 'ID',
  region: 'AZURE_REGION',
  'aws-account': 'ID',
  bucket: 'NAME',
  jobs: 'FILE',
  prefix: 'PREFIX/',
  'create-bucket': undefined,
  name: 'NAME',
  'resource-group': 'NAME',
  'aws-region': 'REGION',
  account: 'NAME=PLACE',
  'kms-key': 'ARN',
  'ad-hoc-source': 'LOCATION',
  'ad-hoc-destination': 'LOCATION',
  identity: 'MODE',
  entra: 'WAY',
  cloud: 'NAME',
  'trust-only': 'FILE',
  'what-if': undefined,
  help: undefined,
} as const;

export const DEPLOYMENT_USAGE = `Usage: infra/deploy.sh --tenant ID --subscription ID --region AZURE_REGION --aws-account ID (--jobs FILE | --bucket NAME) [options]

Needs az and aws, both signed in, and npm, zip and curl. Run it with --what-if first.

  --what-if               checks everything, prints what would be created, and changes nothing
  --jobs FILE             the syncs, as docs/jobs.md describes them ("-" reads standard input); without it, one that copies a new container
                          "outbox" to the bucket
  --bucket NAME           the bucket; with jobs it may be left out, and is compared with theirs otherwise
  --prefix PREFIX/        limits the role to that part of the bucket (what the jobs need; without jobs outbox/, where it also copies to)
  --create-bucket         creates the bucket that is written to, with versioning; needs --aws-region
  --name NAME             name of the bridge (keyless-bridge)
  --resource-group NAME   where it goes; created if it is missing (the name of the bridge)
  --aws-region REGION     region of the role's stack and of the buckets (the buckets')
  --account NAME=GROUP    resource group of a storage account of the jobs, or SUBSCRIPTION/GROUP; looked up in the subscription without it.
                          May be repeated
  --kms-key ARN           another KMS key that the role may use, such as the default key of a bucket. May be repeated
  --ad-hoc-source LOCATION, --ad-hoc-destination LOCATION
                          what runs of POST /api/sync may read, and write, besides the locations of the jobs. May be repeated
  --identity MODE         managed-identity (default) or federated-app
  --entra WAY             bicep (default), or script for tenants that forbid the Microsoft Graph extension, and for other clouds
  --trust-only FILE       ends after Entra ID and AWS, and writes the settings for main.bicepparam to FILE (for azd)`;

export type OptionName = keyof typeof OPTIONS;

/** The options as they were given; an empty value counts as none. A flag that is given is "yes". */
export interface GivenOptions {
  readonly one: (name: OptionName) => string | undefined;
  readonly all: (name: OptionName) => readonly string[];
  /** Options that do not exist, lack a value or are repeated. */
  readonly problems: readonly string[];
}

const REPEATABLE: readonly OptionName[] = ['account', 'kms-key', 'ad-hoc-source', 'ad-hoc-destination'];

/** Reads a command line. Never throws. */
export function readOptions(args: readonly string[]): GivenOptions {
  const options = Object.fromEntries(
    Object.entries(OPTIONS).map(([name, value]) => [name, { type: value === undefined ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const values = new Map<string, string[]>();
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') problems.push(`"${token.value}" belongs to no option.`);
    if (token.kind !== 'option') continue;
    const problem = findProblem(token.rawName, token.name, token.value, values);
    if (problem === undefined) values.set(token.name, [...(values.get(token.name) ?? []), token.value ?? 'yes']);
    else problems.push(problem);
  }
  const all = (name: OptionName) => (values.get(name) ?? []).filter((value) => value.trim() !== '');
  return { one: (name) => all(name)[0], all, problems };
}

function findProblem(rawName: string, name: string, value: string | undefined, known: ReadonlyMap<string, unknown>): string | undefined {
  if (!isOption(name)) return `Unknown option ${rawName}.`;
  const needsValue = OPTIONS[name] !== undefined;
  if (needsValue && (value === undefined || value.startsWith('--'))) return `--${name} needs a value.`;
  if (!needsValue && value !== undefined) return `--${name} takes no value.`;
  return known.has(name) && !REPEATABLE.includes(name) ? `--${name} is given twice.` : undefined;
}

function isOption(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}
