import { z } from 'zod';

const claimsSchema = z.object({
  iss: z.string(),
  aud: z.string(),
  sub: z.string(),
  exp: z.int(),
  iat: z.int().optional(),
  nbf: z.int().optional(),
  ver: z.string().optional(),
  tid: z.string().optional(),
  oid: z.string().optional(),
  appid: z.string().optional(),
  azp: z.string().optional(),
  idtyp: z.string().optional(),
  roles: z.array(z.string()).optional(),
});

/** The claims of a token that the trust depends on. Times are seconds since the epoch. */
export type Claims = z.infer<typeof claimsSchema>;

/** The claims of a token, whose signature is left to STS; `undefined` for what is no JWT with issuer, audience, subject and expiry. */
export function readClaims(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return undefined;
  try {
    return claimsSchema.safeParse(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))).data;
  } catch {
    return undefined;
  }
}

/** The claim that STS takes as the audience: the caller's client id, where a token (of version 2) names it. */
export function effectiveAudience({ azp, aud }: Claims): string {
  return azp ?? aud;
}

/** The claims for people: what they read is compared with names in Entra ID and IAM. */
export function showClaims(claims: Claims): Record<string, string> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      name,
      typeof value === 'number' ? new Date(value * 1_000).toISOString() : [value].flat().join(' '),
    ]),
  );
}
