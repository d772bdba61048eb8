// What draws, among all that touches the box. The pen always wins: a palm lands before it, beside it and after it, and is known by its size,
// by its order, and because the browser cancels it. The rules stand here, apart from the page, so that they can be tested.
const PAUME = 45; // CSS pixels across: no fingertip is so wide
const APRES_STYLET = 700; // ms after the pen: what touches then is the hand that holds it
const POINTE = 300; // units of the box: a touch that moved less, just before the pen, was the palm

export const OUTILS = { pen: 'au stylet', touch: 'au doigt', mouse: 'à la souris', clavier: 'au clavier' };

export class Plume {
  // actes: commencer(e), suivre(e), finir(), jeter() of the stroke being drawn; oterDernier(e) of the last one; dire(texte, genre).
  constructor(actes) {
    this.actes = actes;
    this.pointeur = null; this.genre = ''; this.stylet = false; this.vuStylet = -Infinity;
    this.touche = null; // last stroke by a finger: { fin, longueur }
  }
  get active() { return this.pointeur !== null; }

  descendre(e) {
    if (e.button !== 0 || e.isPrimary === false && e.pointerType === 'mouse') return false;
    if (e.pointerType === 'pen') return this.poserStylet(e);
    if (this.active) return false; // a second finger, or the palm beside the pen
    if (e.pointerType === 'touch') {
      if (Math.max(e.width || 0, e.height || 0) > PAUME) { this.actes.dire('Paume posée : elle n’est pas prise en compte.'); return false; }
      if (e.timeStamp - this.vuStylet < APRES_STYLET) return false;
      if (this.stylet) { this.actes.dire('Signature au stylet en cours : le doigt n’est pas pris en compte.', 'doigt'); return false; }
    }
    return this.commencer(e);
  }
  poserStylet(e) {
    if (this.active && this.genre === 'pen') return false; // a second pen
    if (this.active) { this.actes.jeter(); this.pointeur = null; }
    else if (this.touche && e.timeStamp - this.touche.fin < APRES_STYLET && this.touche.longueur < POINTE) this.actes.oterDernier();
    this.touche = null;
    this.stylet = true; this.vuStylet = e.timeStamp;
    return this.commencer(e);
  }
  commencer(e) {
    this.pointeur = e.pointerId; this.genre = e.pointerType; this.longueur = 0; this.ou = [e.clientX, e.clientY];
    this.actes.commencer(e);
    return true;
  }
  bouger(e) {
    if (e.pointerId !== this.pointeur) return;
    if (this.genre === 'pen') this.vuStylet = e.timeStamp;
    if (this.genre === 'touch' && Math.max(e.width || 0, e.height || 0) > PAUME) { this.jeter('Paume posée : elle n’est pas prise en compte.'); return; }
    this.longueur += Math.hypot(e.clientX - this.ou[0], e.clientY - this.ou[1]);
    this.ou = [e.clientX, e.clientY];
    this.actes.suivre(e);
  }
  lever(e) {
    if (e.pointerId !== this.pointeur) return;
    this.pointeur = null;
    if (this.genre === 'pen') this.vuStylet = e.timeStamp;
    if (this.genre === 'touch') this.touche = { fin: e.timeStamp, longueur: this.longueur * 10 };
    this.actes.finir();
  }
  // A finger that the system takes back was a palm or a gesture of its own; a pen's stroke is what was seen of it.
  annuler(e) {
    if (e.pointerId !== this.pointeur) return;
    if (this.genre === 'touch') this.jeter(''); else this.lever(e);
  }
  jeter(texte) {
    this.pointeur = null;
    this.actes.jeter();
    if (texte) this.actes.dire(texte);
  }
  // The box changed under the pen: what follows would be drawn elsewhere.
  interrompre() {
    if (!this.active) return;
    this.pointeur = null;
    this.actes.finir();
  }
  accepterDoigt() { this.stylet = false; this.vuStylet = -Infinity; }
}
