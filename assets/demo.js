// Without this the page works; with it the page sees a log-out that happened elsewhere, and counts.
const shown = document.body.dataset.session
const meter = document.getElementById('life')
const words = document.getElementById('life-text')
const until = Date.now() + Number(meter?.value) * 1000

if (shown) setInterval(tick, 1000)

async function tick() {
  if (meter && words) count(Math.max(0, Math.round((until - Date.now()) / 1000)))
  const answer = await fetch('/session').catch(() => null)
  if (answer?.ok && (await answer.json()).session !== shown) location.reload()
}

function count(seconds) {
  meter.value = seconds
  words.textContent = `${Math.floor(seconds / 60)} min ${seconds % 60} s left`
}
