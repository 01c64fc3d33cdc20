import { parseArgs } from 'node:util';
import { IDENTITY_MODES, type IdentityMode } from '../identities.ts';

/** What `npm start -- …` takes. */
export interface StartOptions {
  /** End after the first syncs. */
  readonly once: boolean;
  /** Start no app: it is to be run by `func start`. */
  readonly cloudsOnly: boolean;
  /** Add an object of 1 GiB to the samples. */
  readonly large: boolean;
  /** How many small objects to add to the samples. */
  readonly objects: number;
  readonly port: number;
  /** Keeps the data there; in `.local/data`, gone at an orderly end, when not given. */
  readonly data?: string;
  readonly identity: IdentityMode;
  /** Do nothing but tell of the options. */
  readonly help: boolean;
}

const MAX_OBJECTS = 1_000_000;

export const USAGE = `npm start -- [options]
  --once            end after the first syncs; the exit status tells whether they succeeded
  --large           add an object of 1 GiB to the samples
  --objects N       add N small objects to the samples
  --port N          port of the app (7071)
  --data DIR        keep the data in DIR; otherwise Ctrl-C removes them, and only a killed process leaves them for the next start
  --identity MODE   ${IDENTITY_MODES.join(', ')} (federated-app)
  --clouds-only     start Azurite and the stand-ins only, and write settings for "func start"
  --help            tell of the options`;

/** Throws an error whose message is for people. */
export function parseOptions(args: readonly string[]): StartOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      once: { type: 'boolean', default: false },
      'clouds-only': { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      objects: { type: 'string', default: '0' },
      port: { type: 'string', default: '7071' },
      data: { type: 'string' },
      identity: { type: 'string', default: 'federated-app' },
      help: { type: 'boolean', default: false },
    },
  });
  const { once, large, data, help } = values;
  return {
    ...{ once, large, help, cloudsOnly: values['clouds-only'] },
    objects: wholeNumber('--objects', values.objects, 0, MAX_OBJECTS),
    port: wholeNumber('--port', values.port, 1, 65_535),
    identity: identityMode(values.identity),
    ...(data !== undefined && { data }),
  };
}

function wholeNumber(option: string, text: string, min: number, max: number): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Error(`${option} must be a number from ${min} to ${max}, but is "${text}".`);
}

function identityMode(text: string): IdentityMode {
  const mode = IDENTITY_MODES.find((known) => known === text);
  if (mode === undefined) throw new Error(`--identity must be one of ${IDENTITY_MODES.join(', ')}, but is "${text}".`);
  return mode;
}
