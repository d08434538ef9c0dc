// Package machine runs a virtual machine under software emulation, and takes it back to snapshots.
//
// A machine has no network and never uses the processor's virtualisation. It ends with the process that started it, however that ends.
package machine
