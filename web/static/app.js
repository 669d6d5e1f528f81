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
document.getElementById("fehler")?.focus();
