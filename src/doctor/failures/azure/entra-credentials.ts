import type { Failures } from '../../explain/evidence.ts';
import { anyOf, entra, said } from '../signs.ts';

/** How the app proves to Entra ID who it is: secret, certificate, federated credential. */
export const ENTRA_CREDENTIAL_FAILURES = {
  'client-secret-expired': {
    link: 'identity',
    symptom: 'AADSTS7000222: the client secret has expired',
    cause: 'All secrets that match AZURE_CLIENT_SECRET are past their end date. A secret lives for two years at most.',
    fix: 'Create a new one (az ad app credential reset --id <client id> --append), put its value into AZURE_CLIENT_SECRET, and restart the app. BRIDGE_IDENTITY=managed-identity or federated-app needs no secret.',
    isSeenIn: anyOf(entra(7000222), said(/client secret keys? .{0,80}expired/i)),
  },
  'wrong-client-credential': {
    link: 'identity',
    symptom: 'AADSTS7000215 or AADSTS70002: the client secret is not valid',
    cause:
      'AZURE_CLIENT_SECRET is not a secret of the app registration AZURE_CLIENT_ID: often it is the id of the secret instead of its value, a deleted secret, or a value that a shell or a file has changed.',
    fix: 'Create a new secret (az ad app credential reset --id <client id> --append), copy its value, not its id, into AZURE_CLIENT_SECRET, and restart the app.',
    isSeenIn: anyOf(entra(7000215, 70002), said(/Invalid client secret provided/i)),
  },
  'client-credential-missing': {
    link: 'identity',
    symptom: 'AADSTS7000216 or AADSTS7000218: the request has no client_secret or client_assertion',
    cause: 'The token was requested without any credential: AZURE_CLIENT_SECRET or the certificate is empty or not read.',
    fix: 'Set AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH to match BRIDGE_IDENTITY, and restart the app.',
    isSeenIn: anyOf(entra(7000216, 7000218, 7000219), said(/must contain the following parameter: '?client_(?:assertion|secret)/i)),
  },
  'client-certificate-unknown': {
    link: 'identity',
    symptom: 'AADSTS700027, AADSTS700030 or AADSTS50012: the client assertion or its certificate is not accepted',
    cause:
      'The certificate that signed the client assertion is not registered on the app registration, has expired, or belongs to another application.',
    fix: 'Compare the thumbprint (openssl x509 -in <pem> -noout -fingerprint -sha1 -enddate) with App registrations > Certificates & secrets, and upload the certificate there: az ad app credential reset --id <client id> --cert @<pem> --append.',
    isSeenIn: anyOf(
      entra(700027, 700030, 50012, 5001211, 50006, 50017),
      said(/certificate with identifier used to sign the client assertion|Client assertion contains an invalid signature/i),
    ),
  },
  'client-assertion-expired': {
    link: 'identity',
    symptom: 'AADSTS700024: the client assertion is not within its valid time range',
    cause:
      'The clock of the machine is wrong, or an assertion was requested once and kept: that of a managed identity or of a certificate lives for minutes to hours.',
    fix: 'Set the clock (NTP). Code of your own must request a new assertion for every token; the bridge does.',
    isSeenIn: anyOf(entra(700024, 500133, 5000224), said(/assertion is not within its valid time range/i)),
  },
  'client-assertion-for-another': {
    link: 'identity',
    symptom: 'AADSTS700021 or AADSTS700023: the client assertion is for another client id or another tenant',
    cause: 'Issuer and subject of the assertion must be the client id, and its audience the token endpoint of the tenant that is asked.',
    fix: 'Check AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_AUTHORITY_HOST: all three must belong to the app registration whose certificate signs.',
    isSeenIn: anyOf(entra(700021, 50048), said(/Client assertion (?:application identifier|audience claim) does(?: not|n't) match/i)),
  },
  'public-client-with-credential': {
    link: 'identity',
    symptom: 'AADSTS700025: the client is public, so no client_assertion or client_secret may be presented',
    cause: 'The app registration is set up as a public client (a desktop or mobile app).',
    fix: 'Switch "Allow public client flows" off (App registrations > Authentication), or: az ad app update --id <client id> --is-fallback-public-client false.',
    isSeenIn: anyOf(entra(700025), said(/Client is public so neither/i)),
  },
  'federated-assertion-refused': {
    link: 'identity',
    symptom: 'AADSTS700222, AADSTS700229 or AADSTS700238: this token cannot serve as a federated credential',
    cause:
      "Entra ID accepts only the app-only token of a user-assigned managed identity for this: not a user's token, not one of another application, and usually none of another cloud. A policy of the tenant may refuse the issuer, too.",
    fix: 'Set BRIDGE_IDENTITY=federated-app with BRIDGE_MANAGED_IDENTITY_CLIENT_ID, and keep the managed identity and the app registration in the same cloud.',
    isSeenIn: anyOf(
      entra(700222, 700229, 700236, 700238),
      said(/AAD-issued tokens may not be used for federated identity|may not be used for federated identity credential flows/i),
    ),
  },
  'federated-credential-differs': {
    link: 'identity',
    symptom: 'AADSTS700213, AADSTS70021, AADSTS700211 or AADSTS700212: no matching federated identity record',
    cause:
      'Subject, issuer or audience of the federated credential differ from those of the managed identity (case matters), or it is so new that it is not yet everywhere.',
    fix: 'Compare: issuer https://login.microsoftonline.com/<tenant>/v2.0, subject = principal id of the managed identity, audience api://AzureADTokenExchange (another one in national clouds). az ad app federated-credential list --id <client id> prints them. After a deployment wait some minutes.',
    isSeenIn: anyOf(entra('70021(?:[123]\\d?)?'), said(/No matching federated identity record/i)),
  },
  'client-credential-forbidden': {
    link: 'deployment',
    symptom: 'CredentialTypeNotAllowedAsPerAppPolicy: the tenant forbids secrets or certificates for applications',
    cause:
      'An application management policy of the tenant does not let anybody add a secret (or one that lives so long) to the app registration.',
    fix: 'Use BRIDGE_IDENTITY=managed-identity or federated-app, which need no secret, or ask for an exemption of the app registration.',
    isSeenIn: said(/CredentialTypeNotAllowedAsPerAppPolicy|CredentialInvalidLifetimeAsPerAppPolicy|not allowed as per assigned policy/i),
  },
  'certificate-file-unreadable': {
    link: 'identity',
    symptom: 'the certificate file cannot be read',
    cause:
      'AZURE_CLIENT_CERTIFICATE_PATH names no file that the app can read, or one that lacks the certificate or the private key, or whose key has a passphrase.',
    fix: 'Use a PEM file with the private key and the certificate: openssl pkcs12 -in <pfx> -nodes -out <pem>.',
    isSeenIn: said(
      /PEM-encoded certificate|secretOrPrivateKey must|must be an asymmetric key|ERR_OSSL_\w+|DECODER routines|ERR_MISSING_PASSPHRASE|error:\w{1,20}:PEM routines|(?:ENOENT|EACCES).{0,300}\.(?:pem|pfx|p12|cer|crt)\b|unable to parse.{0,40}PEM/i,
    ),
  },
} as const satisfies Failures;
