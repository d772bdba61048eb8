// A byte under the pointer, or that has the focus, shows its zone: what the table says of it. Without this script each
// byte is a link to its row.
(function () {
	"use strict";
	var groupe = document.querySelector(".octets"), panneau = document.getElementById("zone");
	if (!groupe || !panneau) return;
	var titres = Array.prototype.map.call(document.querySelectorAll("#table thead th"), function (t) { return t.textContent; });
	var zones = Array.prototype.slice.call(groupe.querySelectorAll(".z")), ici = null;
	zones.forEach(function (z, i) { z.tabIndex = i === 0 ? 0 : -1; });

	function ligne(z) { return document.getElementById(z.hash.slice(1)); }

	function montrer(z) {
		if (z === ici) return;
		if (ici) { ici.classList.remove("designe"); ligne(ici).classList.remove("designe"); }
		ici = z;
		z.classList.add("designe");
		var r = ligne(z), l = document.createElement("dl");
		r.classList.add("designe");
		titres.forEach(function (t, i) {
			var texte = r.cells[i].textContent.replace(/\s+/g, " ").trim();
			if (!texte) return;
			var dt = document.createElement("dt"), dd = document.createElement("dd");
			dt.textContent = t;
			dd.textContent = texte;
			l.append(dt, dd);
		});
		panneau.replaceChildren(l);
	}

	function aller(i) {
		if (i < 0 || i >= zones.length) return;
		zones.forEach(function (z) { if (z.tabIndex === 0) z.tabIndex = -1; });
		zones[i].tabIndex = 0;
		zones[i].focus();
	}

	groupe.addEventListener("mouseover", function (e) {
		var z = e.target.closest(".z");
		if (z) montrer(z);
	});
	groupe.addEventListener("focusin", function (e) {
		var z = e.target.closest(".z");
		if (z) montrer(z);
	});
	groupe.addEventListener("keydown", function (e) {
		var i = zones.indexOf(document.activeElement);
		if (i < 0 || e.ctrlKey || e.altKey || e.metaKey) return;
		var pas = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
		if (e.key === "Home") aller(0);
		else if (e.key === "End") aller(zones.length - 1);
		else if (pas) aller(i + pas);
		else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
			var p = zones[i].parentNode, q = e.key === "ArrowDown" ? p.nextElementSibling : p.previousElementSibling;
			if (!q) return;
			aller(zones.indexOf(q.querySelector(".z")));
		} else return;
		e.preventDefault();
	});
})();
