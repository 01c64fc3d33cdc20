import type { Failures } from '../../explain/evidence.ts';

/** A trust policy in the text that is open to the whole tenant, although nothing fails. */
export const TRUST_SHAPE_FAILURES = {
  'trust-too-broad': {
    link: 'trust',
    symptom: 'every principal of the tenant can assume the role; nothing fails',
    cause:
      'Entra ID gives any app and managed identity of the tenant a token for the audience, and the trust policy does not pin the subject (:sub) with StringEquals.',
    fix: 'Pin :sub to the object id of the identity in the trust policy by StringEquals, without ForAllValues and wildcards, and set "Assignment required" on the enterprise application.',
    isSeenIn: ({ text }) => /ForAllValues:String/.test(text) || (/:aud"/.test(text) && !/:sub"/.test(text)),
  },
} as const satisfies Failures;
