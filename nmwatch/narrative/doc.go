// Package narrative tells records in words: who did what, to which interface, and how long an answer took.
//
// It is a fold like others: it remembers what names stand for, which calls wait for an answer, and how the kernel stood, and
// knows no clock. It is given every record of the stream, in order, and gives the lines that each is worth.
package narrative
