import type { DescribedConsent } from '../../consent/find-consent.ts'
import { formatId } from '../../ids.ts'
import { identityLines, resourceLines } from '../interactions/scope-words.ts'
import { agoWords } from '../time-words.ts'
import type { GivenConsent } from './model.ts'

/** What a person said yes to, in the words in which they were asked. */
export function presentConsent(consent: DescribedConsent, now: Date): GivenConsent {
  const { openid, resources } = consent.scopes
  return {
    consent: formatId('con', consent.id),
    applicationName: consent.clientName,
    workspaceName: consent.workspaceName,
    grantedAt: agoWords(consent.grantedAt, now),
    identity: identityLines(openid),
    resources: Object.entries(resources).map(([identifier, scopes]) => {
      const name = consent.resourceNames[identifier] ?? identifier
      return { name, scopes: resourceLines(name, scopes) }
    }),
    offlineAccess: openid.includes('offline_access'),
  }
}
