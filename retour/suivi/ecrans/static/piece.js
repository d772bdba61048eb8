// The document of a piece, drawn in the page.
const cadre = document.getElementById('pages');
if (cadre) {
  const vue = document.getElementById('page-vue');
  const dire = (texte) => { cadre.replaceChildren(Object.assign(document.createElement('p'), { textContent: texte, className: 'message erreur' })); };
  try {
    const { Pages } = await import(new URL(cadre.dataset.pages, location.href));
    const pages = new Pages(cadre, { empreinte: cadre.dataset.empreinte, vers: cadre.dataset.document, dire, fini: (n, sur) => { vue.textContent = `Page ${n} sur ${sur}`; } });
    await pages.ouvrir();
    for (const b of document.querySelectorAll('[data-zoom]')) b.addEventListener('click', () => pages.zoomer(Number(b.dataset.zoom)));
  } catch (e) {
    console.warn('document', e.message);
    dire('Ce document ne peut pas être affiché ici : téléchargez-le.');
  }
}
