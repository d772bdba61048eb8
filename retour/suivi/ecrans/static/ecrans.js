// What the pages do by themselves where scripts run: they follow what happens, count down what can be undone, and take
// arrows and Ctrl+K. Without this file everything works, and a page shows what was true when it was asked for.
const corps = document.body;
const racine = corps.dataset.racine;
const vie = document.getElementById('vie');

const dire = (texte, classe) => { vie.textContent = texte; vie.className = `vie ${classe}`; };

// relire asks for the page again and takes its living parts, but those in which somebody is writing or choosing.
let enCours = false, encore = false;
async function relire() {
  if (enCours) { encore = true; return; }
  enCours = true;
  try {
    const adresse = new URL(location.href);
    adresse.searchParams.delete('fait');
    const r = await fetch(adresse, { headers: { Accept: 'text/html' }, credentials: 'same-origin', cache: 'no-store' });
    if (!r.ok) throw new Error(r.status);
    const page = new DOMParser().parseFromString(await r.text(), 'text/html');
    for (const neuf of page.querySelectorAll('[data-vif]')) {
      const la = document.querySelector(`[data-vif="${CSS.escape(neuf.dataset.vif)}"]`);
      if (!la || la.innerHTML === neuf.innerHTML) continue;
      if (la.querySelector('input[type=checkbox]:checked, input:focus, textarea:focus')) { attendre(la); continue; }
      const foyer = la.contains(document.activeElement) ? repere(document.activeElement) : '';
      la.replaceChildren(...neuf.childNodes);
      if (foyer) la.querySelector(foyer)?.focus({ preventScroll: true });
    }
    decompter();
  } catch { /* the next event, or the next connection, tries again */ } finally {
    enCours = false;
    if (encore) { encore = false; setTimeout(relire, 400); }
  }
}

// repere is a selector by which what has the focus is found in the new part.
function repere(e) {
  if (e.id) return `#${CSS.escape(e.id)}`;
  if (e.name && e.value) return `[name="${CSS.escape(e.name)}"][value="${CSS.escape(e.value)}"]`;
  const vers = e.getAttribute('href');
  return vers ? `a[href="${CSS.escape(vers)}"]` : '';
}

function attendre(la) {
  if (la.dataset.attend) return;
  la.dataset.attend = 'oui';
  la.addEventListener('focusout', () => { delete la.dataset.attend; setTimeout(relire, 300); }, { once: true });
}

// Live: one stream a page, closed while nobody looks.
let flux, minuterie;
function ecouter() {
  if (flux || document.hidden || !('vivant' in corps.dataset)) return;
  let perdu = false;
  flux = new EventSource(`${racine}veille`);
  flux.addEventListener('pret', () => {
    dire('À jour.', 'la');
    if (perdu) relire();
    perdu = false;
  });
  flux.addEventListener('faits', (e) => {
    const { nombre, dernier } = JSON.parse(e.data);
    dire(nombre > 1 ? `${dernier} (${nombre} étapes).` : `${dernier}.`, 'la');
    clearTimeout(minuterie);
    minuterie = setTimeout(relire, 250);
  });
  flux.addEventListener('error', () => { perdu = true; dire('Connexion perdue : cette page n’est plus à jour.', 'perdue'); });
}
function cesser() { flux?.close(); flux = undefined; }
document.addEventListener('visibilitychange', () => { if (document.hidden) cesser(); else { ecouter(); if ('vivant' in corps.dataset) relire(); } });
addEventListener('pagehide', cesser);
addEventListener('pageshow', (e) => { if (e.persisted && 'vivant' in corps.dataset) relire(); ecouter(); });

// What can be undone says for how long.
let decompte;
function decompter() {
  clearInterval(decompte);
  const formes = [...document.querySelectorAll('form.differe')];
  if (!formes.length) return;
  const pas = () => {
    let vivants = 0;
    for (const f of formes) {
      const s = Math.ceil((Number(f.dataset.fin) - Date.now()) / 1000);
      f.querySelector('.reste').textContent = s > 0 ? `dans ${s} s` : '…';
      if (s > -1) vivants++;
    }
    if (!vivants) { clearInterval(decompte); setTimeout(relire, 300); }
  };
  pas();
  decompte = setInterval(pas, 500);
}

// Arrows go from line to line, Ctrl+K to the search; nothing is bound to a letter alone.
document.addEventListener('keydown', (e) => {
  if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') {
    const c = document.querySelector('[data-cherche], #q');
    if (c) { e.preventDefault(); c.focus(); c.select(); }
    return;
  }
  if ((e.key !== 'ArrowDown' && e.key !== 'ArrowUp') || e.altKey || e.ctrlKey || e.metaKey) return;
  const liens = [...document.querySelectorAll('.lignes h2 a, .factures .fnum')];
  const i = liens.indexOf(document.activeElement);
  if (i < 0) return;
  const vers = liens[i + (e.key === 'ArrowDown' ? 1 : -1)];
  if (vers) { e.preventDefault(); vers.focus(); vers.scrollIntoView({ block: 'nearest' }); }
});

// A form goes once.
document.addEventListener('submit', (e) => {
  if (e.target.dataset.parti) { e.preventDefault(); return; }
  e.target.dataset.parti = 'oui';
  setTimeout(() => { delete e.target.dataset.parti; }, 4000);
});

// Choosing a filter is enough.
for (const s of document.querySelectorAll('.filtres select')) s.addEventListener('change', () => s.form.requestSubmit());

// On a phone the menu is one line that scrolls: the screen that is open is in it.
const ici = document.querySelector('.menu [aria-current]');
if (ici) { const l = ici.closest('ul'); l.scrollLeft = ici.offsetLeft - l.offsetLeft - (l.clientWidth - ici.offsetWidth) / 2; }

decompter();
ecouter();
