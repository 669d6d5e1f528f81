package web

import (
	"net/http"
	"strconv"

	"widunetz/internal/agenda"
)

func (w *Web) showRules(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	return w.rulesPage(c, http.StatusOK, g, g.Rules, nil)
}

// rulesPage shows what accompanies the meetings of a group; what is switched off
// stands there with its usual numbers.
func (w *Web) rulesPage(c *Ctx, status int, g agenda.Group, r agenda.Rules, err error) error {
	usual := agenda.UsualRules()
	if !r.Answers.On {
		r.Answers = usual.Answers
	}
	if !r.Topics.On {
		r.Topics = usual.Topics
	}
	if !r.Minutes.On {
		r.Minutes = usual.Minutes
	}
	f := c.form(c.path, "office.save").seen(g.Changed)
	number := func(name string, n int) { f.add(field{Kind: "number", Name: name, Value: strconv.Itoa(n)}) }
	f.heading("rules.answers_head")
	f.check("rule_answers", r.Answers.On)
	number("rule_answers_by", r.Answers.By)
	number("rule_answers_nudge", r.Answers.Nudge)
	number("rule_answers_heads", r.Answers.Heads)
	f.check("rule_answers_names", r.Answers.Names)
	f.heading("rules.topics_head")
	f.check("rule_topics", r.Topics.On)
	number("rule_topics_ask", r.Topics.Ask)
	number("rule_topics_send", r.Topics.Send)
	f.check("rule_topics_requests", r.Topics.Requests)
	f.heading("rules.minutes_head")
	f.check("rule_minutes", r.Minutes.On)
	number("rule_minutes_within", r.Minutes.Within)
	number("rule_minutes_objection", r.Minutes.Objection)
	if err != nil && !f.refuse(err) {
		return err
	}
	return c.page(status, "rules", c.P.T("rules.title", "group", g.Name), map[string]any{"Form": f, "G": g})
}

func (w *Web) saveRules(c *Ctx) error {
	g, err := w.Store.Group(c.ctx(), agenda.GroupID(c.Param("group")))
	if err != nil {
		return err
	}
	r, err := c.postedRules()
	if err == nil {
		err = w.Store.SetRules(c.ctx(), c.actor(), g.ID, r, c.postedSeen())
	}
	if err != nil {
		return w.rulesPage(c, http.StatusUnprocessableEntity, g, r, err)
	}
	c.flash(c.P.T("office.saved", "name", g.Name))
	return c.redirect("/gremien/" + string(g.ID))
}

// postedRules reads the form; the numbers of what is switched off are left out.
func (c *Ctx) postedRules() (r agenda.Rules, err error) {
	var p agenda.Problems
	on := func(name string) bool { return c.posted(name) != "" }
	if on("rule_answers") {
		r.Answers = agenda.AnswerRules{
			On: true, By: c.postedInt(&p, "rule_answers_by"), Nudge: c.postedInt(&p, "rule_answers_nudge"), Heads: c.postedInt(&p, "rule_answers_heads"), Names: on("rule_answers_names"),
		}
	}
	if on("rule_topics") {
		r.Topics = agenda.TopicRules{On: true, Ask: c.postedInt(&p, "rule_topics_ask"), Send: c.postedInt(&p, "rule_topics_send"), Requests: on("rule_topics_requests")}
	}
	if on("rule_minutes") {
		r.Minutes = agenda.MinuteRules{On: true, Within: c.postedInt(&p, "rule_minutes_within"), Objection: c.postedInt(&p, "rule_minutes_objection")}
	}
	return r, joined(p, r.Check())
}
