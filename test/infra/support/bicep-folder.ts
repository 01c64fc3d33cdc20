import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBicep } from './find-bicep.ts';
import { outputOf, type ProgramEnd, runProgram } from './run-program.ts';

/** `infra/azure`, whose Bicep files a {@link BicepFolder} holds copies of. */
export const AZURE_FOLDER = fileURLToPath(new URL('../../../infra/azure/', import.meta.url));

const PLACE = {
  '--tenant-id': '00000000-0000-0000-0000-000000000001',
  '--subscription-id': '00000000-0000-0000-0000-000000000002',
  '--resource-group': 'bridge',
  '--location': 'westeurope',
};

/** A resource as Azure would be asked for it. What is known only in Azure is an expression in brackets. */
export interface PredictedResource {
  readonly id: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

/** A copy of our Bicep files where they can be compiled, with the extension for Microsoft Graph at hand. */
export interface BicepFolder extends AsyncDisposable {
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramEnd>;
  /** The ARM template that a file compiles to. */
  compile(file: string): Promise<Record<string, unknown>>;
  /** The resources of a deployment of main.bicep, evaluated by the compiler. */
  predict(parameters: Readonly<Record<string, unknown>>): Promise<readonly PredictedResource[]>;
}

/** The extension comes from its registry, or from the type data that the variable BICEP_GRAPH_TYPES names. */
export async function openBicepFolder(): Promise<BicepFolder> {
  const bicep = await findBicep();
  const folder = await mkdtemp(join(tmpdir(), 'keyless-bridge-bicep-'));
  await cp(AZURE_FOLDER, folder, { recursive: true });
  const run: BicepFolder['run'] = (args, env = {}) => runProgram(bicep, args, { cwd: folder, env });
  const types = process.env['BICEP_GRAPH_TYPES'];
  if (types !== undefined) await usePublishedTypes(run, folder, types);
  const predictions = new Map<string, Promise<readonly PredictedResource[]>>();
  return {
    run,
    compile: async (file) => JSON.parse(await outputOf(run(['build', file, '--stdout']))),
    predict(parameters) {
      const text = parametersFile(parameters);
      const known = predictions.get(text) ?? predictDeployment(run, join(folder, `test-${predictions.size}`), text);
      predictions.set(text, known);
      return known;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

async function predictDeployment(run: BicepFolder['run'], path: string, text: string): Promise<readonly PredictedResource[]> {
  await writeFile(`${path}.bicepparam`, text);
  await outputOf(run(['snapshot', `${path}.bicepparam`, '--mode', 'overwrite', ...Object.entries(PLACE).flat()]));
  return JSON.parse(await readFile(`${path}.snapshot.json`, 'utf8')).predictedResources;
}

async function usePublishedTypes(run: BicepFolder['run'], folder: string, types: string): Promise<void> {
  await outputOf(run(['publish-extension', join(resolve(types), 'index.json'), '--target', 'graph.tgz', '--force']));
  const config = join(folder, 'bicepconfig.json');
  await writeFile(config, (await readFile(config, 'utf8')).replace(/"br:[^"]*"/, '"./graph.tgz"'));
}

function parametersFile(parameters: Readonly<Record<string, unknown>>): string {
  const lines = Object.entries(parameters).map(([name, value]) => `param ${name} = json('''${JSON.stringify(value)}''')`);
  return `using 'main.bicep'\n${lines.join('\n')}\n`;
}
