package render

import (
	"fmt"

	"nmdebug/inspect"
)

// Section is some rows under a title.
type Section struct {
	Title Cell
	Rows  []Row
}

// Facts are the facts about an interface, section by section: name, source and value of each. Of values that are so
// without having been set, only their number is told.
func Facts(facts []inspect.Fact) []Section {
	var sections []Section
	for len(facts) > 0 {
		n := 1
		for n < len(facts) && facts[n].Section == facts[0].Section {
			n++
		}
		sections = append(sections, section(facts[:n]))
		facts = facts[n:]
	}
	return sections
}

func section(facts []inspect.Fact) Section {
	s := Section{Title: Cell{facts[0].Section, Strong}}
	defaults := 0
	for _, f := range facts {
		if f.Default {
			defaults++
			continue
		}
		s.Rows = append(s.Rows, Row{{" ", Plain}, {f.Name, Plain}, {f.Source, Dim}, {f.Value, Plain}})
	}
	if defaults > 0 {
		s.Rows = append(s.Rows, Row{{" ", Plain}, {"", Plain}, {facts[0].Source, Dim}, {fmt.Sprintf("%d more with their defaults", defaults), Dim}})
	}
	return s
}
