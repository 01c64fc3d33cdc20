import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export interface TestIssuer {
  /** Where the discovery document really is. */
  readonly location: string;
  /** How often the keys were asked for. */
  keyRequests(): number;
  sign(claims: JWTPayload): Promise<string>;
  stop(): Promise<void>;
}

/** Serves the discovery document and the one key of `issuer`, and signs tokens with it. */
export async function startTestIssuer(issuer: string, alg: 'RS256' | 'ES256' | 'PS256' = 'RS256'): Promise<TestIssuer> {
  const { publicKey, privateKey } = await generateKeyPair(alg);
  const jwk = { ...(await exportJWK(publicKey)), kid: 'key-1', use: 'sig', alg };
  let keyRequests = 0;
  const server = createServer((request, response) => {
    if (request.url === '/.well-known/openid-configuration') response.end(JSON.stringify({ issuer, jwks_uri: `${location}/keys` }));
    else {
      keyRequests += 1;
      response.end(JSON.stringify({ keys: [jwk] }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const location = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    location,
    keyRequests: () => keyRequests,
    sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg, kid: 'key-1' }).sign(privateKey),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
