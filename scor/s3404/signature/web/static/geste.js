// Only what a person does keeps the session alive: a touch, a key, a wheel, told at most twice a minute. What a page asks by itself doesn't.
const jeton = document.querySelector('meta[name=jeton]')?.content || document.querySelector('input[name=csrf]')?.value;
let dernier = 0;
function geste(e) {
  if (!e.isTrusted || !jeton || Date.now() - dernier < 30000) return;
  dernier = Date.now();
  fetch('/activite', { method: 'POST', cache: 'no-store', credentials: 'same-origin', keepalive: true, headers: { 'X-CSRF-Token': jeton } }).catch(() => { dernier = 0; });
}
for (const quoi of ['pointerdown', 'keydown', 'wheel', 'touchstart']) addEventListener(quoi, geste, { capture: true, passive: true });
