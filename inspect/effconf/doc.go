// Package effconf tells which configuration of wpa_supplicant is really in force on an interface, and writes it as a file.
//
// Several sources tell of it, each in its own way: the supplicant itself, the calls that NetworkManager was seen to make, its
// log, and what its rules make of the profile. Each becomes an Account in the words of wpa_supplicant.conf; Join makes one
// configuration of them, in which each line knows who told it. It is pure.
package effconf
