// Without this the page works; with it the page sees a log-out that happened elsewhere, and counts.
const meter = document.getElementById('life')
const words = document.getElementById('life-text')
const until = Date.now() + Number(meter?.value) * 1000
let events = null

if ('loggedIn' in document.body.dataset) {
  document.addEventListener('visibilitychange', watch)
  // A log-out or a switch begun here ends this visit as well. Going home at that moment would stop
  // the browser on its way to the provider, and leave the person logged in there.
  addEventListener('beforeunload', letGo)
  watch()
  setInterval(count, 1000)
}

// A hidden page lets go: a browser keeps six connections to one address, and every tab holds one.
function watch() {
  if (document.hidden) return letGo()
  if (events) return
  events = new EventSource('/events')
  events.addEventListener('logout', leave)
}

function letGo() {
  events?.close()
  events = null
}

function leave() {
  letGo()
  location.replace('/')
}

function count() {
  const left = Math.max(0, Math.round((until - Date.now()) / 1000))
  meter.value = left
  words.textContent =
    left > 0
      ? `${Math.floor(left / 60)} min ${left % 60} s left`
      : 'over; renewed with the next page'
}
