// The programme as an element for the sites of towns and associations:
//   <widunetz-programm year="2027" town="buende"><a href="…">…</a></widunetz-programm>
// What stands inside of it is shown until the list is there, and stays if it does not come.
"use strict";
(() => {
  const texts = /*texts*/{};
  const base = new URL("..", document.currentScript.src).href;
  const filters = ["town", "audience", "language", "category", "organiser", "day", "from", "until", "free", "accessible", "childcare", "q"];
  const css = `:host{display:block}h2,h3,h4{font-size:1.1em;margin:1em 0 .3em}ul{list-style:none;margin:0;padding:0}li{padding:.5em 0;border-top:1px solid}
a{color:inherit;overflow-wrap:anywhere}a:focus-visible{outline:3px solid;outline-offset:2px}`;
  const make = (name, parent, text) => {
    const e = document.createElement(name);
    if (text) e.textContent = text;
    parent.append(e);
    return e;
  };
  const link = (parent, href, text) => {
    const a = make("a", parent, text);
    if (/^https?:/.test(href)) a.href = href;
    return a;
  };

  class Programme extends HTMLElement {
    async connectedCallback() {
      if (this.asked) return;
      this.asked = true;
      const lang = (this.closest("[lang]")?.lang || "de").toLowerCase().split("-")[0];
      this.code = texts[lang] ? lang : "de";
      this.texts = texts[this.code];
      const query = new URLSearchParams();
      for (const f of filters) if (this.getAttribute(f)) query.set(f, this.getAttribute(f));
      const year = encodeURIComponent(this.getAttribute("year") || "");
      const tail = String(query) ? "?" + query : "";
      try {
        const answer = await fetch(base + "feeds/programme/" + year + ".json" + tail, { credentials: "omit" });
        if (!answer.ok) throw new Error(answer.status);
        this.show(await answer.json());
      } catch {
        if (!this.firstElementChild) link(this, base + "programm/" + year + tail, this.texts.whole);
      }
    }

    show(data) {
      const box = document.createElement("div");
      box.lang = this.code;
      box.dir = this.texts.dir;
      const level = /^[2-4]$/.test(this.getAttribute("heading")) ? this.getAttribute("heading") : "3";
      let day = "", list;
      for (const e of this.dates(data.events)) {
        if (e.start.slice(0, 10) !== day) {
          day = e.start.slice(0, 10);
          make("h" + level, box, this.date(day));
          list = make("ul", box);
        }
        this.event(make("li", list), e);
      }
      if (!list) make("p", box, this.texts.empty);
      link(make("p", box), this.local(data.url), this.texts.whole);
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      root.append(box);
    }

    // An event with several dates stands on each of them, as in the programme.
    dates(events) {
      const [on, from, until] = ["day", "from", "until"].map(n => /^\d{4}-\d\d-\d\d$/.test(this.getAttribute(n)) ? this.getAttribute(n) : "");
      return events.flatMap(e => e.dates.map(d => ({ ...e, ...d }))).filter(d => {
        const first = d.start.slice(0, 10), last = d.end.slice(0, 10);
        return (!on || first <= on && on <= last) && last >= from && (!until || first <= until);
      }).sort((a, b) => a.start < b.start ? -1 : a.start > b.start ? 1 : 0);
    }

    event(li, e) {
      const off = e.status !== "scheduled";
      const from = e.start.slice(11, 16), to = e.end.slice(11, 16), last = e.end.slice(0, 10);
      make(off ? "del" : "b", li, last === e.start.slice(0, 10) ? from + "–" + to + this.texts.hours
        : from + this.texts.hours + " " + this.texts.until.replace("{date}", this.date(last) + ", " + to + this.texts.hours));
      li.append(" ");
      make("bdi", link(li, this.local(e.url)), e.title);
      const place = [e.venue, [e.street, e.town].filter(Boolean).join(", ")].filter(Boolean).join(", ");
      if (place) {
        make("br", li);
        make("bdi", li, place);
      }
      make("br", li);
      make("bdi", li, e.organiser);
      const marks = [off && this.texts[e.status], e.full && this.texts.full, e.previous_start && !off && this.texts.moved].filter(Boolean);
      if (e.free) li.append(" · " + this.texts.free);
      else if (e.price) {
        li.append(" · ");
        make("bdi", li, e.price);
      }
      for (const m of marks) {
        li.append(" · ");
        make("strong", li, m);
      }
    }

    // The page of an event in the language of the list.
    local(url) { return this.code === "de" ? url : url.replace(/^(https?:\/\/[^/]+)\//, "$1/" + this.code + "/"); }

    date(day) {
      return new Intl.DateTimeFormat([this.code === "en" ? "en-GB" : this.code, "de"],
        { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(day + "T12:00:00Z"));
    }
  }
  if (!customElements.get("widunetz-programm")) customElements.define("widunetz-programm", Programme);
})();
