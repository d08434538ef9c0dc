// Package loglevel raises how much the daemons log, and sets it back to exactly what it was.
//
// What was there before is written to a ledger first: when the run that raised it dies, the next one sets it back. Keys are
// never shown: DebugShowKeys of wpa_supplicant is left as it is.
package loglevel
