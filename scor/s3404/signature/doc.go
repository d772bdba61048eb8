// Package signature captures the handwritten signature of the bordereaux S3404 and guards its use: who may sign what,
// once, and until when the strokes exist. It is a library that an editor embeds; subpackage web is its page for a
// tablet, and any other screen can be put on the same [Registre].
//
// # What is public and served here
//
//   - On the screen while signing: the time and the identifier of what is signed ([D] H, CNAMTS recommendations
//     reported by DSIH).
//   - A captured signature serves only what it was given for, never twice, and is deleted from the store as soon as it
//     is attached; only authorised signers come near it (same source). See [Registre.Signer] and [Registre.Utiliser].
//   - One signature for the whole lot, practitioners signed "pour mandat" (FHP-MCO, 7 September 2020). The older
//     guidance wanted one for each invoice: which of the two holds on a date is dated data, [Regles].
//
// How the strokes must be embedded, and which text is in force, is not public: ask the CNAM. Nothing here claims
// conformity.
//
// # Life of a signature
//
//	Presenter ──▶ à signer ──(Enregistrer: strokes kept as they are drawn)──▶ Signer ──▶ signé ──▶ Utiliser ──▶ joint
//	                 └──▶ Refuser ──▶ refusé                                                     (strokes deleted)
//
// A [Document] is named by the hash of its lot and of its bytes. [Registre.Signer] compares the bytes again with what
// was shown, and creates the signature in one atomic step of the [Magasin]: of two requests, on two tablets or sent
// twice by a bad network, one signs and the other gets the same [Recu] (same idempotency key) or [ErrDejaSigne].
// [Registre.Utiliser] compares once more, hands the strokes out, and deletes them when they are embedded.
//
// Who may sign "pour mandat" for whom, from when to when and by which document is a list of [Delegations], where the
// establishment has one ([WithDelegations]); the document's reference is in the receipt.
//
// A document may be signed by several, in an order that its presenter fixes ([Document.Ordre]): each sees it once the
// one before has signed, each signature is bound to the one before, one refusal stops all, and [Registre.Utiliser]
// hands all of them out together. [Registre.Copie] gives the signed file to those who signed it.
//
// What was signed is bound by [Signature.Lien], the SHA-256 of document, signer, mandate, time and strokes together:
// strokes taken out of one bordereau and put into another no longer match it.
package signature
