import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { buildApp } from '../../local/demo/build-app.ts';
import { buildDotnet } from './build-dotnet.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the built host. */
    readonly engineHost: string;
  }
}

/** Builds once what every file of the suite runs: the app, and the host for it. */
export function setup(project: TestProject): void {
  buildApp(join(import.meta.dirname, '../..'));
  project.provide('engineHost', buildDotnet({ folder: 'host', name: 'EngineHost' }));
}
