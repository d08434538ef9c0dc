// Package redact takes the secrets out of records before anything is written.
//
// A D-Bus message that cannot be read is left out altogether, and a note takes its place: what is not understood is not
// passed on. In a message that can be read the values go whose names are secret ([secret.Key]); in one of a kind that
// carries secrets, everything whose name sounds like one ([secret.Like]); and where a secret has no name, as an argument
// or as the answer to a call that asked for secrets, the whole argument or answer. An answer to a call that was not seen
// is taken for one that carries secrets.
package redact
