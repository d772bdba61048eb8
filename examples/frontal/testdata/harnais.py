"""A harness in another language (standard library only): it drives examples/frontal by its control API, against any program that sends.

    python3 harnais.py FRONTAL OFFICINE FOLDER

Each scenario is given to the frontal, the program runs, and what the frontal received and the program says are compared."""
import json, os, subprocess, sys, time, urllib.request

frontal, officine, dossier = sys.argv[1:4]
PORTS = ["-smtp", "127.0.0.1:0", "-smtps", "127.0.0.1:0", "-pop3", "127.0.0.1:0", "-pop3s", "127.0.0.1:0", "-controle", "127.0.0.1:0"]
SCENARIOS = {
    "acquitte": ("", {"acquittee"}, 0),
    "arl-negatif": ("regles:\n  - quand: {flux: pieces}\n    reponses: [arl-]\n    code: \"1000\"\n", {"refusee", "a-traiter"}, 0),
    "silence-puis-arl": ("regles:\n  - quand: {flux: pieces, transmission: 1}\n    reponses: [silence]\n    fois: 1\n", {"acquittee"}, 0),
    "arl-en-double": ("regles:\n  - reponses: [arl+]\n    copies: 2\n", {"acquittee"}, 0),
    "liste-grise": ("incidents:\n  - {panne: liste-grise}\n", {"acquittee"}, 0),
}


def appeler(url, methode="GET", corps=None):
    r = urllib.request.Request(url, data=corps, method=methode)
    with urllib.request.urlopen(r, timeout=600) as rep:
        return json.load(rep)


def jouer(nom, yaml, attendus, grave):
    d = os.path.join(dossier, nom)
    p = subprocess.Popen([frontal, "-dossier", d, *PORTS], stdout=subprocess.DEVNULL)
    try:
        while not os.path.exists(os.path.join(d, "adresses.json")):
            if p.poll() is not None:
                raise SystemExit(f"{nom}: the frontal ended with {p.returncode}")
            time.sleep(0.05)
        base = "http://" + json.load(open(os.path.join(d, "adresses.json")))["controle"]
        appeler(base + "/scenario", "PUT", yaml.encode())
        s = subprocess.run([officine, "-json", "-frontal", d, "-sortie", os.path.join(d, "officine")],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        recus = appeler(base + "/recus")
        lignes = [json.loads(l) for l in s.stdout.splitlines()]
        etats = {l["etat"] for l in lignes if "etat" in l}
        graves = [c for r in recus for c in r["constats"] if c["grave"]]
        fautes = [] if s.returncode == 0 else [f"exit {s.returncode}: {s.stderr[-300:]}"]
        if {r["flux"] for r in recus} != {"factures", "pieces"}:
            fautes.append(f"flows received: {[r['flux'] for r in recus]}")
        if not attendus & etats:
            fautes.append(f"states {sorted(etats)}, one of {sorted(attendus)} expected")
        if len(graves) > grave:
            fautes.append(f"departures: {graves}")
        appeler(base + "/arret", "POST")
        return fautes
    finally:
        p.terminate()
        p.wait()


resultats = {nom: jouer(nom, *s) for nom, s in SCENARIOS.items()}
print(json.dumps(resultats, ensure_ascii=False, indent=1))
sys.exit(any(resultats.values()))
