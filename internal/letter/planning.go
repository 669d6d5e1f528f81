package letter

import "strconv"

// planning tells the office which groups have fewer dates than was promised.
func (d *draft) planning() error {
	if len(d.Shortfalls) == 0 {
		return ErrNothing
	}
	d.open("planning", "")
	for _, s := range d.Shortfalls {
		d.s.Intro = append(d.s.Intro, "– "+d.p.Shortfall(s))
	}
	group := d.Shortfalls[0].Group.ID
	d.act("planning_link", "/koordination/gremien/"+string(group)+"/jahresplanung")
	d.act("year_picture", "/gremien/jahr/"+strconv.Itoa(d.Shortfalls[0].Year))
	return nil
}
