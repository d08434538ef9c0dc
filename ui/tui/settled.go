package tui

// settled says whether the picture stays as it is until something new happens: all is read, looked through and printed, and nothing
// runs. What is live settles between two things that happen.
func (p *Panel) settled() bool {
	page, isPage := p.pages[p.screen]
	return p.read() && len(p.jobs) == 0 && !p.levels.busy && p.tasks == 0 && p.console.settled() && (!isPage || page.settled())
}

// read says whether all lines that were seen are in all lists.
func (p *Panel) read() bool {
	if p.Recording != "" && !p.past.Complete {
		return false
	}
	for _, v := range p.lists() {
		if !v.chosen.Whole() {
			return false
		}
	}
	return true
}

// settled says whether no command runs, and what was to be done after one is done.
func (c *console) settled() bool { return c.run == nil || c.run.over }

// settled says whether what is to be seen is printed.
func (v *pageView) settled() bool { return !v.running && v.wanted() == v.shown }
