// Fills the forms for passkeys (WebAuthn Level 3 §5.1). Without this script they stay hidden, and
// every other way to log in works.

const WORDS = {
  NotAllowedError: 'That was cancelled, or took too long. Try again.',
  InvalidStateError: 'This device has a passkey of yours already.',
  NotSupportedError: 'This browser cannot do that.',
  SecurityError: 'Passkeys do not work at this address.',
}

if (globalThis.PublicKeyCredential) {
  for (const words of document.querySelectorAll('[data-passkey-less]')) words.hidden = true
  for (const form of document.querySelectorAll('form[data-passkey]')) offer(form)
}

// A page that the browser brings back must not send an answer twice: it is good once.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted) location.reload()
})

function offer(form) {
  form.hidden = false
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void answer(form)
  })
}

async function answer(form) {
  const button = form.querySelector('button')
  const status = form.querySelector('[role=status]')
  status.textContent = ''
  button.disabled = true
  try {
    const credential = await ask(form)
    form.elements.credential.value = JSON.stringify(plain(credential))
    form.submit()
  } catch (error) {
    status.textContent = WORDS[error.name] ?? 'That did not work. Try again, or use another way.'
    button.disabled = false
  }
}

function ask({ dataset }) {
  const options = JSON.parse(dataset.options)
  const publicKey = { ...options, challenge: bytes(options.challenge) }
  if (dataset.passkey === 'create') {
    publicKey.user = { ...options.user, id: bytes(options.user.id) }
    publicKey.excludeCredentials = options.excludeCredentials.map(known)
    return navigator.credentials.create({ publicKey })
  }
  publicKey.allowCredentials = options.allowCredentials.map(known)
  return navigator.credentials.get({ publicKey })
}

function known(descriptor) {
  return { ...descriptor, id: bytes(descriptor.id) }
}

/** As `toJSON` has it, which not all browsers do. */
function plain({ id, rawId, type, response }) {
  const parts = [
    'clientDataJSON',
    'authenticatorData',
    'signature',
    'userHandle',
    'attestationObject',
  ]
  const present = parts.filter((part) => response[part])
  return {
    id,
    rawId: text(rawId),
    type,
    clientExtensionResults: {},
    response: {
      ...Object.fromEntries(present.map((part) => [part, text(response[part])])),
      ...(response.getTransports && { transports: response.getTransports() }),
    },
  }
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (char) => char.charCodeAt(0))
}

function text(buffer) {
  const binary = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
