import { parseArgs } from 'node:util';
import { IDENTITY_MODES, type IdentityMode } from './identities.ts';

/** What `npm start -- …` takes. */
export interface StartOptions {
  /** End after the first syncs. */
  readonly once: boolean;
  /** Start no app: it is to be run by `func start`. */
  readonly cloudsOnly: boolean;
  readonly port: number;
  /** Keeps the data there; a folder of its own, gone at the end, when not given. */
  readonly data?: string;
  readonly identity: IdentityMode;
}

export const USAGE = `npm start -- [options]
  --once            end after the first syncs; the exit status tells whether they succeeded
  --clouds-only     start Azurite and the stand-ins only, and write settings for "func start"
  --port N          port of the app (7071)
  --data DIR        keep the data in DIR
  --identity MODE   ${IDENTITY_MODES.join(', ')} (federated-app)`;

/** Throws an error whose message is for people. */
export function parseOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      'clouds-only': { type: 'boolean', default: false },
      port: { type: 'string', default: '7071' },
      data: { type: 'string' },
      identity: { type: 'string', default: 'federated-app' },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`--port must be a number from 1 to 65535, but is "${values.port}".`);
  const identity = IDENTITY_MODES.find((mode) => mode === values.identity);
  if (identity === undefined) throw new Error(`--identity must be one of ${IDENTITY_MODES.join(', ')}, but is "${values.identity}".`);
  return { once: values.once, cloudsOnly: values['clouds-only'], port, identity, ...(values.data !== undefined && { data: values.data }) };
}
