// The pages to sign, drawn in the page from the very bytes that are signed: they are fetched once, whole, their SHA-256 is compared with what
// will be signed, and pdf.js draws those that are seen.
const AVANCE = 2; // screens drawn ahead
const GARDEES = 24; // pages kept drawn

export async function sha256(octets) {
  const h = new Uint8Array(await crypto.subtle.digest('SHA-256', octets));
  return Array.from(h, (b) => b.toString(16).padStart(2, '0')).join('');
}

export class Pages {
  constructor(cadre, { empreinte, vers, dire, fini }) {
    Object.assign(this, { cadre, empreinte, vers, dire, fini });
    this.echelle = 1; this.vues = []; this.dessinees = new Map(); this.vue = 0;
  }
  async ouvrir() {
    const r = await fetch(this.vers, { cache: 'no-store', credentials: 'same-origin', headers: { Accept: 'application/pdf' } });
    if (!r.ok) throw new Error(`PDF : ${r.status}`);
    const octets = await r.arrayBuffer();
    const lue = await sha256(octets);
    if (this.empreinte && lue !== this.empreinte) { this.dire(`Les octets reçus ne sont pas ceux du bordereau (SHA-256 ${lue}) : ne signez pas.`, 'erreur'); return false; }
    const pdfjs = await import('./pdf.min.mjs');
    pdfjs.GlobalWorkerOptions.workerSrc = new URL('./pdf.worker.min.mjs', import.meta.url).href;
    this.doc = await pdfjs.getDocument({ data: octets, isEvalSupported: false, useSystemFonts: false, enableXfa: false, disableAutoFetch: true }).promise;
    const premiere = await this.doc.getPage(1);
    const v = premiere.getViewport({ scale: 1 });
    this.proportion = v.height / v.width; this.points = v.width;
    this.disposer();
    return true;
  }
  get nombre() { return this.doc.numPages; }
  disposer() {
    this.cadre.replaceChildren();
    this.observateur?.disconnect();
    this.observateur = new IntersectionObserver((es) => this.passer(es), { root: this.cadre, rootMargin: `${AVANCE * 100}% 0px` });
    this.lecteur?.disconnect();
    this.lecteur = new IntersectionObserver((es) => this.lire(es), { root: this.cadre });
    for (let n = 1; n <= this.nombre; n++) {
      const p = document.createElement('div');
      p.className = 'page-pdf';
      p.dataset.page = n;
      p.setAttribute('role', 'img');
      p.setAttribute('aria-label', `Page ${n} sur ${this.nombre}`);
      p.style.aspectRatio = `1 / ${this.proportion}`;
      this.cadre.append(p);
      this.observateur.observe(p);
      this.lecteur.observe(p);
    }
  }
  passer(es) {
    for (const e of es) {
      const n = Number(e.target.dataset.page);
      if (e.isIntersecting) { if (!this.dessinees.has(n)) this.dessiner(n, e.target); } else this.oublier(n);
    }
    for (const n of this.dessinees.keys()) { if (this.dessinees.size <= GARDEES) break; if (Math.abs(n - this.vue) > GARDEES / 2) this.oublier(n); }
  }
  lire(es) {
    for (const e of es) if (e.isIntersecting) {
      this.vue = Number(e.target.dataset.page);
      this.fini(this.vue, this.nombre);
    }
  }
  oublier(n) {
    const d = this.dessinees.get(n);
    if (!d) return;
    this.dessinees.delete(n);
    d.tache?.cancel();
    for (const c of d.ou.children) c.width = c.height = 0; // tablets give a canvas's memory back late otherwise
    d.ou.replaceChildren();
    d.page?.cleanup();
  }
  async dessiner(n, ou) {
    const d = { ou, tache: null };
    this.dessinees.set(n, d);
    try {
      const page = await this.doc.getPage(n);
      d.page = page;
      if (this.dessinees.get(n) !== d) return;
      const taille = page.getViewport({ scale: 1 });
      ou.style.aspectRatio = `${taille.width} / ${taille.height}`;
      const c = document.createElement('canvas');
      c.setAttribute('aria-label', ou.getAttribute('aria-label'));
      const vue = page.getViewport({ scale: Math.min(4, Math.max(1, ou.clientWidth / taille.width * (devicePixelRatio || 1))) });
      c.width = Math.floor(vue.width); c.height = Math.floor(vue.height);
      d.tache = page.render({ canvasContext: c.getContext('2d'), viewport: vue });
      await d.tache.promise;
      if (this.dessinees.get(n) === d) ou.replaceChildren(c);
    } catch (e) {
      if (e?.name !== 'RenderingCancelledException') { this.dessinees.delete(n); console.warn(`page ${n}`, e); }
    }
  }
  zoomer(facteur) {
    const avant = this.cadre.scrollHeight ? this.cadre.scrollTop / this.cadre.scrollHeight : 0;
    this.echelle = Math.min(4, Math.max(1, this.echelle * facteur));
    this.cadre.style.setProperty('--zoom', this.echelle);
    for (const n of [...this.dessinees.keys()]) this.oublier(n);
    this.cadre.scrollTop = avant * this.cadre.scrollHeight;
    for (const p of this.cadre.children) { this.observateur.unobserve(p); this.observateur.observe(p); }
  }
  aller(n) { this.cadre.children[n - 1]?.scrollIntoView({ block: 'start' }); }
}
