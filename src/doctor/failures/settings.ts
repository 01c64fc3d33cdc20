import type { Failures } from '../explain/evidence.ts';
import { anyOf, coded, said } from './signs.ts';

/** App settings, and where they come from. */
export const SETTING_FAILURES = {
  'setting-unresolved': {
    link: 'settings',
    symptom: 'a setting holds a reference (@Microsoft.KeyVault(…) or @Microsoft.AppConfiguration(…)) instead of its value',
    cause:
      'Azure could not resolve the reference when the app started: the identity that reads the vault is not set or lacks the role, the vault or secret is another, or its firewall keeps the app out. On your own machine nothing resolves references.',
    fix: 'Set keyVaultReferenceIdentity of the app to its user-assigned identity (az functionapp update --set keyVaultReferenceIdentity=<resource id>), give that identity the role Key Vault Secrets User (App Configuration Data Reader), and restart. Settings > Environment variables shows the status of each reference.',
    isSeenIn: said(
      /@Microsoft\.(?:KeyVault|AppConfiguration)\(|is a reference that Azure has not resolved|MSINotEnabled|keyVaultReferenceIdentity|Key ?Vault reference.{0,80}(?:not resolved|failed|error)/i,
    ),
  },
  'key-vault-denied': {
    link: 'settings',
    symptom: 'Key Vault does not let the identity read the secret',
    cause:
      'The identity lacks the role on the vault (or the access policy, in a vault without RBAC), or the firewall of the vault keeps it out.',
    fix: 'az role assignment create --assignee-object-id <principal id> --assignee-principal-type ServicePrincipal --role "Key Vault Secrets User" --scope <id of the vault>; let the network of the app through (Networking of the vault).',
    isSeenIn: anyOf(
      coded(
        'ForbiddenByRbac',
        'ForbiddenByPolicy',
        'ForbiddenByFirewall',
        'ForbiddenByConnection',
        'AccessToKeyVaultDenied',
        'AccessDeniedToVault',
      ),
      said(
        /does not have secrets get permission on key vault|not authorized to perform action.{0,300}Microsoft\.KeyVault|vaults\/secrets\/getSecret/i,
      ),
    ),
  },
  'key-vault-secret-missing': {
    link: 'settings',
    symptom: 'SecretNotFound or VaultNotFound',
    cause: 'There is no such vault, secret or version, or it is disabled or deleted.',
    fix: 'az keyvault secret list --vault-name <vault>: correct the reference. Leave the version out, so that a new one is used.',
    isSeenIn: anyOf(
      coded('SecretNotFound', 'VaultNotFound', 'SecretVersionNotFound', 'SecretDisabled'),
      said(/secret with \(name\/id\) .{1,200} was not found/i),
    ),
  },
  'setting-wrong': {
    link: 'settings',
    symptom: 'a setting of the bridge is missing or is not what it must be',
    cause: 'A setting is missing or is not what it must be.',
    fix: 'Correct the app setting, then restart the app.',
    isSeenIn: said(
      /\b(?:BRIDGE|AWS|AZURE)_[A-Z0-9_]{2,60} (?:is not set|is empty|must be|must match)|\bAzureWebJobsStorage\w* (?:is not set|must be)|The settings are wrong/,
    ),
    rank: 'broad',
  },
} as const satisfies Failures;
