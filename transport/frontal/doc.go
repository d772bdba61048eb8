// Package frontal is a frontal to test against: what net/http/httptest is to
// net/http, for the test suite of any editor. It listens on loopback, takes
// messages over SMTP, opens them with a key of its own, checks them against a
// profile and the public IRIS/B2 conventions, and puts its answers in mailboxes
// read over POP3. What it answers, and how its network misbehaves, is a
// [Scenario]: a data file or Go values. Everything received is recorded.
//
// It never stands for a real frontal: the layouts of real ARL and messages de
// service aren't public, so that its answers are those of the profile.
//
//	f, err := frontal.New(frontal.Config{})
//	defer f.Close()
//	// send to f.SMTP(), address f.Adresse(), certificate f.Certificat();
//	// read f.POP3() as the sending address, any password
//	f.Recus() // what arrived
//
// With Config.Dossier its state survives the process: messages received and mail
// not yet fetched are on disk before they're answered for, so that a program that
// runs its own frontal can be killed and started again.
package frontal
