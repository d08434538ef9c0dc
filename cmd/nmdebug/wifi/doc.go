// Package wifi tests nmdebug in a virtual machine with real radios: in each scenario of package wifilab it must say which floors stand, what
// the cause is and why.
package wifi
