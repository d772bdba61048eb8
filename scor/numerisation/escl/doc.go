// Package escl scans with a network scanner that speaks eSCL, the driverless protocol of Mopria (also AirScan): plain
// HTTP and XML, so that no driver has to be installed on the computer.
//
// # In this order
//
//  1. [New] makes a client for a scanner's address, as "http://192.168.1.20/eSCL". Nothing is looked for on the
//     network: who installs the office gives the address.
//  2. [Client.Capacites] says what the scanner can do, and [Capacites.Choisir] what to ask of it for a piece.
//  3. [Client.Numeriser] scans, and gives each document as it comes, to be read at once. Hand it to package
//     numerisation: this one judges nothing.
//  4. On an error show [Erreur.Phrase] to the person at the scanner: what stops it, and what to do.
//
// # What is implemented
//
// Mopria eSCL 2.x: ScannerCapabilities, ScannerStatus, POST ScanJobs, NextDocument until 404, DELETE of the job; platen
// and feeder, one side or both; discrete resolutions and ranges; JPEG and PDF; 503 with Retry-After. Element names are
// read whatever their namespace and order, since scanners differ in both. Not implemented: discovery (DNS-SD),
// blank page detection by the scanner (what is blank is judged later, by what everybody sees), scan to a
// destination.
//
// # What is safe
//
// The scanner is believed in nothing: answers are bounded ([WithTailleMax]), addresses that it gives are used for their
// path only, on the address that the host gave, redirects to other machines are refused. Over https a certificate
// that no authority signed is accepted only if it is the one whose digest the host gave ([WithCertificat]);
// [ReadCertificat] gives the digest of what is there, to be shown to the person who installs it.
//
// A sheet that the scanner couldn't pull isn't passed over: after the last document the state of the job is read, and
// one that was aborted, or a feeder that jammed, ends the sequence with an error.
package escl
