"""Amounts and counters of B2 files of professionals: records of 128 characters, columns of the body of June 2007."""
import datetime
import re

import identifiants


class SansObjet(Exception):
    """A file of an establishment: other columns."""


def z(e, debut, fin):
    return e[debut - 1:fin]


def n(e, debut, fin):
    s = z(e, debut, fin).strip()
    return int(s) if identifiants.chiffres(s) else 0


def jour(s):
    d = identifiants.date(s) if identifiants.chiffres(s) and s.strip("0") else None
    return d.isoformat() if d else None


FLUX = {" ": "b2", "S": "fse", "F": "fse-sans-vitale", "D": "fse-degradee"}


def lire(octets, envoi):
    lecture = Lecture(envoi)
    if not re.match(rb"000[A-Z]{2}", octets) or octets[65:67] != b"B2":
        return {"accepte": False, "lots": [], "constats": [{"code": "pas-b2", "gravite": "erreur"}]}
    if octets[61:64].rstrip() == b"CP":
        raise SansObjet()
    for e in enregistrements(octets):
        lecture.prendre(e)
    return lecture.finir()


def enregistrements(octets):
    if b"\n" in octets or b"\r" in octets:
        return [l for l in re.split(rb"\r\n|\r|\n", octets) if l]
    return [octets[i:i + 128] for i in range(0, len(octets), 128)]


class Lecture:
    def __init__(self, envoi):
        self.envoi = envoi and datetime.date.fromisoformat(envoi)
        self.constats, self.lots = [], []
        self.n = self.dernier = 0
        self.lot = self.facture = self.entete = self.fin = None
        self.vues = set()

    def constat(self, code, e="", zone=""):
        genre = e[:3] if e[:3] in ("000", "999") else e[:1]
        self.constats.append({"code": code, "gravite": "erreur", "enregistrement": self.n, "type": genre, "zone": zone})

    def prendre(self, brut):
        self.n += 1
        if len(brut) != 128:
            try:
                texte = brut.decode("utf-8")
            except UnicodeDecodeError:
                texte = ""
            if len(texte) != 128:
                return self.constat("longueur")
            self.constat("accents-utf-8")
            brut = texte.encode("latin-1", "replace")
        e = brut.decode("latin-1")
        if e[:3] == "000":
            self.entete = e
        elif e[:3] == "999":
            self.finir_fichier(e)
        else:
            {"1": self.ouvrir_lot, "2": self.ouvrir_facture, "4": self.acte, "5": self.total, "6": self.finir_lot}.get(
                e[0], lambda e: None)(e)

    def ouvrir_lot(self, e):
        self.clore_lot()
        self.lot = {"emetteur": z(e, 2, 10), "numero": n(e, 20, 22), "date": jour(z(e, 72, 77)), "destinataire": z(e, 17, 19),
                    "flux": FLUX.get(z(e, 81, 81), "inconnu"), "total": 0, "amo": 0, "amc": 0, "factures": [],
                    "lignes": 0, "complements": 0}
        self.lots.append(self.lot)
        if self.lot["flux"] == "inconnu":
            self.constat("certification", e, "certification")
        if z(e, 88, 88) != "U":
            self.constat("monnaie", e, "monnaie")
        self.ages(e)

    def ages(self, e):
        if not self.envoi or not self.lot["date"]:
            return
        ecart = (self.envoi - datetime.date.fromisoformat(self.lot["date"])).days
        if ecart > 90:
            self.constat("lot-vieux", e, "date_lot")
        if ecart < -2:
            self.constat("lot-en-avance", e, "date_lot")

    def ouvrir_facture(self, e):
        if self.facture:
            self.constat("facture-sans-total", e)
        if not self.lot:
            return self.constat("ordre", e)
        numero = n(e, 27, 35)
        self.facture = {"numero": numero, "date": jour(z(e, 40, 45)), "organisme": z(e, 49, 57), "prescripteur": z(e, 59, 67),
                        "prescription": jour(z(e, 68, 73)), "nature": z(e, 77, 78), "lignes": 0, "actes": [], "cle": z(e, 2, 35)}
        nir = identifiants.lire("nir", z(e, 12, 24), z(e, 25, 26))
        if not nir["accepte"]:
            self.constat("nir", e, "nir")
        if numero in self.vues:
            self.constat("facture-en-double", e, "facture")
        self.vues.add(numero)
        creation = jour(z(self.entete, 56, 61)) if self.entete else None
        if creation and self.facture["prescription"] and self.facture["prescription"] > creation:
            self.constat("prescription-apres-fichier", e, "date_prescription")

    def acte(self, e):
        if z(e, 36, 36).isalpha():
            if self.lot:
                self.lot["complements"] += 1
            return
        if not self.facture:
            return self.constat("ordre", e)
        f, soin = self.facture, jour(z(e, 68, 73))
        if z(e, 2, 35) != f["cle"]:
            self.constat("cle-facture", e, "facture")
        if not soin and z(e, 68, 73).strip("0 "):
            self.constat("date", e, "date")
        creation = jour(z(self.entete, 56, 61)) if self.entete else None
        if soin and creation and soin > creation:
            self.constat("soin-apres-fichier", e, "date")
        f["lignes"] += 1
        self.lot["lignes"] += 1
        f["actes"].append({"code": z(e, 74, 78).strip(), "date": soin, "executant": z(e, 55, 63), "quantite": n(e, 79, 80),
                           "montant": n(e, 113, 119), "amo": n(e, 106, 112), "amc": n(e, 122, 128)})

    def total(self, e):
        f, self.facture = self.facture, None
        if not f:
            return self.constat("ordre", e)
        if not f["lignes"]:
            self.constat("facture-sans-ligne", e)
        for code, zone, acte, debut, fin in (("total-facture", "total", "montant", 58, 65), ("total-amo", "amo", "amo", 66, 73),
                                             ("total-amc", "amc", "amc", 82, 89)):
            if not identifiants.chiffres(z(e, debut, fin)):
                self.constat("zone", e, zone)
            f[zone] = n(e, debut, fin)
            if f[zone] != sum(a[acte] for a in f["actes"]):
                self.constat(code, e, zone)
            self.lot[zone] += f[zone]
        if n(e, 39, 41) != f["lignes"]:
            self.constat("facture-lignes", e, "lignes")
        del f["cle"]
        self.lot["factures"].append(f)

    def finir_lot(self, e):
        l = self.lot
        if not l:
            return self.constat("ordre", e)
        if self.facture:
            self.facture = self.constat("facture-sans-total", e)
        for code, valeur, debut, fin in (("lot-factures", len(l["factures"]), 11, 13), ("lot-lignes", l["lignes"], 14, 17),
                                         ("lot-total", l["total"], 25, 33), ("lot-amo", l["amo"], 34, 42),
                                         ("lot-amc", l["amc"], 43, 51), ("lot-numero", l["numero"], 52, 54)):
            if n(e, debut, fin) != valeur:
                self.constat(code, e)
        if z(e, 2, 10) != l["emetteur"]:
            self.constat("lot-partenaire", e, "partenaire")
        self.lot = None

    def clore_lot(self):
        if self.lot:
            self.constat("lot-sans-fin")
            self.lot = None

    def finir_fichier(self, e):
        self.clore_lot()
        self.fin = e
        if self.entete and (z(e, 4, 41), z(e, 50, 55)) != (z(self.entete, 4, 41), z(self.entete, 50, 55)):
            self.constat("fichier-identite", e)
        if n(e, 56, 63) != self.n:
            self.constat("fichier-enregistrements", e, "enregistrements")
        if n(e, 83, 85) != len(self.lots):
            self.constat("fichier-lots", e, "lots")

    def finir(self):
        self.clore_lot()
        if not self.fin:
            self.constat("fichier-sans-fin")
        e = self.entete or " " * 128
        return {"accepte": not self.constats, "emetteur": z(e, 6, 19), "destinataire": z(e, 28, 41), "id": z(e, 50, 55).strip(),
                "date": jour(z(e, 56, 61)), "norme": z(e, 62, 65).strip(), "lots": self.lots, "constats": self.constats}
