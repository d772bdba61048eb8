"""A second implementation, for the conformity kit: identifiers and their keys, amounts of B2 files and NOEMIE returns, MIME structure.
It was written from the public tables alone, with the standard library, and shares no code with the SDK:

    go run ./examples/conformite -commande "python3 examples/conformite/testdata/python/sujet.py"

What it doesn't do (encryption, signatures, establishments) it says with exit code 2."""
import json
import os
import sys

import b2
import identifiants
import noemie


class SansObjet(Exception):
    """What this program doesn't do."""


def repondre(v, octets):
    operation, p = v["operation"], v["parametres"]
    if operation == "identifiant.lire":
        return identifiants.lire(p["nature"], p["valeur"], p.get("cle", ""))
    if operation == "date.lire":
        return identifiants.lire_date(p["forme"], p["valeur"])
    if operation == "montant.lire":
        return identifiants.lire_montant(p["valeur"])
    if operation == "b2.lire":
        return b2.lire(octets("fichier"), p.get("envoi", ""))
    if operation == "noemie.lire":
        return noemie.lire(octets("retour"))
    if operation == "message.lire" and "cle" not in v["entrees"]:
        import mel  # heavy: only who reads mail waits for it
        try:
            return mel.lire(octets("message"))
        except mel.SansObjet:
            pass
    raise SansObjet(operation)


def main(arguments):
    dossier = arguments[arguments.index("--vecteur") + 1]
    with open(os.path.join(dossier, "vecteur.json"), encoding="utf-8") as f:
        v = json.load(f)

    def octets(nom):
        with open(os.path.join(dossier, v["entrees"][nom]), "rb") as f:
            return f.read()

    try:
        reponse = repondre(v, octets)
    except (SansObjet, b2.SansObjet):
        return 2
    sys.stdout.buffer.write(json.dumps(reponse, ensure_ascii=False).encode("utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
