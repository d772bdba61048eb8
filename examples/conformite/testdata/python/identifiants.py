"""Numbers of persons and organisms, with their keys; dates and amounts as the norms write them."""
import datetime


def refus(motif):
    return {"accepte": False, "motif": motif}


CORSE = {"2A": "19", "2B": "18"}


def cle_nir(numero):
    """97 minus the remainder by 97; Corsica counts as 19 (2A) and 18 (2B)."""
    departement = CORSE.get(numero[5:7], numero[5:7])
    return "%02d" % (97 - int(numero[:5] + departement + numero[7:]) % 97)


def luhn(numero):
    """The last digit is a key: from the right, each second digit doubled, the sum a multiple of 10."""
    somme = 0
    for rang, c in enumerate(reversed(numero)):
        n = int(c)
        if rang % 2 == 1:
            n = n * 2 - 9 if n > 4 else n * 2
        somme += n
    return somme % 10 == 0


def chiffres(s):
    return s.isascii() and s.isdigit()


def lire(nature, valeur, cle):
    if nature == "nir":
        return lire_nir(valeur.strip().upper(), cle.strip())
    if nature == "organisme":
        if len(valeur) != 9:
            return refus("longueur")
        if not chiffres(valeur):
            return refus("caractere")
        return {"accepte": True, "valeur": valeur, "regime": valeur[:2], "caisse": valeur[2:5], "centre": valeur[5:]}
    longueur = 11 if nature == "rpps" else 9
    if len(valeur) != longueur:
        return refus("longueur")
    if nature == "finess" and valeur[:2].upper() in ("2A", "2B"):
        valeur = "200" + {"A": "1", "B": "2"}[valeur[1].upper()] + valeur[4:]
    if not chiffres(valeur):
        return refus("caractere")
    if not valeur.strip("0"):
        return refus("valeur")
    if not luhn(valeur):
        return refus("cle")
    reponse = {"accepte": True, "valeur": valeur}
    if nature == "numero-am":
        reponse["categorie"] = valeur[2]
    return reponse


def lire_nir(numero, cle):
    if len(numero) != 13:
        return refus("longueur")
    corse = numero[5:7] in ("2A", "2B")
    if not chiffres(numero[:5] + numero[7:] if corse else numero):
        return refus("caractere")
    if numero[0] not in "123478":
        return refus("valeur")
    attendue = cle_nir(numero)
    if cle and len(cle) != 2:
        return refus("longueur")
    if cle and not chiffres(cle):
        return refus("caractere")
    if cle and cle != attendue:
        return refus("cle")
    return {"accepte": True, "valeur": numero, "cle": attendue, "provisoire": numero[0] in "3478",
            "fictif": numero[1:7] == "555555" and numero[10:] == "333"}


SIECLE = 80  # two digits from here on are of 19xx


def date(s):
    """A date of six or eight digits, or None."""
    annee, mois, jour = (int(s[:4]), int(s[4:6]), int(s[6:])) if len(s) == 8 else (int(s[:2]), int(s[2:4]), int(s[4:]))
    if len(s) == 6:
        annee += 1900 if annee >= SIECLE else 2000
    try:
        return datetime.date(annee, mois, jour)
    except ValueError:
        return None


def lire_date(forme, valeur):
    if len(valeur) != len(forme):
        return refus("longueur")
    if not chiffres(valeur):
        return refus("caractere")
    d = date(valeur)
    return {"accepte": True, "valeur": d.isoformat()} if d else refus("valeur")


def lire_montant(valeur):
    if not chiffres(valeur):
        return refus("caractere")
    n = int(valeur)
    return {"accepte": True, "centimes": n} if n < 2**63 else refus("valeur")
