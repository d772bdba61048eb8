"""Amounts of NOEMIE-PS returns: entities that end with @, in a stream or in blocks of 128 characters."""
import identifiants

LONGUEUR = {"020": 21, "040": 21, "070": 12, "071": 86, "080": 15, "100": 15, "102": 40, "198": 24, "199": 49, "250": 47, "290": 98,
            "294": 153, "990": 43}
ETATS = {"P": "paye", "R": "rejete", "D": "differe"}
DE_FACTURE = ("103", "110", "120", "198", "199", "210", "220", "290", "294", "295")


def z(e, debut, fin):
    return e[debut - 1:fin]


def n(e, debut, fin):
    s = z(e, debut, fin).strip()
    return int(s) if identifiants.chiffres(s) else 0


def signe(e, debut, fin, colonne):
    """N is negative."""
    return -n(e, debut, fin) if z(e, colonne, colonne) == "N" else n(e, debut, fin)


def jour(s):
    d = identifiants.date(s) if identifiants.chiffres(s) and s.strip("0") else None
    return d.isoformat() if d else None


def deballer(octets):
    """Header, entities, last record, what follows it, and the packing."""
    t = octets.decode("latin-1").replace("\r", "").replace("\n", "")
    entete, corps = t[:128], t[128:]
    if corps[:1] in "01" and corps[1:4] in LONGUEUR:
        donnees, i = "", 0
        while i < len(corps) and corps[i:i + 3] != "999":
            donnees += corps[i + 1:i + 128]
            i += 128
        return entete, donnees.rstrip(" "), corps[i:], "blocs"
    fin = corps.rfind("@") + 1
    return entete, corps[:fin], corps[fin:], "flux"


def entites(donnees):
    """A label may hold an @: the length of the table wins where it falls on one."""
    while donnees:
        longueur = LONGUEUR.get(donnees[:3], 0)
        if donnees[longueur - 1:longueur] != "@" or not longueur:
            longueur = donnees.find("@") + 1 or len(donnees)
        yield donnees[:longueur]
        donnees = donnees[longueur:]


def lire(octets):
    if octets[:3] != b"000" or octets.count(b"@") < 1:
        return {"accepte": False, "factures": [], "constats": [{"code": "pas-noemie", "gravite": "erreur"}]}
    entete, donnees, suite, emballage = deballer(octets)
    r = {"emballage": emballage, "reference": z(entete, 62, 65).strip(), "date": jour(z(entete, 56, 61)), "factures": [],
         "retenues": [], "constats": []}
    lecture = Lecture(r)
    nombre = 1
    for e in entites(donnees):
        nombre += 1
        lecture.entite(e)
    lecture.clore()
    fin_de_retour(r, entete, suite, nombre + 1, lecture)
    r["accepte"] = not r["constats"]
    return r


def fin_de_retour(r, entete, suite, nombre, lecture):
    fin, apres = suite[:128], suite[128:].strip()
    total = sum(f["paye"] for f in r["factures"])
    r["cumul"] = total
    if fin[:3] != "999":
        return lecture.constat("fin-absente")
    if apres:
        lecture.constat("suite-apres-fin")
    r["cumul"] = signe(fin, *CUMUL)
    if r["cumul"] != total and not r["retenues"]:
        lecture.constat("cumul-fichier")
    if (z(fin, 4, 19), z(fin, 26, 41), z(fin, 50, 55)) != (z(entete, 4, 19), z(entete, 26, 41), z(entete, 50, 55)):
        lecture.constat("identite")
    if n(fin, 56, 63) not in (nombre, 0) and r["emballage"] == "flux":
        lecture.constat("enregistrements")


class Lecture:
    def __init__(self, retour):
        self.r, self.facture, self.lot, self.virement = retour, None, (0, None), None

    def constat(self, code):
        self.r["constats"].append({"code": code, "gravite": "erreur"})

    def entite(self, e):
        code = e[:3]
        if code in ("070", "071"):
            self.clore()
            self.virement = self.date(z(e, 6, 11))
        elif code == "080":
            self.clore()
            self.lot = (n(e, 12, 14), self.date(z(e, 6, 11)))
        elif code in ("100", "102"):
            self.clore()
            self.facture = {"numero": n(e, 6, 14), "lot": self.lot[0], "date_lot": self.lot[1], "amo": None, "amc": None, "motifs": [],
                            "lignes": 0, "actes": 0, "virement": self.virement}
        elif code == "990":
            self.clore()
        elif code == "250":
            self.r["retenues"].append({"reference": z(e, 8, 17).strip(), "nature": z(e, 24, 26), "operation": z(e, 27, 29),
                                       "montant": signe(e, 30, 37, 38), "solde": n(e, 39, 46)})
        elif code in DE_FACTURE and not self.facture:
            self.constat("ordre")
        elif code in ("198", "199"):
            self.part("amo" if code == "198" else "amc", e)
        elif code == "294":
            self.motif(z(e, 6, 9).strip(), z(e, 10, 95).strip(), z(e, 96, 96))
        elif code == "290":
            self.motif(z(e, 8, 17).strip(), z(e, 18, 97).strip(), "")
        elif code in ("210", "220"):
            self.ligne(e)

    def motif(self, code, libelle, niveau):
        famille, renvoyer = FAMILLES.get(code[:4].lstrip(), ("autre", False))
        self.facture["motifs"].append({"code": code, "libelle": libelle, "niveau": niveau, "famille": famille, "renvoyer": renvoyer})

    def ligne(self, e):
        self.facture["actes"] += 1
        if e[:3] == "210":
            self.facture["lignes"] += signe(e, *LIGNE)

    def date(self, s):
        d = jour(s)
        if not d and s.strip("0 "):
            self.constat("date")
        return d

    def part(self, nom, e):
        if not identifiants.chiffres(z(e, 6, 13)) or not identifiants.chiffres(z(e, 15, 22).strip() or "0"):
            self.constat("zone")
        p = {"demande": n(e, 6, 13), "etat": ETATS.get(z(e, 14, 14), "inconnu"), "paye": signe(e, 15, 22, 23)}
        if p["etat"] in ("rejete", "differe") and p["paye"]:
            self.constat("etat")
        self.facture[nom] = p

    def clore(self):
        f, self.facture = self.facture, None
        if not f:
            return
        parts = [p for p in (f["amo"], f["amc"]) if p]
        f["paye"] = sum(p["paye"] for p in parts) if parts else f["lignes"]
        f["etat"] = etat(f, parts)
        self.r["factures"].append(f)


def etat(f, parts):
    if f["paye"] < 0:
        return "reprise"
    if not parts:
        return "rejete" if f["motifs"] and not f["paye"] else "signale" if f["motifs"] else "paye"
    principale = parts[0]["etat"]
    if principale == "paye" and f["motifs"] and f["paye"] and all(p["etat"] == "paye" for p in parts):
        return "signale"
    return principale


CUMUL = (86, 96, 97)  # of the last record: amount, then its sign
LIGNE = (53, 60, 61)  # of a line, in the old form: amount, then its sign
# The families of reasons that this program knows, and whether a corrected invoice may go again.
FAMILLES = {"0250": ("droits", True), "2900": ("doublon", False)}
