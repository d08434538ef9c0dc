// Package image makes what the lab's virtual machine boots from: a stock Debian kernel, a file system of Debian's packages, and an
// initramfs with the lab's agent and files.
//
// Nothing is made twice: images are kept in a cache outside of the repository, named after a hash of all that goes into them.
package image
