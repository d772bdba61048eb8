"""The faulty twin of sujet.py: one fault at a time, by its name. The kit has to name each.

    python3 fautif.py --faute nir-corse --vecteur DIR
    python3 fautif.py --fautes            # the names, each with the case that must fail"""
import json
import sys

import b2
import identifiants
import noemie
import sujet

FAUTES = {}


def faute(nom, vecteur):
    def garder(f):
        FAUTES[nom] = (vecteur, f)
        return f
    return garder


@faute("nir-corse", "nir-haute-corse")
def _():
    identifiants.CORSE["2B"] = "19"


@faute("nir-cle-zero", "nir-cle-97")
def _():
    identifiants.cle_nir = lambda numero, vraie=identifiants.cle_nir: vraie(numero).replace("97", "00")


@faute("nir-sans-cle", "nir-cle-fausse")
def _():
    identifiants.lire_nir = lambda numero, cle, vraie=identifiants.lire_nir: vraie(numero, "")


@faute("luhn-a-gauche", "rpps-juste")
def _():
    identifiants.luhn = lambda numero: sum(int(c) if i % 2 else int(c) * 2 % 9 for i, c in enumerate(numero)) % 10 == 0


@faute("luhn-absent", "finess-echange")
def _():
    identifiants.luhn = lambda numero: True


@faute("siecle", "date-siecle")
def _():
    identifiants.SIECLE = 100


@faute("montant-virgule", "montant-virgule")
def _():
    identifiants.lire_montant = lambda v, vraie=identifiants.lire_montant: vraie(v.replace(",", ""))


@faute("b2-total-non-verifie", "b2-total-facture")
def _():
    oublier(b2.Lecture, "total-facture")


@faute("b2-lot-non-verifie", "b2-lot-total")
def _():
    oublier(b2.Lecture, "lot-total")


@faute("b2-volume", "b2-volume")
def _():
    oublier(b2.Lecture, "fichier-enregistrements")


@faute("b2-colonne-amo", "b2-une-facture")
def _():
    b2.n = lambda e, debut, fin, vraie=b2.n: vraie(e, debut + 1, fin + 1) if debut == 66 else vraie(e, debut, fin)


@faute("b2-fins-de-ligne", "b2-fins-de-ligne")
def _():
    b2.enregistrements = lambda octets: [octets[i:i + 128] for i in range(0, len(octets), 128)]


@faute("b2-degradee-securisee", "b2-certification-fse-degradee")
def _():
    b2.FLUX["D"] = "fse"


@faute("noemie-signe", "noemie-reprise")
def _():
    noemie.signe = lambda e, debut, fin, colonne: noemie.n(e, debut, fin)


@faute("noemie-rejet-paye", "noemie-amc-rejetee")
def _():
    noemie.ETATS["R"] = "paye"


@faute("noemie-differe-rejete", "noemie-differee")
def _():
    noemie.ETATS["D"] = "rejete"


@faute("noemie-blocs", "noemie-payee-blocs")
def _():
    def sans_drapeau(octets):
        t = octets.decode("latin-1").replace("\n", "").replace("\r", "")
        fin = t.rfind("@") + 1
        return t[:128], t[128:fin], t[fin:].lstrip(" "), "flux"
    noemie.deballer = sans_drapeau


@faute("noemie-cumul", "noemie-cumul-faux")
def _():
    oublier(noemie.Lecture, "cumul-fichier")


@faute("mel-gzip", "message-edi-gzip")
def _():
    import mel
    mel.decompresser = lambda b: (b, "")


@faute("mel-chemin", "message-nom-chemin")
def _():
    import mel
    mel.nom_seul = lambda nom: nom


@faute("mel-bombe", "message-bombe")
def _():
    import mel
    mel.OCTETS_MAX = 1 << 40


@faute("mel-base64", "message-base64-faux")
def _():
    import mel
    mel.corps = lambda p: p.get_payload(decode=True)


def oublier(classe, code):
    """A check that nobody makes."""
    vrai = classe.constat
    classe.constat = lambda self, c, *reste: None if c == code else vrai(self, c, *reste)


if __name__ == "__main__":
    if "--fautes" in sys.argv:
        print(json.dumps({nom: vecteur for nom, (vecteur, _) in FAUTES.items()}))
        sys.exit(0)
    FAUTES[sys.argv[sys.argv.index("--faute") + 1]][1]()
    sys.exit(sujet.main(sys.argv[1:]))
