import { describe, expect, it } from 'vitest';
import { parseOptions, USAGE } from '../../local/demo/options.ts';

describe('the options of npm start', () => {
  it('are none: the app stays up between the samples alone', () => {
    const options = parseOptions([]);

    expect(options).toEqual({
      once: false,
      cloudsOnly: false,
      large: false,
      objects: 0,
      port: 7_071,
      identity: 'federated-app',
      help: false,
    });
  });

  it('add a large object and many small ones to the samples', () => {
    const options = parseOptions(['--large', '--objects', '20000', '--data', 'kept']);

    expect(options).toMatchObject({ large: true, objects: 20_000, data: 'kept' });
  });

  it.each([
    [['--objects', 'many'], '--objects must be a number from 0 to 1000000, but is "many".'],
    [['--objects', '-1'], /--objects/],
    [['--port', '0'], '--port must be a number from 1 to 65535, but is "0".'],
    [['--identity', 'password'], /^--identity must be one of .*managed-identity.*, but is "password"\.$/],
    [['--larger'], /--larger/],
  ])('refuse %j, and say why', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('are all told of by --help', () => {
    const told = [...USAGE.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);

    expect(told).toEqual(['once', 'large', 'objects', 'port', 'data', 'identity', 'clouds-only', 'help']);
  });
});
