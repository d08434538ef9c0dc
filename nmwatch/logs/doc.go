// Package logs reads what processes log - the journal, files, syslog's socket - and makes a record of each entry.
//
// An entry is held in systemd's Journal Export Format, wherever it came from: lines of files and datagrams of syslog become
// entries with the fields that the journal would have given them. Secrets are taken out here, before anybody else sees them.
package logs
