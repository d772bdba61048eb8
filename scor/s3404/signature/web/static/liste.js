import './geste.js';

// The list is read again when the page comes back into view and every few seconds, so that a bordereau made meanwhile shows up by itself.
const attente = 4000;

async function rafraichir() {
  if (document.visibilityState !== 'visible' || document.activeElement?.closest('main')) return;
  try {
    const r = await fetch('/', { headers: { Accept: 'text/html', 'X-SCOR-Veille': '1' }, cache: 'no-store' });
    if (r.redirected) { location.assign(r.url); return; }
    if (!r.ok) return;
    const neuf = new DOMParser().parseFromString(await r.text(), 'text/html').querySelector('main');
    const main = document.querySelector('main');
    if (neuf && neuf.innerHTML !== main.innerHTML) main.replaceChildren(...neuf.children);
  } catch { /* no network for now: the next turn tries again */ }
}
setInterval(rafraichir, attente);
addEventListener('pageshow', (e) => { if (e.persisted) rafraichir(); });
