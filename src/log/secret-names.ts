export const MASK = '[redacted]'

/** Parts of names, letters and digits only, that mean a secret wherever they stand. */
const TELLING = [
  'authorization',
  'authorisation',
  'cookie',
  'passw',
  'passphrase',
  'passcode',
  'secret',
  'token',
  'credential',
  'assertion',
  'verifier',
  'dpop',
  'proof',
  'apikey',
  'privatekey',
  'rootkey',
  'sessionkey',
  'signingkey',
  'wrapped',
  'sealed',
  'hash',
  'jwk',
  'jwt',
  'otp',
  'csrf',
  'databaseurl',
  'connectionstring',
]
const WHOLE = [
  'auth',
  'bearer',
  'code',
  'usercode',
  'devicecode',
  'key',
  'keys',
  'nonce',
  'pin',
  'pwd',
  'jti',
]
const SECRET = new RegExp(`${TELLING.join('|')}|keys?$|^(${WHOLE.join('|')})$`)

/** The names met so far; strangers make up names, so no more than these are kept. */
const judged = new Map<string, boolean>()
const MOST_JUDGED = 1_000

/** Whether a field of this name holds a secret, in whatever case and with whatever between the words. */
export function isSecretName(name: unknown): boolean {
  if (typeof name !== 'string' || name.length > 200) return false
  const known = judged.get(name)
  if (known !== undefined) return known
  const verdict = SECRET.test(plain(name))
  if (judged.size < MOST_JUDGED) judged.set(name, verdict)
  return verdict
}

function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}
