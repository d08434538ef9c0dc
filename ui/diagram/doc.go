// Package diagram writes a graph in the forms of other programs - DOT, Mermaid, SVG - with what came from strangers
// escaped as each form needs it.
package diagram
