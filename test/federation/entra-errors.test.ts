import { describe, expect, it } from 'vitest';
import { fromEntraError } from '../../src/federation/entra-errors.ts';

/** As MSAL words what Entra ID answers. */
function msalError(code: number): Error {
  return new Error(
    `invalid_client: Error(s): ${code} - Timestamp: 2026-01-01 00:00:00Z - Description: AADSTS${code}: Something is wrong with app 'x'. Trace ID: 11 Correlation ID: 22 Timestamp: 2026-01-01 00:00:00Z - Correlation ID: 22 - Trace ID: 11`,
  );
}

describe('an error of Entra ID', () => {
  it.each([
    [700016, 'unknown-application'],
    [90002, 'unknown-tenant'],
    [90038, 'unknown-tenant'],
    [900382, 'unknown-tenant'],
    [7000215, 'wrong-client-credential'],
    [7000222, 'wrong-client-credential'],
    [700027, 'wrong-client-credential'],
    [70021, 'no-federated-credential'],
    [700211, 'no-federated-credential'],
    [700212, 'no-federated-credential'],
    [700213, 'no-federated-credential'],
    [500011, 'unknown-audience'],
    [1002012, 'unknown-audience'],
    [70011, 'unknown-audience'],
    [501051, 'not-assigned'],
    [90033, 'entra-unavailable'],
    [99999, 'entra-rejected'],
  ])('AADSTS%i is told as %s', (aadsts, code) => {
    expect(fromEntraError(msalError(aadsts), 'for api://x')).toMatchObject({ code });
  });

  it('is told in its own words, without the times and ids that change with every request', () => {
    const { message } = fromEntraError(msalError(501051), 'for api://x');

    expect(message).toBe(
      "No token for api://x: AADSTS501051: Something is wrong with app 'x'. Assign the identity to an app role of the application that owns the App ID URI.",
    );
  });

  it('is found where the SDK wraps it', () => {
    const wrapped = new Error('Authentication failed', { cause: msalError(700016) });

    expect(fromEntraError(wrapped, 'for api://x')).toMatchObject({ code: 'unknown-application', cause: wrapped });
  });

  it('is transient only when the service could not be reached or failed', () => {
    expect(fromEntraError(new Error('network_error: no network'), 'for api://x').isTransient).toBe(true);
    expect(fromEntraError(msalError(700016), 'for api://x').isTransient).toBe(false);
  });
});
