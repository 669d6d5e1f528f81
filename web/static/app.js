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
document.getElementById("fehler")?.focus();
