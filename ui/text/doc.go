// Package text draws rows of cells on a terminal or into a file: widths, colours, wrapping, and the escaping of all that
// came from strangers.
package text
