"""MIME structure of a message: its leaves, their names and descriptions, encoding and compression undone."""
import email
import email.policy
import email.utils
import hashlib
import binascii
import base64
import re
import zlib

OCTETS_MAX = 4 << 20


class SansObjet(Exception):
    """Encryption and signatures."""


class MalForme(Exception):
    """What can't be read."""


class TropGrand(Exception):
    """What opens into too much."""


def lire(octets):
    m = email.message_from_bytes(octets, policy=email.policy.default)
    if m.get_content_type() in ("application/pkcs7-mime", "application/x-pkcs7-mime", "multipart/signed"):
        raise SansObjet()
    r = {"message_id": (m["Message-ID"] or "").strip().strip("<>"), "de": email.utils.parseaddr(m["From"] or "")[1],
         "sujet": str(m["Subject"] or ""), "chiffre": False, "signatures": 0, "parties": [], "constats": []}
    try:
        for p in m.walk():
            if not p.is_multipart():
                r["parties"].append(partie(p))
    except MalForme:
        r["constats"].append({"code": "mal-forme", "gravite": "erreur"})
    except TropGrand:
        r["constats"].append({"code": "trop-grand", "gravite": "erreur"})
    r["accepte"] = not r["constats"]
    return r


def partie(p):
    contenu = corps(p)
    contenu, compression = decompresser(contenu)
    nom = nom_seul(p.get_filename() or p.get_param("name") or "")
    return {"type": p.get_content_type().lower(), "description": str(p["Content-Description"] or ""), "nom": nom,
            "compression": compression, "octets": len(contenu), "empreinte": hashlib.sha256(contenu).hexdigest()}


def nom_seul(nom):
    """A name brings no folder with it."""
    return re.split(r"[/\\]", nom)[-1]


def corps(p):
    brut = p.get_payload()
    codage = (p["Content-Transfer-Encoding"] or "7bit").lower().strip()
    if codage == "base64":
        try:
            return base64.b64decode("".join(brut.split()), validate=True)
        except (binascii.Error, ValueError):
            raise MalForme()
    return p.get_payload(decode=True)


def decompresser(b):
    """gzip and zlib are known by their first bytes, whatever the description says."""
    if b[:2] == b"\x1f\x8b":
        return ouvrir(b, 31), "gzip"
    if len(b) > 2 and b[0] == 0x78 and (b[0] << 8 | b[1]) % 31 == 0:
        return ouvrir(b, 15), "zlib"
    return b, ""


def ouvrir(b, bits):
    d = zlib.decompressobj(bits)
    try:
        contenu = d.decompress(b, OCTETS_MAX + 1)
    except zlib.error:
        raise MalForme()
    if len(contenu) > OCTETS_MAX:
        raise TropGrand()
    if not d.eof:
        raise MalForme()
    return contenu
