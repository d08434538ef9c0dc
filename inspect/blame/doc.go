// Package blame says where the seconds of an activation went: which step took how long, of devices and of VPNs.
package blame
