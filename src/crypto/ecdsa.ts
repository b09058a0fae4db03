const HALF = 32
const SEQUENCE = 0x30
const INTEGER = 0x02

/**
 * An ECDSA signature over P-256 as JOSE wants it, r and s side by side (RFC 7518 §3.4), out of the
 * DER that OpenSSL makes. Node would do the same when asked, and take as long again as the signature.
 */
export function rawSignature(der: Uint8Array): Buffer {
  if (der[0] !== SEQUENCE || der[1] !== der.byteLength - 2) throw malformed()
  const raw = Buffer.alloc(2 * HALF)
  const end = copyInteger(der, 2, raw.subarray(0, HALF))
  if (copyInteger(der, end, raw.subarray(HALF)) !== der.byteLength) throw malformed()
  return raw
}

/** Right-aligned; a leading zero only keeps DER's integers positive. Tells where the next one begins. */
function copyInteger(der: Uint8Array, at: number, half: Buffer): number {
  const length = der[at + 1] ?? 0
  const from = at + 2
  const end = from + length
  const digits = der.subarray(der[from] === 0 ? from + 1 : from, end)
  if (der[at] !== INTEGER || length === 0 || digits.byteLength > HALF) throw malformed()
  half.set(digits, HALF - digits.byteLength)
  return end
}

function malformed(): Error {
  return new Error('this is no DER of a P-256 signature')
}
