// Package retour turns a received message into what it says about what was sent: [ARL] (accusé de réception logique,
// positive or negative), [MdS] (message de service: the frontal could not hand the message on), [ANR] (avis de
// non-remise: the mail system could not deliver it), [RSP] (NOEMIE return: rejet, signalement, paiement; read by
// package retour/noemie). It changes no state.
//
// How ARL and MdS are recognised and laid out is not public: the profile says it ([scor.FormatRetours]). Non-delivery
// reports follow RFC 3464, and RSP the public NOEMIE-PS layout.
package retour
