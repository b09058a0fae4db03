import type { Authenticator, Signing } from '../../support/authenticator.ts'
import type { Seen, Visitor } from '../interactions/visitor.ts'

interface PasskeyForm {
  readonly action: string
  readonly options: string
  readonly fields: Readonly<Record<string, string>>
}

/** The form of a page that a script would fill. */
export function passkeyFormIn(page: Seen): PasskeyForm {
  const [form = ''] = /<form class="passkey"[\s\S]*?<\/form>/.exec(page.text) ?? []
  if (!form) throw new Error(`no form for a passkey at ${page.address}`)
  const inputs = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
  return {
    action: unescaped(/action="([^"]*)"/.exec(form)?.[1] ?? ''),
    options: unescaped(/data-options="([^"]*)"/.exec(form)?.[1] ?? ''),
    fields: Object.fromEntries(inputs.map(([, name, value]) => [name, unescaped(value ?? '')])),
  }
}

/** Creates a passkey by its page. */
export async function createPasskey(
  visitor: Visitor,
  key: Authenticator,
  how: Signing = {},
): Promise<Seen> {
  const { action, options, fields } = passkeyFormIn(await visitor.get('/account/security/passkey'))
  const credential = key.create(options, how)
  return visitor.post(action, { ...fields, credential, name: 'Key' })
}

/** Answers the form of a page with a passkey. */
export function showPasskey(
  visitor: Visitor,
  page: Seen,
  shown: { readonly key: Authenticator; readonly how?: Signing },
): Promise<Seen> {
  const { action, options, fields } = passkeyFormIn(page)
  return visitor.post(action, { ...fields, credential: shown.key.get(options, shown.how) })
}

function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
