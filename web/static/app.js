// Niceties only: every page works without this file.
"use strict";
for (const b of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) break;
  b.hidden = false;
  b.addEventListener("click", async () => {
    const field = document.getElementById(b.dataset.copy);
    await navigator.clipboard.writeText(field.value);
    b.querySelector(".kern-label").textContent = "✓";
  });
}
for (const b of document.querySelectorAll("[data-print]")) {
  b.hidden = false;
  b.addEventListener("click", () => window.print());
}
for (const area of document.querySelectorAll("[data-max]")) {
  const count = document.createElement("p");
  count.className = "kern-hint";
  const show = () => { count.textContent = area.value.length + " / " + area.dataset.max; };
  area.addEventListener("input", show);
  area.after(count);
  show();
}
for (const d of document.querySelectorAll("details[data-folds]")) {
  if (matchMedia("(max-width: 60rem)").matches) d.open = false;
}
for (const notes of document.querySelectorAll("[data-check]")) {
  const form = notes.closest("form");
  const watched = ["start", "start_clock", "end_date", "end", "town", "audiences", "languages"];
  let last = 0;
  form.addEventListener("change", async (e) => {
    if (!watched.includes(e.target.name)) return;
    const turn = ++last;
    const query = new URLSearchParams([...new FormData(form)].filter(([name]) => watched.includes(name)));
    const answer = await fetch(notes.dataset.check + "?" + query);
    if (answer.ok && turn === last) notes.innerHTML = await answer.text();
  });
}
for (const form of document.querySelectorAll("form[data-save]")) {
  const said = document.getElementById("gespeichert");
  form.addEventListener("change", async () => {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "auto");
    const answer = await fetch(form.action, { method: "POST", body });
    said.textContent = answer.status === 204 ? form.dataset.save : "";
  });
}
for (const box of document.querySelectorAll("[data-block]")) {
  const area = document.getElementById(box.dataset.block), text = box.dataset.text;
  const put = () => {
    area.value = box.checked
      ? [area.value.trim(), text].filter(Boolean).join("\n\n")
      : area.value.replace(text, "").replace(/\n{3,}/g, "\n\n").trim();
  };
  box.removeAttribute("name"); // the text says it; ticked as well it would be said twice
  if (box.checked && !area.value.includes(text)) put();
  box.addEventListener("change", put);
}
for (const list of document.querySelectorAll("[data-items]")) {
  // Only what is saved or proposed can be dragged; the new item stays at the end.
  const rows = () => [...list.querySelectorAll("[data-item]")].slice(0, -1);
  const count = () => rows().forEach((row, i) => { row.querySelector("[name=item_number]").value = i + 1; });
  let moving = null;
  for (const row of rows()) {
    const grip = document.createElement("span");
    grip.className = "w-itemrow__grip";
    grip.setAttribute("aria-hidden", "true"); // the buttons and numbers are for everybody
    grip.textContent = "⠿";
    row.querySelector("legend").prepend(grip, " ");
    grip.addEventListener("pointerdown", (e) => {
      moving = row;
      row.classList.add("w-itemrow--moves");
      e.preventDefault(); // marks no text
    });
  }
  // Not on the row: whoever moves in the page loses the pointer.
  document.addEventListener("pointermove", (e) => {
    if (!moving) return;
    const over = rows().find((r) => r !== moving && e.clientY > r.getBoundingClientRect().top && e.clientY < r.getBoundingClientRect().bottom);
    if (!over) return;
    const box = over.getBoundingClientRect();
    if (e.clientY < box.top + box.height / 2) over.before(moving); else over.after(moving);
    count();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => {
      moving?.classList.remove("w-itemrow--moves");
      moving = null;
    });
  }
}
for (const box of document.querySelectorAll("[data-most]")) {
  const file = box.querySelector("input[type=file]");
  file.addEventListener("change", () => {
    const large = file.files.length && file.files[0].size > Number(box.dataset.most);
    file.setCustomValidity(large ? box.dataset.toolarge : "");
    file.reportValidity();
  });
}
document.getElementById("fehler")?.focus();
for (const p of document.querySelectorAll("[data-scripted]")) p.hidden = false;
// A field that grows with its text.
for (const area of document.querySelectorAll(".w-grow")) {
  const grow = () => { area.style.height = "auto"; area.style.height = area.scrollHeight + 2 + "px"; };
  area.addEventListener("input", grow);
  if (area.value) grow();
}
// The last row of a list of rows is empty: whoever fills it gets another one.
for (const rows of document.querySelectorAll("[data-rows]")) {
  rows.addEventListener("input", () => {
    const last = rows.lastElementChild;
    if (![...last.querySelectorAll("input:not([type=hidden]),textarea")].some((x) => x.value)) return;
    const next = last.cloneNode(true);
    for (const x of next.querySelectorAll("input,textarea")) x.value = x.type === "hidden" ? "0" : "";
    rows.append(next);
  });
}
// Minutes are saved as one types. Of what two people wrote at the same time nothing
// is overwritten: saving stops until somebody has looked at both.
for (const form of document.querySelectorAll("form[data-live]")) {
  const said = form.querySelector("[data-said]");
  let timer = 0, busy = false, dirty = false, stopped = false;
  const number = (name, ids) => {
    let i = 0;
    for (const x of form.querySelectorAll(`[name="${name}"]`)) if (x.value.trim()) x.closest("[data-row]").querySelector("input[type=hidden]").value = ids[i++] ?? 0;
  };
  const noted = (body) => {
    for (const x of form.querySelectorAll('input[name^="was_"]')) {
      const id = x.name.slice(4);
      x.value = id === "guests" ? body.get("guests") : body.get("state_" + id) + "|" + body.get("instead_" + id);
    }
  };
  const save = async () => {
    if (busy || stopped) return;
    busy = true; dirty = false;
    const body = new URLSearchParams(new FormData(form));
    body.set("do", "auto");
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (answer.status === 409) { stopped = true; said.textContent = form.dataset.clash; }
      else if (answer.status === 422) { dirty = true; said.textContent = (await answer.json()).problem; }
      else if (answer.ok) {
        const got = await answer.json();
        if (got.seen) { form.elements.seen.value = got.seen; number("decision", got.decisions ?? []); number("task", got.tasks ?? []); }
        noted(body);
        said.textContent = dirty ? form.dataset.unsaved : form.dataset.saved;
      } else throw new Error(answer.status);
    } catch { dirty = true; said.textContent = form.dataset.unsaved; later(8000); }
    busy = false;
    if (dirty && !timer && said.textContent === form.dataset.unsaved) later(1500);
  };
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(() => { timer = 0; save(); }, wait); };
  const changed = (wait) => { dirty = true; if (!stopped) { said.textContent = form.dataset.unsaved; later(wait); } };
  form.addEventListener("input", () => changed(1500));
  form.addEventListener("change", () => changed(300));
  form.addEventListener("submit", () => { stopped = true; dirty = false; clearTimeout(timer); });
  addEventListener("beforeunload", (e) => { if (dirty) e.preventDefault(); });
}
