import { renderSVG } from 'uqr'
import type { PageModels } from '../../src/http/view-models.ts'

const form = { action: '/login/factor', csrf: 'c5rf-value' }
const passkey = { action: '/login/passkey', challenge: 'sealed', options: '{}' }
const long = 'Gesellschaft-für-außerordentlich-lange-Bezeichnungen-und-Namen-ohne-jede-Pause'
const codes = Array.from({ length: 10 }, (_, at) => `7k2m${at}-x9q4p-0a1bc-defgh`)
const picture = Buffer.from(
  renderSVG('otpauth://totp/Sojourn%20(id.example):ada?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'),
).toString('base64')

const second: PageModels['second-factor'] = {
  ...form,
  fields: [{ name: 'session', value: 'ses_1' }],
  clientName: 'Notes',
  ticket: 'sealed',
  isStepUp: false,
  hasApp: true,
  hasCodes: true,
  passkey,
  error: null,
  by: null,
  retryAfter: null,
  cancelAction: '/interaction/q1/cancel',
}

const factors: PageModels['security/factors'] = {
  ...form,
  username: 'ada@example.com',
  done: null,
  factors: [
    {
      id: 'fac_1',
      isPasskey: true,
      name: 'Telephone',
      backedUp: true,
      addedAt: '3 days ago',
      lastUsed: '2 hours ago',
    },
    {
      id: 'fac_2',
      isPasskey: false,
      name: long,
      backedUp: false,
      addedAt: 'just now',
      lastUsed: null,
    },
  ],
  authenticatorHref: '/account/security/authenticator',
  passkeyHref: '/account/security/passkey',
  codesLeft: 8,
  codesAction: '/account/security/recovery-codes',
  othersAction: '/account/security/others',
}

const authenticator: PageModels['security/authenticator'] = {
  ...form,
  ticket: 'sealed',
  secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP',
  picture,
  name: '',
  error: null,
}

/** The pages about second factors, in the states that look different. */
export const securitySamples = [
  { title: 'second-factor', page: 'second-factor', model: second },
  {
    title: 'second-factor-wrong',
    page: 'second-factor',
    model: { ...second, error: 'wrong_factor', by: 'totp', clientName: null, cancelAction: null },
  },
  {
    title: 'second-factor-step-up',
    page: 'second-factor',
    model: { ...second, isStepUp: true, hasApp: false, hasCodes: false, clientName: long },
  },
  {
    title: 'needs-factor',
    page: 'needs-factor',
    model: {
      csrf: 'c5rf-value',
      clientName: 'Notes',
      authenticatorHref: '/account/security/authenticator?from=q1',
      passkeyHref: '/account/security/passkey?from=q1',
      cancelAction: '/interaction/q1/cancel',
    },
  },
  {
    title: 'security-empty',
    page: 'security/factors',
    model: { ...factors, factors: [], codesLeft: 0 },
  },
  { title: 'security', page: 'security/factors', model: { ...factors, done: 'added' } },
  { title: 'security-authenticator', page: 'security/authenticator', model: authenticator },
  {
    title: 'security-authenticator-wrong',
    page: 'security/authenticator',
    model: { ...authenticator, error: 'wrong_factor' },
  },
  {
    title: 'security-passkey',
    page: 'security/passkey',
    model: { csrf: 'c5rf-value', offer: passkey, name: '', error: null },
  },
  {
    title: 'security-recovery-codes',
    page: 'security/recovery-codes',
    model: {
      csrf: 'c5rf-value',
      codes,
      isFirst: true,
      next: { href: '/account/security?done=added', label: 'Done' },
      othersAction: '/account/security/others',
    },
  },
] as const satisfies readonly {
  readonly title: string
  readonly page: keyof PageModels
  readonly model: PageModels[keyof PageModels]
}[]
