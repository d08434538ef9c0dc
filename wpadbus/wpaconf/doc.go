// Package wpaconf reads, writes, compares and cleans wpa_supplicant.conf.
//
// A file is read as wpa_supplicant itself reads it (wpa_supplicant/config_file.c, src/utils/config.c): the same comments,
// quotes, blocks and limits of a line. A value stays the text that stands in the file, with its quotes, for the same text
// is what wpa_supplicant shows on D-Bus. The package knows the keys of 2.10, 2.11 and the development towards 2.12: their
// kinds, ranges and defaults, and which of them are secret. Parse(Write(x)) is x; what Write could not give back it refuses.
package wpaconf
