const REFUSED = 'about:invalid'

/**
 * Lets addresses of the web through, whole or relative, and makes the others lead nowhere.
 *
 * Escaping does not stop `javascript:` in an attribute: the address itself is the script. The
 * parser is the browser's, so what hides the scheme (`java\nscript:`) is seen as a browser sees it.
 */
export function safeUrl(value: string): string {
  const scheme = URL.parse(value, 'https://page.invalid')?.protocol
  return scheme === 'https:' || scheme === 'http:' ? value : REFUSED
}
