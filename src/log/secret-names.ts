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

/** Whether a field of this name holds a secret, in whatever case and with whatever between the words. */
export function isSecretName(name: unknown): boolean {
  return typeof name === 'string' && name.length <= 200 && SECRET.test(plain(name))
}

function plain(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
}
