import type { Failures } from '../../explain/evidence.ts';
import { anyOf, coded, said } from '../signs.ts';

/** Rights of whoever deploys to Azure, and of the identity that gets roles. */
export const AZURE_RIGHTS_FAILURES = {
  'role-assignment-exists': {
    link: 'deployment',
    symptom: 'RoleAssignmentExists: the role assignment already exists',
    cause: 'The identity has this role on this scope already, from another deployment or made by hand, under another name.',
    fix: 'Nothing is missing. To let the template own it, delete the old one: az role assignment list --assignee <principal id> --scope <scope>, then az role assignment delete --ids <id>; deploy again.',
    isSeenIn: anyOf(coded('RoleAssignmentExists'), said(/role assignment already exists/i)),
  },
  'role-assignment-stale': {
    link: 'deployment',
    symptom: 'RoleAssignmentUpdateNotPermitted: tenant, application, principal and scope cannot be updated',
    cause: 'An assignment of the same name belongs to an identity that was deleted and made anew.',
    fix: 'Delete the assignment that shows "Identity not found" under Access control (IAM), or az role assignment delete --ids <id>, and deploy again.',
    isSeenIn: anyOf(
      coded('RoleAssignmentUpdateNotPermitted'),
      said(/(?:principal ID|principal), and scope are not allowed to be updated/i),
    ),
  },
  'principal-not-replicated': {
    link: 'deployment',
    symptom: 'PrincipalNotFound: the principal does not exist in the directory',
    cause:
      'The identity was made moments ago and is not yet everywhere in Entra ID, its id is the client id instead of the principal id, or it is in another tenant.',
    fix: 'Deploy again after a minute. In your own template set principalType: ServicePrincipal, and use the principal (object) id.',
    isSeenIn: anyOf(
      coded('PrincipalNotFound', 'Request_ResourceNotFound', 'UnmatchedPrincipalType', 'PrincipalTypeNotSupported'),
      said(/Principal \S{1,80} does not exist in the directory|does not exist or one of its queried reference-property/i),
    ),
  },
  'role-assignment-denied': {
    link: 'deployment',
    symptom: 'AuthorizationFailed for Microsoft.Authorization/roleAssignments/write',
    cause: 'Whoever deploys may make resources (Contributor), but not give roles to the identity of the app.',
    fix: 'Deploy as Owner, or as Contributor with Role Based Access Control Administrator, of the resource group (and of the storage accounts of the jobs). A privileged role may have to be activated first (PIM).',
    isSeenIn: said(/Microsoft\.Authorization\/roleAssignments\/write|roleAssignments.{0,200}does not have (?:permission|authorization)/i),
  },
  'linked-authorization-failed': {
    link: 'deployment',
    symptom: 'LinkedAuthorizationFailed: no permission on a linked resource',
    cause:
      'The resource itself may be made, but it refers to another one (subnet, identity, vault, plan) where the deployer lacks the join or assign action.',
    fix: 'Give the deployer the action that the message names on the linked scope: Managed Identity Operator for an identity, Network Contributor for a subnet.',
    isSeenIn: anyOf(coded('LinkedAuthorizationFailed', 'LinkedAccessCheckFailed'), said(/linked scope\(s\)/i)),
  },
  'azure-authorization-failed': {
    link: 'deployment',
    symptom: 'AuthorizationFailed: does not have authorization to perform action',
    cause:
      'Whoever deploys lacks the action that the message names on this scope, is signed in to another subscription, or got the role moments ago.',
    fix: 'az account show, then give the role Contributor on the resource group; sign in again (az login) after a new assignment.',
    isSeenIn: anyOf(coded('AuthorizationFailed'), said(/does not have authorization to perform action/i)),
  },
  'policy-disallowed': {
    link: 'deployment',
    symptom: 'RequestDisallowedByPolicy: the resource was disallowed by policy',
    cause:
      'An Azure Policy of the subscription or management group does not accept a property: region, tags, public network access, TLS version or names.',
    fix: 'The message has policyDefinitionName and the assignment: meet it by the parameters of infra/azure/main.bicep, or ask its owner for an exemption (az policy exemption create).',
    isSeenIn: anyOf(
      coded('RequestDisallowedByPolicy', 'RequestDisallowedByAzure', 'PolicyViolation'),
      said(/was disallowed by (?:policy|Azure)/i),
    ),
  },
  'resource-locked': {
    link: 'deployment',
    symptom: 'ScopeLocked: the scope is locked',
    cause: 'A lock (CanNotDelete, ReadOnly) of the resource group or resource forbids the change.',
    fix: 'az lock list --resource-group <group>; let its owner remove it for the deployment (az lock delete).',
    isSeenIn: anyOf(coded('ScopeLocked'), said(/following scope\(s\) are locked/i)),
  },
  'subscription-unusable': {
    link: 'deployment',
    symptom: 'the subscription is not found or disabled',
    cause: 'The id is wrong, the signed-in account does not see it, or the subscription is disabled or read-only.',
    fix: 'az account list --output table; az account set --subscription <id>, or enable it (Subscriptions > Overview).',
    isSeenIn: anyOf(
      coded('SubscriptionNotFound', 'InvalidSubscriptionId', 'ReadOnlyDisabledSubscription', 'DisabledSubscription'),
      said(/subscription .{1,80} (?:could not be found|doesn't exist|is disabled|not found)|SubscriptionDoesNotExist/i),
    ),
  },
  'az-signed-out': {
    link: 'deployment',
    symptom: "Please run 'az login', or azd auth login",
    cause: 'Nobody is signed in on the machine that deploys, or the sign-in has expired. The app itself needs none of this.',
    fix: 'az login --tenant <tenant id>, or azd auth login, then run the command again.',
    isSeenIn: said(
      /(?:Invalid|Expired)AuthenticationToken\w{0,20}|Please run:? ?['"`]?az login|run `?azd auth login|No subscriptions? found|Status_InteractionRequired|explicitly log in with|Run Connect-AzAccount|not logged in|Interactive authentication is needed|az login --(?:tenant|scope|use-device-code)/i,
    ),
  },
} as const satisfies Failures;
