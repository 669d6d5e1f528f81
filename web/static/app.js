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
      grip.setPointerCapture(e.pointerId);
    });
    grip.addEventListener("pointermove", (e) => {
      if (moving !== row) return;
      const over = rows().find((r) => r !== row && e.clientY > r.getBoundingClientRect().top && e.clientY < r.getBoundingClientRect().bottom);
      if (!over) return;
      const box = over.getBoundingClientRect();
      if (e.clientY < box.top + box.height / 2) over.before(row); else over.after(row);
      count();
    });
    grip.addEventListener("pointerup", () => { moving = null; row.classList.remove("w-itemrow--moves"); });
    grip.addEventListener("pointercancel", () => { moving = null; row.classList.remove("w-itemrow--moves"); });
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
