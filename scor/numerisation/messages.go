package numerisation

import "fmt"

// The sentences for the person at the scanner, apart from the rules that choose them. Each says what was seen, then
// what to do; a question can be answered by yes where the page is good.

// Sentences without figures.
const (
	messageBlanche = "La page est blanche : vérifiez que la feuille est du bon côté et numérisez à nouveau."
	messageClair   = "Rien n'est lisible sur la page, toute blanche : si elle porte une écriture, assombrissez le " +
		"réglage du scanner et numérisez à nouveau."
	messageSombre = "La page est presque noire : fermez le couvercle, nettoyez la vitre, éclaircissez le réglage du " +
		"scanner et numérisez à nouveau."
	messageTraces = "La page porte des traces d'écriture bien trop pâles : augmentez le contraste du scanner et " +
		"numérisez à nouveau."
	messageEclat = "La page est trop claire : assombrissez le réglage du scanner et numérisez à nouveau."
	messagePale  = "L'écriture se distingue à peine du papier : augmentez le contraste du scanner et numérisez à " +
		"nouveau."
	messageFlou = "La page est floue au point d'être illisible : posez la feuille bien à plat, nettoyez la vitre et " +
		"numérisez à nouveau."
	messageFlouPeu = "La page est un peu floue : si l'écriture se lit mal, posez la feuille bien à plat et numérisez à " +
		"nouveau."
	messageBouge = "La feuille a bougé pendant la numérisation, l'écriture est étirée : tenez-la immobile, vérifiez " +
		"l'entraînement du scanner et numérisez à nouveau."
	messageLigne    = "Une ligne d'écriture est coupée par le bord de la page : recentrez la feuille et numérisez à nouveau."
	messageUneLigne = "Une seule ligne est lisible sur la page, le noir et blanc a pu effacer le reste : assombrissez le " +
		"réglage du scanner, ou numérisez en niveaux de gris."
	messageCoin = "Un coin de la feuille est replié et peut cacher de l'écriture : dépliez-le et numérisez à nouveau."
	messageBas  = "La feuille est décalée vers le bas et ni signature ni tampon n'y figurent : replacez-la dans le cadre " +
		"et numérisez à nouveau."
	messageBiais = "La page est une photographie prise de biais : numérisez la feuille à plat, ou photographiez-la bien " +
		"en face, sans la pencher."
	messageDeux = "Page très longue : deux feuilles ont peut-être été entraînées ensemble. Vérifiez que chacune est " +
		"entière, sinon numérisez-les une par une."

	questionEcriture = "La page porte très peu d'encre. Y a-t-il bien une écriture à transmettre, entière et lisible ?"
	questionUneLigne = "Une seule ligne est lisible sur la page. Est-ce tout ce que porte la feuille ?"
	questionPale     = "L'écriture est très pâle. La lisez-vous en entier, sans effort ?"
	questionBord     = "De l'encre touche le bord de la page. L'écriture, la date et le tampon sont-ils entiers ?"
	questionBas      = "La feuille paraît décalée vers le bas. Le bas de l'ordonnance, avec la signature, est-il entier ?"
	questionHaut     = "La page commence par la date. Le haut de l'ordonnance, avec le nom du prescripteur, est-il entier ?"
)

func messageResolutionInconnue(min float64) string {
	return fmt.Sprintf("Le fichier n'indique pas sa résolution : numérisez à %.0f ppp ou plus avec un scanner, ou "+
		"indiquez la résolution employée.", min)
}

func messageResolutionAbsurde(dpi, l, h float64) string {
	return fmt.Sprintf("La résolution indiquée par le fichier (%.0f ppp) est invraisemblable : la page mesurerait %.0f "+
		"x %.0f mm. "+
		"Numérisez à nouveau, ou indiquez la résolution employée.", dpi, l, h)
}

func messageResolution(dpi, min float64) string {
	return fmt.Sprintf("Résolution de %.0f ppp, trop faible : réglez le scanner sur %.0f ppp ou plus et numérisez à "+
		"nouveau.", dpi, min)
}

func questionResolution(feuille string, dpi float64) string {
	return fmt.Sprintf("Le fichier n'indique pas sa résolution, ou l'indique mal. Cette page est-elle bien une feuille "+
		"%s numérisée à %.0f points par pouce ?", feuille, dpi)
}

func messageFormat(court, long float64, min [2]float64) string {
	return fmt.Sprintf("Page de %.0f x %.0f mm, plus petite que le minimum de %.0f x %.0f mm : choisissez le format A4 "+
		"ou A5 sur le scanner et numérisez la feuille entière.",
		court, long, min[0], min[1])
}

func messageBande(part float64) string {
	return fmt.Sprintf("Une bande noire couvre %.0f %% de la page : la feuille est décalée ou tronquée. Calez-la contre "+
		"le repère, choisissez son format et numérisez à nouveau.", 100*part)
}

func messageCoupe(n int) string {
	if n == 1 {
		return "L'écriture est coupée par le bord de la page : recentrez la feuille et numérisez à nouveau."
	}
	return fmt.Sprintf("L'écriture est coupée par le bord de la page à %d endroits : recentrez la feuille et numérisez "+
		"à nouveau.", n)
}

func messageBord(mm float64) string {
	return fmt.Sprintf("Bord noir de %.0f mm : choisissez le format de la feuille et fermez le couvercle du scanner.", mm)
}

func messageRedressee(deg float64) string {
	return fmt.Sprintf("Page inclinée de %.1f° : elle a été redressée.", deg)
}

func messageInclinee(deg float64) string {
	return fmt.Sprintf("Page inclinée de %.1f° : posez la feuille droite.", deg)
}

func messageRemise(deg int) string {
	return fmt.Sprintf("Page numérisée tournée de %d° : elle a été remise à l'endroit.", deg)
}

func messageTournee(deg int) string {
	return fmt.Sprintf("Page numérisée tournée de %d° : posez la feuille à l'endroit.", deg)
}
