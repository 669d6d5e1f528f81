package agenda

// Rules say what accompanies the meetings of a group besides an invitation and
// its reminders. The zero value is nothing else; a group switches on what it
// wants. All times are days before or after the day of a meeting.
type Rules struct {
	Answers AnswerRules `json:"answers,omitzero"`
	Topics  TopicRules  `json:"topics,omitzero"`
	Minutes MinuteRules `json:"minutes,omitzero"`
}

// AnswerRules say how members are asked whether they come.
type AnswerRules struct {
	On    bool `json:"on,omitempty"`
	By    int  `json:"by,omitempty"`    // days before: until then members are asked to answer; they can until the meeting begins
	Nudge int  `json:"nudge,omitempty"` // days before: who has not answered is reminded; 0: nobody is
	Heads int  `json:"heads,omitempty"` // days before: the host learns how many come; 0: not by mail
	Names bool `json:"names,omitempty"` // members see who comes, not only how many
}

// TopicRules say how the agenda comes about.
type TopicRules struct {
	On   bool `json:"on,omitempty"`
	Ask  int  `json:"ask,omitempty"`  // days before: members are asked for topics; 0: they are not
	Send int  `json:"send,omitempty"` // days before: the agenda goes out, if the chair has released it

	Requests bool `json:"requests,omitempty"` // everybody in the network can ask the group for a training
}

// MinuteRules say what becomes of the minutes.
type MinuteRules struct {
	On        bool `json:"on,omitempty"`
	Within    int  `json:"within,omitempty"`    // days after: until then the draft is expected
	Objection int  `json:"objection,omitempty"` // days for comments after the draft went out; then the minutes are final
}

// UsualRules are what the page of the rules proposes to a group that switches
// something on.
func UsualRules() Rules {
	return Rules{
		Answers: AnswerRules{By: 5, Nudge: 7, Heads: 2},
		Topics:  TopicRules{Ask: 21, Send: 14},
		Minutes: MinuteRules{Within: 14, Objection: 14},
	}
}

// Check returns what is wrong with the rules. Numbers of what is switched off
// are not looked at.
func (r Rules) Check() error {
	var p Problems
	if a := r.Answers; a.On {
		between(&p, "rule_answers_by", a.By, 0, 60)
		between(&p, "rule_answers_nudge", a.Nudge, 0, 60)
		between(&p, "rule_answers_heads", a.Heads, 0, 60)
		if a.Nudge > 0 && a.Nudge < a.By {
			p.Add("rule_answers_nudge", "nudge_late", itoa(a.By)) // it would come after the last day to answer
		}
	}
	if t := r.Topics; t.On {
		between(&p, "rule_topics_ask", t.Ask, 0, 90)
		between(&p, "rule_topics_send", t.Send, 1, 60)
		if t.Ask > 0 && t.Ask <= t.Send {
			p.Add("rule_topics_ask", "ask_late", itoa(t.Send+1))
		}
	}
	if m := r.Minutes; m.On {
		between(&p, "rule_minutes_within", m.Within, 1, 90)
		between(&p, "rule_minutes_objection", m.Objection, 0, 90)
	}
	return p.Err()
}

// Changes lists the fields in which the rules s differ from r.
func (r Rules) Changes(s Rules) []Change {
	var c []Change
	diff(&c, "rule_answers", yes(r.Answers.On), yes(s.Answers.On))
	diff(&c, "rule_answers_by", itoa(r.Answers.By), itoa(s.Answers.By))
	diff(&c, "rule_answers_nudge", itoa(r.Answers.Nudge), itoa(s.Answers.Nudge))
	diff(&c, "rule_answers_heads", itoa(r.Answers.Heads), itoa(s.Answers.Heads))
	diff(&c, "rule_answers_names", yes(r.Answers.Names), yes(s.Answers.Names))
	diff(&c, "rule_topics", yes(r.Topics.On), yes(s.Topics.On))
	diff(&c, "rule_topics_ask", itoa(r.Topics.Ask), itoa(s.Topics.Ask))
	diff(&c, "rule_topics_send", itoa(r.Topics.Send), itoa(s.Topics.Send))
	diff(&c, "rule_topics_requests", yes(r.Topics.Requests), yes(s.Topics.Requests))
	diff(&c, "rule_minutes", yes(r.Minutes.On), yes(s.Minutes.On))
	diff(&c, "rule_minutes_within", itoa(r.Minutes.Within), itoa(s.Minutes.Within))
	diff(&c, "rule_minutes_objection", itoa(r.Minutes.Objection), itoa(s.Minutes.Objection))
	return c
}
