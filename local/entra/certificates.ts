import './reflect-metadata.ts';
import { KeyObject, type webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { importPKCS8 } from 'jose';

/** A private key (PKCS #8) and its certificate, both PEM. */
export interface KeyAndCertificate {
  readonly key: string;
  readonly certificate: string;
}

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const AUTHORITY_NAME = 'CN=Keyless Bridge local authority';
const YEAR_MS = 365 * 24 * 3_600_000;

function pem(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A new authority that can sign server certificates. */
export async function createCertificateAuthority(): Promise<KeyAndCertificate> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: AUTHORITY_NAME,
    keys,
    notAfter: new Date(Date.now() + YEAR_MS),
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { key: pem(keys.privateKey), certificate: certificate.toString('pem') };
}

/** A new certificate for servers on this machine (127.0.0.1 and localhost), signed by `authority`. */
export async function createServerCertificate(authority: KeyAndCertificate): Promise<KeyAndCertificate> {
  const keys = await crypto.subtle.generateKey(ECDSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=localhost',
    issuer: AUTHORITY_NAME,
    publicKey: keys.publicKey,
    signingKey: await importPKCS8(authority.key, 'ES256'),
    signingAlgorithm: ECDSA,
    notAfter: new Date(Date.now() + YEAR_MS),
    extensions: [
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await AuthorityKeyIdentifierExtension.create(new X509Certificate(authority.certificate).publicKey),
    ],
  });
  return { key: pem(keys.privateKey), certificate: certificate.toString('pem') };
}

/** A new self-signed RSA certificate, as an app registration has for signing in. Valid for a year, or until `notAfter`. */
export async function createSelfSignedCertificate(name: string, options: { notAfter?: Date } = {}): Promise<KeyAndCertificate> {
  const keys = await crypto.subtle.generateKey(RSA, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    notBefore: new Date(Date.now() - YEAR_MS),
    notAfter: options.notAfter ?? new Date(Date.now() + YEAR_MS),
  });
  return { key: pem(keys.privateKey), certificate: certificate.toString('pem') };
}
