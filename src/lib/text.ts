// Controls, and what turns or hides letters: a name must read as what it is (Unicode TR 36 §2.5).
const MISLEADING = /[\p{Cc}\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u

/**
 * Whether text can be stored, compared and shown: well-formed Unicode without control characters,
 * at most `most` code points.
 *
 * PostgreSQL refuses a null byte, UTF-8 a lone surrogate, and a control character forges lines in logs.
 */
export function isPlainText(text: string, most: number): boolean {
  if (text.length > 2 * most || !text.isWellFormed() || MISLEADING.test(text)) return false
  return codePoints(text) <= most
}

/** The length as people count it, nearly: an emoji of one code point counts once. */
export function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count += 1
  return count
}
