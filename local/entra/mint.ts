import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import type { Signer } from './signer.ts';

/** `unknown-key`: signed, under our key id, with a key that is not ours. `none`: `alg` is `none` and there is no signature. */
export type Signature = 'ours' | 'unknown-key' | 'none';

/** Makes a token of any claims, right or wrong. */
export async function mint(claims: Record<string, unknown>, signature: Signature, signer: Signer): Promise<string> {
  switch (signature) {
    case 'ours':
      return signer.sign(claims);
    case 'none':
      return new UnsecuredJWT(claims).encode();
    case 'unknown-key': {
      const { privateKey } = await generateKeyPair('RS256');
      return new SignJWT(claims).setProtectedHeader(signer.header).sign(privateKey);
    }
  }
}
