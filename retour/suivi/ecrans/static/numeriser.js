// Files leave as soon as they are dropped, one after the other, and go again when the connection comes back; pages are
// moved by dragging, or by Alt and arrows. Without this file the forms do all of it.
const racine = document.body.dataset.racine, jeton = document.body.dataset.csrf;
const envoi = document.getElementById('envoi'), zone = envoi.querySelector('.zone'), cours = document.getElementById('cours');
const champ = document.getElementById('fichiers'), appareil = document.getElementById('appareil');

document.body.classList.add('js');
const file = [];
let occupe = false;

function ligne(nom) {
  const li = document.createElement('li');
  li.append(Object.assign(document.createElement('span'), { textContent: nom }), Object.assign(document.createElement('span'), { className: 'suite' }));
  cours.append(li);
  return li;
}

function ajouter(fichiers) {
  for (const f of fichiers) file.push({ f, li: ligne(f.name) });
  suivant();
}

async function envoyer({ f, li }) {
  const corps = new FormData();
  corps.append('fichier', f, f.name);
  li.querySelector('.suite').textContent = 'envoi et contrôle…';
  const r = await fetch(`${racine}numeriser/fichiers`, { method: 'POST', body: corps, credentials: 'same-origin', headers: { 'X-CSRF-Token': jeton, Accept: 'application/json' } });
  if (r.ok) return '';
  let dit = '';
  try { dit = (await r.json()).erreur; } catch { /* no words: those below */ }
  if (r.status === 503) throw new Error(dit);
  return dit || 'Ce fichier n’a pas pu être reçu.';
}

async function suivant() {
  if (occupe || !file.length) return;
  occupe = true;
  while (file.length) {
    const x = file[0], suite = x.li.querySelector('.suite');
    try {
      const faute = await envoyer(x);
      file.shift();
      if (faute) { suite.textContent = faute; suite.className = 'suite perdu'; x.faute = true; } else { x.li.remove(); await relire(); }
    } catch {
      suite.textContent = 'connexion perdue : l’envoi reprendra tout seul.';
      suite.className = 'suite perdu';
      await new Promise((r) => { addEventListener('online', r, { once: true }); setTimeout(r, 2000); });
      suite.className = 'suite';
    }
  }
  occupe = false;
}

// relire shows the pages again, but what is being sent.
async function relire() {
  const r = await fetch(`${racine}numeriser`, { credentials: 'same-origin', cache: 'no-store' }).catch(() => null);
  if (!r?.ok) return;
  const page = new DOMParser().parseFromString(await r.text(), 'text/html');
  const la = document.getElementById('contenu'), neuf = page.getElementById('contenu');
  const entrees = la.querySelector('.entrees');
  neuf.querySelector('.entrees').replaceWith(entrees);
  la.replaceChildren(...neuf.childNodes);
  la.dataset.lu = Date.now();
}

champ.addEventListener('change', () => { ajouter(champ.files); champ.value = ''; });
appareil.addEventListener('change', () => { ajouter(appareil.files); appareil.value = ''; });
for (const f of [envoi, document.getElementById('photo')]) {
  f.querySelector('button').hidden = true;
  f.addEventListener('submit', (e) => e.preventDefault());
}
for (const n of ['dragenter', 'dragover']) zone.addEventListener(n, (e) => { e.preventDefault(); zone.classList.add('dessus'); });
for (const n of ['dragleave', 'drop']) zone.addEventListener(n, () => zone.classList.remove('dessus'));
zone.addEventListener('drop', (e) => { e.preventDefault(); ajouter(e.dataTransfer.files); });
addEventListener('beforeunload', (e) => { if (file.length) e.preventDefault(); });

// Order: dragging within an invoice, or Alt and arrows.
async function ranger(liste, foyer) {
  const ordre = [...liste.querySelectorAll('.feuille')].map((x) => x.dataset.id).join(',');
  await fetch(`${racine}numeriser/agir`, { method: 'POST', credentials: 'same-origin', body: new URLSearchParams({ csrf: jeton, ordre }) }).catch(() => null);
  await relire();
  document.getElementById(foyer)?.focus();
}
let porte;
document.addEventListener('pointerdown', (e) => { const x = e.target.closest('.feuille .apercu')?.closest('.feuille'); if (x) x.draggable = true; });
document.addEventListener('dragstart', (e) => { porte = e.target.closest?.('.feuille'); porte?.classList.add('porte'); });
document.addEventListener('dragend', () => { porte?.classList.remove('porte'); porte = undefined; for (const x of document.querySelectorAll('.devant')) x.classList.remove('devant'); });
document.addEventListener('dragover', (e) => {
  const x = e.target.closest?.('.feuille');
  if (!porte || !x || x.parentNode !== porte.parentNode) return;
  e.preventDefault();
  for (const y of document.querySelectorAll('.devant')) y.classList.remove('devant');
  x.classList.add('devant');
});
document.addEventListener('drop', (e) => {
  const x = e.target.closest?.('.feuille');
  if (!porte || !x || x === porte || x.parentNode !== porte.parentNode) return;
  e.preventDefault();
  x.before(porte);
  ranger(porte.parentNode, porte.id);
});
document.addEventListener('keydown', (e) => {
  const x = e.altKey && e.target.closest?.('.feuille');
  if (!x) return;
  const avant = e.key === 'ArrowUp' || e.key === 'ArrowLeft', apres = e.key === 'ArrowDown' || e.key === 'ArrowRight';
  const autre = avant ? x.previousElementSibling : apres ? x.nextElementSibling : null;
  if (!autre) return;
  e.preventDefault();
  if (avant) autre.before(x); else autre.after(x);
  ranger(x.parentNode, x.id);
});
