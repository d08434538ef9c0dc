package render

import "nmdebug/inspect"

// Section is some rows under a title.
type Section struct {
	Title Cell
	Rows  []Row
}

// Facts are the facts about an interface, section by section: name, source and value of each.
func Facts(facts []inspect.Fact) []Section {
	var sections []Section
	for i, f := range facts {
		if i == 0 || f.Section != facts[i-1].Section {
			sections = append(sections, Section{Title: Cell{f.Section, Strong}})
		}
		s := &sections[len(sections)-1]
		s.Rows = append(s.Rows, Row{{" ", Plain}, {f.Name, Plain}, {f.Source, Dim}, {f.Value, Plain}})
	}
	return sections
}
