// Package wire reads and writes single D-Bus messages: bytes to values and back.
//
// It is pure and knows no connection. Length tells where a message ends, Parse reads its header, Args its body. Both
// byte orders are read; little endian is written. Section names in comments are those of the D-Bus specification 0.43.
//
// The bytes may come from anyone: a daemon, a recording, a fuzzer. Whatever they are, the functions return values or a
// *FormatError with the offset in the message. They do not panic, and what they allocate is bounded by the bytes that
// are there (about 32 times as much, for a body made to be expensive), never by a length that the bytes claim.
//
// # Values
//
// Args turns a body into these Go values. They are shared by everyone who asks the same message: read only.
//
//	y b n q i u x t d   byte bool int16 uint16 int32 uint32 int64 uint64 float64
//	s o g h             string Path Signature FD
//	v                   the value inside; the variant leaves no trace
//	ay as ao            []byte []string []Path
//	a{sv}, a{s?}        map[string]any
//	a{sa{sv}}           map[string]map[string]any
//	a{oa{sa{sv}}}       map[Path]map[string]map[string]any
//	other dictionaries  map[any]any
//	other arrays        []any
//	structs             []any
//
// Empty containers are empty, never nil. The signature of a variant is lost, and with it the element type of an empty
// array ("au" and "ai" both give []any{}): who must tell those apart compares raw bytes.
package wire
