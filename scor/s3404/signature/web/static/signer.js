import { Plume, OUTILS } from './plume.js';
import { Pages } from './pages.js';
import './geste.js';

// The signing desk: the clock, the bordereau, the box in which one signs, and a demand that is repeated unchanged until it is answered.
const $ = (id) => document.getElementById(id);
const poste = document.querySelector('.poste-corps');
const { document: ID, empreinte: EMPREINTE, signataire: SIGNATAIRE } = poste.dataset;
const JETON = document.querySelector('meta[name=jeton]').content;
const IMPOSE = poste.dataset.mandant ?? ''; // for whom this signer must sign
const RACINE = `/document/${ID}`;
const MEMOIRE = `scor-${SIGNATAIRE}-${ID}`;
const ECHELLE = 10000, PRESSION = 1000, PROPORTION = 3, ENCRE_MIN = ECHELLE / 10, POINTS_MAX = 39000, TRAITS_MAX = 390;

// ---- Time: the server's, which is what the signature will bear.
let ecart = Number(poste.dataset.maintenant) - Date.now();
const decalage = Number(poste.dataset.decalage) * 60000;
const deux = (n) => String(n).padStart(2, '0');
function heure(ms) {
  const d = new Date(ms + decalage);
  return `${deux(d.getUTCDate())}/${deux(d.getUTCMonth() + 1)}/${d.getUTCFullYear()} à ${deux(d.getUTCHours())}:${deux(d.getUTCMinutes())}:${deux(d.getUTCSeconds())}`;
}
const battre = () => { $('horloge').textContent = heure(Date.now() + ecart); };
battre();
setInterval(battre, 1000);

// ---- The bordereau: its pages, drawn from the bytes that are signed; or its data as a table, for who reads that more easily.
const cadre = $('bordereau'), feuilles = $('pages');
let lu = false; // to its last page, or the summary accepted
function montrer(texte) {
  cadre.hidden = !texte; feuilles.hidden = texte;
  if (texte && !cadre.src) cadre.src = cadre.dataset.texte;
  $('voir-pdf')?.setAttribute('aria-pressed', String(!texte));
  $('voir-texte')?.setAttribute('aria-pressed', String(texte));
}
$('voir-pdf')?.addEventListener('click', () => montrer(false));
$('voir-texte')?.addEventListener('click', () => montrer(true));
montrer(false);
const pages = new Pages(feuilles, {
  empreinte: EMPREINTE, vers: `${RACINE}/pdf`, dire: (t, genre) => { intact = false; dire(t, genre); boutons(); },
  fini(n, nombre) {
    $('page').textContent = `Page ${n} sur ${nombre}`;
    if (n === nombre && !lu) { lu = true; $('lu').checked = true; boutons(); }
  },
});
let intact = true; // false once the bytes that were received aren't those to be signed
async function ouvrirPages() {
  try {
    if (await pages.ouvrir()) { $('verifiee').classList.remove('invisible'); feuilles.dataset.pret = ''; }
  } catch (e) {
    console.warn('bordereau', e);
    feuilles.textContent = 'Ce navigateur ne peut pas dessiner les pages.';
    if (cadre.dataset.texte) montrer(true);
  }
}
$('plus').addEventListener('click', () => pages.zoomer(1.5));
$('moins').addEventListener('click', () => pages.zoomer(1 / 1.5));
$('derniere').addEventListener('click', () => pages.aller(pages.nombre));
$('lu').addEventListener('change', () => { lu = $('lu').checked; boutons(); });

// ---- Requests.
class Refus extends Error {
  constructor(code, corps) { super(corps.message || `Le serveur a répondu ${code}.`); this.code = code; this.corps = corps; }
}
async function demander(methode, chemin, corps, options = {}) {
  const r = await fetch(RACINE + chemin, {
    method: methode, cache: 'no-store', credentials: 'same-origin', redirect: 'error',
    headers: corps === undefined ? { Accept: 'application/json' } : { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': JETON },
    body: corps === undefined ? undefined : JSON.stringify(corps), signal: delai(20000), ...options,
  });
  const rep = r.status === 204 ? {} : await r.json();
  if (rep.maintenant) ecart = rep.maintenant - Date.now();
  if (!r.ok) throw new Refus(r.status, rep);
  return rep;
}
// AbortSignal.timeout is not in Safari 15.
function delai(ms) {
  if (typeof AbortController === 'undefined') return undefined;
  const c = new AbortController();
  setTimeout(() => c.abort(), ms);
  return c.signal;
}
const dernier = (t) => (t && t.length ? t[t.length - 1] : undefined);
const dormir = (ms) => new Promise((ok) => {
  const t = setTimeout(fin, ms);
  function fin() { clearTimeout(t); removeEventListener('online', fin); ok(); }
  addEventListener('online', fin);
});

// ---- What is being drawn. traits: [[[x, y, p, t], ...], ...] as the server wants them.
let brouillon = { cle: cle(), version: 0, debut: 0, traits: [], pour_mandat: false, mandant: '' };
let envoi = null; // the demand on its way, kept unchanged until it has an answer
let fini = poste.dataset.etat !== 'a-signer';
let charge = false; // one draws once the draft of before is there, so that it cannot replace a new stroke

function cle() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');
}
function garder() {
  try { sessionStorage.setItem(MEMOIRE, JSON.stringify({ brouillon, envoi })); } catch { /* full or forbidden: the server still keeps it */ }
}
function oublier() {
  brouillon.traits = []; envoi = null;
  try { for (const k of Object.keys(sessionStorage)) if (k.startsWith('scor-') && (k === MEMOIRE || !k.startsWith(`scor-${SIGNATAIRE}-`))) sessionStorage.removeItem(k); } catch { /* as above */ }
}
const encre = () => brouillon.traits.reduce((s, t) => s + t.reduce((l, p, i) => (i ? l + Math.hypot(p[0] - t[i - 1][0], (p[1] - t[i - 1][1]) / PROPORTION) : 0), 0), 0);
const points = () => brouillon.traits.reduce((n, t) => n + t.length, 0);

// ---- The draft goes to the server soon after each stroke, and again until it got there.
let enregistree = 0, enCours = false, minuteur = 0;
function change() {
  brouillon.version++;
  garder();
  boutons();
  indiquer('Enregistrement…', false);
  clearTimeout(minuteur);
  minuteur = setTimeout(enregistrer, 250);
}
async function enregistrer() {
  if (enCours || fini || envoi) return;
  enCours = true;
  for (let attente = 1000; !fini && !envoi && enregistree < brouillon.version; ) {
    const version = brouillon.version;
    try {
      await demander('PUT', '/brouillon', brouillon);
      enregistree = version; attente = 1000;
      // What was drawn meanwhile isn't there yet.
      if (version === brouillon.version && !trait) indiquer('Tracé enregistré', false);
    } catch (e) {
      if (e instanceof Refus && e.code < 500) { refuse(e); break; }
      indiquer('Hors connexion, tracé conservé ici', true);
      await dormir(attente);
      attente = Math.min(attente * 2, 8000);
    }
  }
  enCours = false;
}
function indiquer(texte, attente) {
  $('enregistre').textContent = texte;
  $('enregistre').classList.toggle('attente', attente);
}
addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'hidden' && !fini && !envoi && enregistree < brouillon.version) {
    demander('PUT', '/brouillon', brouillon, { keepalive: true, signal: undefined }).catch(() => {});
  }
});

// ---- The box.
const zone = $('zone'), ctx = zone.getContext('2d');
let trait = null, plume = null, posee = false;
const origine = Date.now() - performance.now();

function dessiner() {
  const { width: l, height: h } = zone;
  ctx.clearRect(0, 0, l, h);
  ctx.lineCap = ctx.lineJoin = 'round';
  ctx.strokeStyle = ctx.fillStyle = '#12236b';
  for (const t of trait ? [...brouillon.traits, trait] : brouillon.traits) tracer(t, 0);
  if (plume && document.activeElement === zone) {
    ctx.beginPath();
    ctx.arc(plume[0] * l / ECHELLE, plume[1] * h / ECHELLE, l / 90, 0, 7);
    ctx.strokeStyle = posee ? '#9b1c1c' : '#0b4a63';
    ctx.lineWidth = l / 300;
    ctx.stroke();
  }
  $('invite').hidden = brouillon.traits.length > 0 || trait !== null;
}
function tracer(t, debut) {
  const l = zone.width, h = zone.height;
  const pt = (p) => [p[0] * l / ECHELLE, p[1] * h / ECHELLE];
  const epaisseur = (p) => l / 1000 * (1.6 + 5 * p[2] / PRESSION);
  if (t.length === 1) {
    ctx.beginPath(); ctx.arc(...pt(t[0]), epaisseur(t[0]) / 2, 0, 7); ctx.fill();
    return;
  }
  for (let i = Math.max(1, debut); i < t.length; i++) {
    ctx.beginPath();
    ctx.lineWidth = epaisseur(t[i]);
    ctx.moveTo(...pt(t[i - 1])); ctx.lineTo(...pt(t[i])); ctx.stroke();
  }
}
function dimensionner() {
  const r = zone.getBoundingClientRect(), d = devicePixelRatio || 1;
  const l = Math.round(r.width * d), h = Math.round(r.height * d);
  if (!l || !h || zone.width === l && zone.height === h) return;
  main.interrompre(); // turned or zoomed under the pen
  zone.width = l; zone.height = h;
  dessiner();
}

function instant(ms) {
  const t = Math.round(origine + ms);
  if (!brouillon.debut) brouillon.debut = t;
  const avant = dernier(trait?.length ? trait : dernier(brouillon.traits))?.[3] ?? 0;
  return Math.max(avant, t - brouillon.debut);
}
const borner = (v) => Math.min(ECHELLE, Math.max(0, Math.round(v * ECHELLE)));
function point(e) {
  const r = zone.getBoundingClientRect();
  // A mouse and most fingers measure no pressure; they give 0.5 or 0.
  const p = e.pressure > 0 ? e.pressure : 0.5;
  return [borner((e.clientX - r.left) / r.width), borner((e.clientY - r.top) / r.height), Math.round(p * PRESSION), instant(e.timeStamp)];
}
const plein = () => points() + (trait?.length ?? 0) >= POINTS_MAX || brouillon.traits.length >= TRAITS_MAX;

const main = new Plume({
  commencer(e) {
    zone.focus({ preventScroll: true });
    try { zone.setPointerCapture(e.pointerId); } catch { /* the pointer is gone already */ }
    plume = null;
    trait = [point(e)];
    indiquer(`Tracé ${OUTILS[e.pointerType] ?? ''}`, false);
    dessiner();
  },
  suivre(e) {
    const debut = trait.length;
    const suite = e.getCoalescedEvents?.() ?? [];
    for (const c of suite.length ? suite : [e]) {
      if (plein()) break;
      const p = point(c), d = dernier(trait);
      if (p[0] !== d[0] || p[1] !== d[1]) trait.push(p);
    }
    tracer(trait, debut);
  },
  finir: () => poserTrait(),
  jeter() {
    trait = null;
    if (brouillon.traits.length && enregistree === brouillon.version) indiquer('Tracé enregistré', false);
    dessiner();
  },
  oterDernier() { brouillon.traits.pop(); change(); },
  dire(texte, genre) {
    dire(texte);
    if (genre !== 'doigt') return;
    const b = document.createElement('button');
    b.type = 'button';
    b.textContent = 'Signer au doigt';
    b.addEventListener('click', () => { main.accepterDoigt(); dire('Au doigt, maintenant.'); });
    $('message').append(' ', b);
  },
});
new ResizeObserver(dimensionner).observe(zone);
zone.addEventListener('pointerdown', (e) => {
  if (!charge || fini || envoi || plein()) return;
  e.preventDefault();
  main.descendre(e);
});
zone.addEventListener('pointermove', (e) => { if (trait) main.bouger(e); });
zone.addEventListener('pointerup', (e) => main.lever(e));
zone.addEventListener('pointercancel', (e) => main.annuler(e));
// Scribble, double tap to zoom, pinch and selection would take the pen's strokes for themselves.
for (const quoi of ['touchstart', 'touchmove', 'touchend', 'gesturestart', 'dblclick', 'selectstart', 'dragstart']) {
  zone.addEventListener(quoi, (e) => { if (e.cancelable) e.preventDefault(); }, { passive: false });
}
function poserTrait() {
  if (!trait) return;
  const t = trait;
  trait = null;
  brouillon.traits.push(t);
  change();
  dessiner();
}
zone.addEventListener('contextmenu', (e) => e.preventDefault());

// The keyboard draws too: the pen moves by the arrows, faster with Shift.
zone.addEventListener('keydown', (e) => {
  if (!charge || fini || envoi || e.ctrlKey || e.metaKey || e.altKey) return;
  const pas = e.shiftKey ? 400 : 100;
  const d = { ArrowLeft: [-pas, 0], ArrowRight: [pas, 0], ArrowUp: [0, -pas * PROPORTION], ArrowDown: [0, pas * PROPORTION] }[e.key];
  if (!d && e.key !== ' ' && e.key !== 'Backspace') return;
  e.preventDefault();
  if (e.key === 'Backspace') { if (!posee) oter(); return; }
  plume ??= [2000, 5000];
  const marquer = () => [plume[0], plume[1], PRESSION / 2, instant(e.timeStamp)];
  if (d) {
    plume = [Math.min(ECHELLE, Math.max(0, plume[0] + d[0])), Math.min(ECHELLE, Math.max(0, plume[1] + d[1]))];
    if (posee && !plein()) trait.push(marquer());
  } else if (posee) {
    posee = false;
    poserTrait();
    dire('Plume levée.');
  } else if (!plein()) {
    posee = true;
    trait = [marquer()];
    dire('Plume posée.');
  }
  dessiner();
});
zone.addEventListener('blur', () => { if (posee) { posee = false; poserTrait(); } dessiner(); });
zone.addEventListener('focus', dessiner);

function oter() {
  if (fini || envoi || !brouillon.traits.length) return;
  brouillon.traits.pop();
  change(); dessiner();
}
$('annuler').addEventListener('click', oter);
$('effacer').addEventListener('click', () => {
  if (fini || envoi) return;
  brouillon.traits = []; brouillon.debut = 0;
  change(); dessiner();
});
$('mandat').addEventListener('change', () => { brouillon.pour_mandat = $('mandat').checked; mandat(); if (brouillon.pour_mandat) $('mandant').focus(); change(); });
$('mandant').addEventListener('input', () => { brouillon.mandant = $('mandant').value; change(); });
function mandat() { $('mandant-champ').hidden = !brouillon.pour_mandat; }

function boutons() {
  const vide = brouillon.traits.length === 0, occupe = fini || envoi !== null;
  $('annuler').disabled = $('effacer').disabled = vide || occupe;
  $('a-lire').classList.toggle('invisible', lu || encre() < ENCRE_MIN); // its room stays: the box must not move
  $('refuser').disabled = occupe;
  $('mandat').disabled = $('mandant').disabled = occupe || IMPOSE !== '';
  $('signer').disabled = occupe || !intact || !lu || encre() < ENCRE_MIN || (brouillon.pour_mandat && !brouillon.mandant.trim());
}

// ---- Messages.
function dire(texte, genre = '') {
  const m = $('message');
  m.hidden = !texte;
  m.className = `message ${genre}`;
  m.textContent = texte;
}
function refuse(e) {
  if (e.code === 401) {
    dire('Votre session a pris fin. Rien n’est signé ; votre tracé est conservé. ', 'alerte');
    const a = document.createElement('a');
    a.href = `/connexion?suite=${RACINE}`;
    a.textContent = 'Se reconnecter';
    $('message').append(a);
    return;
  }
  dire(e.message, 'erreur');
}

// ---- Signing.
$('signer').addEventListener('click', () => {
  if (fini || envoi || $('signer').disabled) return;
  clearTimeout(minuteur);
  envoi = { ...JSON.parse(JSON.stringify(brouillon)), mandant: brouillon.mandant.trim(), empreinte: EMPREINTE };
  garder();
  envoyer();
});
async function envoyer() {
  boutons();
  dire('Envoi de la signature…');
  for (let attente = 1000; envoi; attente = Math.min(attente * 2, 8000)) {
    try {
      conclure(await demander('POST', '/signature', envoi));
      return;
    } catch (e) {
      if (e instanceof Refus && e.code < 500) {
        if (e.code === 409 && e.corps.recu) { conclure(e.corps); dire(e.message, 'alerte'); return; }
        if (e.code === 401) { refuse(e); return; } // the demand stays as it is, and leaves again after signing in
        envoi = null;
        garder(); boutons(); refuse(e);
        return;
      }
      dire('Connexion perdue : la signature n’est pas encore enregistrée. Nouvel envoi automatique, ne fermez pas cette page.', 'alerte');
      await dormir(attente);
    }
  }
}
function conclure(rep) {
  if (!rep.recu) return;
  fini = true;
  oublier();
  $('saisie').hidden = true;
  $('recu').hidden = false;
  afficher(rep);
  $('recu').focus();
  suivre();
}
function afficher(rep) {
  const r = rep.recu, refusee = rep.etat === 'refuse';
  $('recu').classList.toggle('refuse', refusee);
  $('recu-titre').textContent = refusee ? 'Signature refusée' : 'Signature enregistrée';
  $('recu-texte').textContent = `${r.signataire.nom}, le ${rep.quand}${r.pour_mandat ? `, pour mandat de ${r.mandant}${r.delegation ? ` (${r.delegation})` : ""}` : ''}. Lot ${r.lot}${r.facture ? `, facture ${r.facture}` : ''}.`;
  const etapes = (rep.etapes ?? []).map((x) => etape(x.libelle, x.quand, x.alerte ? 'alerte' : ''));
  if (rep.etat === 'partiel') etapes.push(etape(`En attente des autres signataires (${rep.signees} sur ${rep.sur})`, '', 'attente'));
  else if (!refusee && !termine(rep)) etapes.push(etape(rep.etat === 'signe' ? 'Apposition de la signature en cours…' : 'Transmission en cours…', '', 'attente'));
  $('etapes').replaceChildren(...etapes);
  $('suivant').hidden = !rep.suivant;
  if (rep.suivant) $('suivant').href = `/document/${rep.suivant}`;
  $('copie').hidden = !rep.copie;
  reprise(rep, refusee);
}
$('copie-envoyer')?.addEventListener('click', async () => {
  const b = $('copie-envoyer');
  b.disabled = true;
  try {
    await demander('POST', '/copie', {});
    $('copie-texte').textContent = 'Copie envoyée à votre adresse.';
  } catch (e) {
    $('copie-texte').textContent = e instanceof Refus ? e.message : 'Connexion perdue : réessayez.';
    b.disabled = false;
  }
});
// Until it is embedded, a signature can be taken back; a refusal always.
let compte = 0;
function reprise(rep, refusee) {
  const possible = rep.sien && (refusee || rep.reprenable > 0);
  $('reprise').hidden = !possible;
  clearInterval(compte);
  if (!possible) return;
  $('reprendre').textContent = refusee ? 'Revenir sur ce refus' : 'Reprendre ma signature';
  const fin = Date.now() + (rep.reprenable ?? 0);
  const battre = () => {
    const s = Math.ceil((fin - Date.now()) / 1000);
    $('reprise-texte').textContent = refusee ? 'Un refus par erreur ? Le bordereau peut encore être signé.'
      : `Rien ne part avant ${s} s : la signature peut encore être reprise.`;
    if (!refusee && s <= 0) { $('reprise').hidden = true; clearInterval(compte); }
  };
  battre();
  if (!refusee) compte = setInterval(battre, 1000);
}
$('reprendre').addEventListener('click', async () => {
  $('reprendre').disabled = true;
  try {
    await demander('POST', '/reprise', { motif: '' });
    oublier();
    location.reload();
  } catch (e) {
    $('reprise-texte').textContent = e instanceof Refus ? e.message : 'Connexion perdue : réessayez.';
    $('reprendre').disabled = false;
  }
});
function etape(texte, quand, genre) {
  const li = document.createElement('li');
  li.className = genre;
  li.textContent = texte;
  if (quand) {
    const t = document.createElement('time');
    t.dateTime = quand;
    t.textContent = heure(Date.parse(quand));
    li.append(t);
  }
  return li;
}
const termine = (rep) => rep.etat === 'refuse' || Boolean(rep.etapes?.some((x) => x.fin));
async function suivre() {
  for (let attente = 1500; ; ) {
    await dormir(attente);
    try {
      const rep = await demander('GET', '/etat');
      afficher(rep);
      if (termine(rep)) return;
      attente = 1500;
    } catch (e) {
      if (e instanceof Refus && e.code < 500) return;
      attente = Math.min(attente * 2, 15000);
    }
  }
}

// ---- Refusing.
// Safari has dialog from 15.4 only.
const refus = $('refus');
$('refuser').addEventListener('click', () => { if (refus.showModal) refus.showModal(); else refus.setAttribute('open', ''); $('motif').focus(); });
$('refus-non').addEventListener('click', () => { if (refus.close) refus.close(); else refus.removeAttribute('open'); });
if (!refus.showModal) {
  refus.querySelector('form').addEventListener('submit', (e) => {
    e.preventDefault();
    refus.removeAttribute('open');
    refus.returnValue = 'oui';
    refus.dispatchEvent(new Event('close'));
  });
}
$('refus').addEventListener('close', async () => {
  const motif = $('motif').value.trim();
  if ($('refus').returnValue !== 'oui' || !motif) return;
  try {
    conclure(await demander('POST', '/refus', { motif }));
  } catch (e) {
    if (e instanceof Refus) refuse(e); else dire('Connexion perdue : le refus n’est pas enregistré. Réessayez.', 'alerte');
  }
});

// ---- Beginning: what the server says, then the newest of the two drafts, then a demand that never got its answer.
function lireMemoire() {
  try { return JSON.parse(sessionStorage.getItem(MEMOIRE)) ?? {}; } catch { return {}; }
}
async function commencer() {
  if (fini) {
    oublier();
    try {
      const rep = await demander('GET', '/etat');
      afficher(rep);
      if (!termine(rep)) suivre();
    } catch { /* the page already says that it is signed */ }
    return;
  }
  const local = lireMemoire();
  if (local.brouillon) brouillon = local.brouillon;
  if (local.envoi) envoi = local.envoi;
  montrerBrouillon();
  if (envoi) { envoyer(); return; }
  try {
    const garde = await demander('GET', '/brouillon', undefined, { signal: delai(4000) });
    if (garde.version > brouillon.version) {
      brouillon = { ...brouillon, debut: 0, mandant: '', ...garde, traits: garde.traits ?? [] };
      garder();
    }
    enregistree = garde.version ?? 0;
    if (brouillon.traits.length) indiquer('Tracé retrouvé', false);
  } catch (e) {
    if (e instanceof Refus) refuse(e);
  }
  charge = true;
  zone.dataset.pret = '';
  montrerBrouillon();
  if (enregistree < brouillon.version) enregistrer();
}
function montrerBrouillon() {
  if (IMPOSE) { brouillon.pour_mandat = true; brouillon.mandant = IMPOSE; }
  $('mandat').checked = brouillon.pour_mandat;
  $('mandant').value = brouillon.mandant;
  mandat();
  boutons();
  dimensionner();
  dessiner();
}
ouvrirPages();
commencer();
