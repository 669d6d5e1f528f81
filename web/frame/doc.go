// Package frame is what all pages share: the request, the page around the
// content, forms, errors, sessions, static files, kept answers.
//
// # How to add a page
//
// A package of pages (web/groups, say) embeds its templates, parses them once
// and lists its routes:
//
//	//go:embed templates/*.html
//	var templates embed.FS
//
//	type Pages struct {
//		*frame.Frame
//		set *frame.Set
//	}
//
//	func New(f *frame.Frame) (*Pages, error) {
//		set, err := f.Parse(templates)
//		return &Pages{f, set}, err
//	}
//
//	func (p *Pages) Routes() []frame.Route {
//		return []frame.Route{
//			{Method: "GET", Path: "/gremien/:slug", Who: frame.Person, Handle: p.group},
//			{Method: "POST", Path: "/gremien/:slug", Who: frame.Chair, Handle: p.saveGroup},
//		}
//	}
//
// web/web.go puts the routes of all packages together; a test of one package
// does it with Frame.Handler. Paths have no language: the prefix is taken off
// before the router and comes back through the template function url and
// Ctx.Redirect. Wildcards at the same place need the same name (":year",
// ":slug", ":id", ":token").
//
// A handler reads, calls one use case, and answers with one of Render, Redirect
// and Send, or returns an error, which error.go turns into a page:
//
//	func (p *Pages) group(c *frame.Ctx) error {
//		g, err := p.Store.Group(c, agenda.GroupID(c.Param("slug")))
//		if err != nil {
//			return err // agenda.ErrNotFound becomes the 404 page
//		}
//		return c.Render(p.set, "group", frame.View{Title: g.Name, Nav: "/gremien", Data: g})
//	}
//
// Who of the route is checked before the handler runs; rights on one thing
// (chair of this group) are the handler's: Ctx.RequireChair. Somebody who is not
// logged in and asks with GET is sent to /einloggen?weiter=…
//
// A form that fails is shown again with everything that was typed. Fail takes
// the agenda.Problems out of an error and hands back any other:
//
//	func (p *Pages) saveGroup(c *frame.Ctx) error {
//		g, err := p.Store.Group(c, agenda.GroupID(c.Param("slug")))
//		…
//		if _, err := c.RequireChair(g.ID); err != nil {
//			return err
//		}
//		form, err := c.Form()
//		if err != nil {
//			return err
//		}
//		g.Name, g.PerYear = form.Line("name"), form.Int("peryear") // "a dozen" is a problem of the form
//		if len(form.Problems) == 0 {
//			if _, err = p.Store.SaveGroup(c, c.Actor(), g); err == nil {
//				c.Flash(c.T("groups.saved"))
//				return c.Redirect("/gremien/" + string(g.ID))
//			}
//			if err = form.Fail(err); err != nil {
//				return err
//			}
//		}
//		return c.Render(p.set, "edit", frame.View{Title: …, Form: form, Data: g}) // 422, "Fehler: …", summary with links
//	}
//
// # Templates
//
// The file templates/group.html is the page "group": the content of <main>
// without the <h1>, which is View.Title. Dot is a *Page: .Data is the handler's,
// .Form the form, .Person who is logged in. Functions, all in the page's
// language: T, N (messages), date, dateShort, dateMedium, days, clock, dateTime,
// when, span, weekday, weekdayShort, month, monthShort, instant (a UTC time as
// wall-clock time), number, list, url (path with language), asset (static file),
// term "category" .Category, terms, options "audience" .Codes, fieldName, paras
// (paragraphs of lines), linked (a contact as link), qr, slug, dict, join.
//
// Fields (templates/fields.html) show label, hint, value and error of one field
// with all ARIA they need. Options are names and values in turn: label, hint,
// type, autocomplete, empty, max, rows, required, optional, options.
//
//	{{template "field.text" field .Form "title" "max" 80 "required" true "hint" (T "submit.title_hint")}}
//	{{template "field.area" field .Form "summary" "rows" 6}}
//	{{template "field.select" field .Form "category" "options" (options "category" .Data.Categories) "empty" (T "frame.choose")}}
//	{{template "field.checks" field .Form "audiences" "options" (options "audience" .Data.Audiences)}}
//	{{template "field.radios" field .Form "stepfree" "options" .Data.Known}}
//	{{template "field.check" field .Form "free"}}            one box, value "1": Form.On, Form.SetOn
//	{{template "field.when" field .Form "start"}}            day and time of day: Form.Local, Form.SetTime
//	{{template "field.date" field .Form "from"}}             Form.Date; set it with Date.String()
//	{{template "field.file" field .Form "file"}}
//	{{template "seen" .Form}}                                hidden version: Form.Seen, Form.SetSeen
//	{{template "button" (T "frame.save")}}                   the button of a form
//	{{template "text" .Data.Purpose}}                        a text of several lines as paragraphs
//
// The label is the message field.<name>, an error the message error.<rule> with
// {want}; names of inputs are those of the agenda's Problems.
package frame
