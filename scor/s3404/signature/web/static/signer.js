// The signing desk: the clock, the bordereau, the box in which one signs, and a demand that is repeated unchanged until it is answered.
const $ = (id) => document.getElementById(id);
const poste = document.querySelector('.poste-corps');
const { document: ID, empreinte: EMPREINTE, signataire: SIGNATAIRE } = poste.dataset;
const JETON = document.querySelector('meta[name=jeton]').content;
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

// ---- The bordereau: the browser's own PDF viewer, or the table where it has none.
const cadre = $('bordereau');
function montrer(texte) {
  cadre.src = texte ? cadre.dataset.texte : `${cadre.dataset.pdf}#navpanes=0&view=FitH`;
  $('voir-pdf')?.setAttribute('aria-pressed', String(!texte));
  $('voir-texte')?.setAttribute('aria-pressed', String(texte));
}
$('voir-pdf')?.addEventListener('click', () => montrer(false));
$('voir-texte')?.addEventListener('click', () => montrer(true));
montrer(Boolean(cadre.dataset.texte) && navigator.pdfViewerEnabled === false);

// ---- Requests.
class Refus extends Error {
  constructor(code, corps) { super(corps.message || `Le serveur a répondu ${code}.`); this.code = code; this.corps = corps; }
}
async function demander(methode, chemin, corps, options = {}) {
  const r = await fetch(RACINE + chemin, {
    method: methode, cache: 'no-store', credentials: 'same-origin', redirect: 'error',
    headers: corps === undefined ? { Accept: 'application/json' } : { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRF-Token': JETON },
    body: corps === undefined ? undefined : JSON.stringify(corps), signal: AbortSignal.timeout(20000), ...options,
  });
  const rep = r.status === 204 ? {} : await r.json();
  if (rep.maintenant) ecart = rep.maintenant - Date.now();
  if (!r.ok) throw new Refus(r.status, rep);
  return rep;
}
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
      indiquer('Tracé enregistré', false);
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
let trait = null, pointeur = null, stylet = false, plume = null, posee = false;
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
  if (l && h && (zone.width !== l || zone.height !== h)) { zone.width = l; zone.height = h; dessiner(); }
}
new ResizeObserver(dimensionner).observe(zone);

function instant(ms) {
  const t = Math.round(origine + ms);
  if (!brouillon.debut) brouillon.debut = t;
  const dernier = (trait?.length ? trait : brouillon.traits.at(-1))?.at(-1)?.[3] ?? 0;
  return Math.max(dernier, t - brouillon.debut);
}
const borner = (v) => Math.min(ECHELLE, Math.max(0, Math.round(v * ECHELLE)));
function point(e) {
  const r = zone.getBoundingClientRect();
  // A mouse and most fingers measure no pressure; they give 0.5 or 0.
  const p = e.pressure > 0 ? e.pressure : 0.5;
  return [borner((e.clientX - r.left) / r.width), borner((e.clientY - r.top) / r.height), Math.round(p * PRESSION), instant(e.timeStamp)];
}
const plein = () => points() + (trait?.length ?? 0) >= POINTS_MAX || brouillon.traits.length >= TRAITS_MAX;

zone.addEventListener('pointerdown', (e) => {
  if (!charge || fini || envoi || e.button !== 0 || pointeur !== null || plein()) return;
  if (e.pointerType === 'pen') stylet = true;
  else if (stylet && e.pointerType === 'touch') return; // the palm of a hand that holds a pen
  e.preventDefault();
  zone.focus({ preventScroll: true });
  zone.setPointerCapture(e.pointerId);
  pointeur = e.pointerId; plume = null;
  trait = [point(e)];
  dessiner();
});
zone.addEventListener('pointermove', (e) => {
  if (e.pointerId !== pointeur || !trait) return;
  const debut = trait.length;
  const suite = e.getCoalescedEvents?.() ?? [];
  for (const c of suite.length ? suite : [e]) {
    if (plein()) break;
    const p = point(c), d = trait.at(-1);
    if (p[0] !== d[0] || p[1] !== d[1]) trait.push(p);
  }
  tracer(trait, debut);
});
function lever(e) {
  if (e.pointerId !== pointeur) return;
  pointeur = null;
  poserTrait();
}
function poserTrait() {
  if (!trait) return;
  const t = trait;
  trait = null;
  brouillon.traits.push(t);
  change();
  dessiner();
}
zone.addEventListener('pointerup', lever);
zone.addEventListener('pointercancel', lever);
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
  $('refuser').disabled = $('mandat').disabled = $('mandant').disabled = occupe;
  $('signer').disabled = occupe || encre() < ENCRE_MIN || (brouillon.pour_mandat && !brouillon.mandant.trim());
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
  envoi = { ...structuredClone(brouillon), mandant: brouillon.mandant.trim(), empreinte: EMPREINTE };
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
  $('recu-texte').textContent = `${r.signataire.nom}, le ${rep.quand}${r.pour_mandat ? `, pour mandat de ${r.mandant}` : ''}. Lot ${r.lot}${r.facture ? `, facture ${r.facture}` : ''}.`;
  const etapes = (rep.etapes ?? []).map((x) => etape(x.libelle, x.quand, x.alerte ? 'alerte' : ''));
  if (!refusee && !termine(rep)) etapes.push(etape(rep.etat === 'signe' ? 'Apposition de la signature en cours…' : 'Transmission en cours…', '', 'attente'));
  $('etapes').replaceChildren(...etapes);
  $('suivant').hidden = !rep.suivant;
  if (rep.suivant) $('suivant').href = `/document/${rep.suivant}`;
}
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
$('refuser').addEventListener('click', () => $('refus').showModal());
$('refus-non').addEventListener('click', () => $('refus').close());
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
    const garde = await demander('GET', '/brouillon', undefined, { signal: AbortSignal.timeout(4000) });
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
  $('mandat').checked = brouillon.pour_mandat;
  $('mandant').value = brouillon.mandant;
  mandat();
  boutons();
  dimensionner();
  dessiner();
}
commencer();
