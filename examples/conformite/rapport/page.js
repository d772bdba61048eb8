(() => {
  'use strict';
  const d = document;
  d.documentElement.classList.add('js');
  const cas = [...d.querySelectorAll('details.cas')];
  const verdict = d.getElementById('f-verdict'), famille = d.getElementById('f-famille'), nature = d.getElementById('f-nature');
  const texte = d.getElementById('f-texte'), compte = d.getElementById('f-compte');
  const plier = s => s.normalize('NFD').replace(/\p{Diacritic}/gu, '').toLowerCase();
  const mots = new Map(cas.map(c => [c, plier(c.querySelector('summary').textContent + ' ' + c.dataset.texte)]));
  const filtrer = () => {
    const cherche = plier(texte.value).split(/\s+/).filter(Boolean);
    let n = 0;
    for (const c of cas) {
      const v = verdict.value;
      const oui = (!v || v === c.dataset.verdict || v === 'pas-reussi' && ['echoue', 'erreur', 'non-joue'].includes(c.dataset.verdict)) &&
        (!famille.value || famille.value === c.dataset.famille) && (!nature.value || nature.value === c.dataset.nature) &&
        cherche.every(m => mots.get(c).includes(m));
      c.hidden = !oui;
      n += oui;
    }
    for (const s of d.querySelectorAll('section.famille')) s.hidden = !s.querySelector('details.cas:not([hidden])');
    compte.textContent = n === cas.length ? `${n} cas` : `${n} cas sur ${cas.length}`;
  };
  for (const e of [verdict, famille, nature]) e.addEventListener('change', filtrer);
  texte.addEventListener('input', filtrer);
  d.getElementById('f-effacer').addEventListener('click', () => {
    verdict.value = famille.value = nature.value = texte.value = '';
    filtrer();
    texte.focus();
  });
  // Printed, what is not passed is told whole; the rest is a line each.
  const ouverts = new Set();
  addEventListener('beforeprint', () => cas.forEach(c => { if (!c.open && c.dataset.detail) { c.open = true; ouverts.add(c); } }));
  addEventListener('afterprint', () => { ouverts.forEach(c => { c.open = false; }); ouverts.clear(); });
  // A link to a case shows it, unfolded.
  const montrer = () => {
    const c = location.hash && d.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (c && c.matches('details.cas')) {
      if (c.hidden) d.getElementById('f-effacer').click();
      c.open = true;
      c.scrollIntoView();
      c.querySelector('summary').focus({preventScroll: true});
    }
  };
  addEventListener('hashchange', montrer);
  filtrer();
  montrer();
})();
