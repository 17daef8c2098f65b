"use strict";
// Filter, sorting and links into closed details. Without this script the page says the same.
(() => {
  const table = document.getElementById("matrix");
  const rows = table ? [...table.tBodies[0].rows] : [];

  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent;
  };
  const order = new Intl.Collator("en", { numeric: true });
  const sort = (head, column) => {
    const down = head.getAttribute("aria-sort") === "ascending";
    const sorted = rows.map((row, at) => ({ row, at, key: key(row, column) }));
    sorted.sort((a, b) => (down ? -1 : 1) * order.compare(a.key, b.key) || a.at - b.at);
    for (const other of head.parentNode.cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    table.tBodies[0].append(...sorted.map((s) => s.row));
  };
  for (const [column, head] of [...(table ? table.tHead.rows[0].cells : [])].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(head, column));
    head.append(button);
  }

  const form = document.getElementById("filter");
  const has = (list, word) => !word || (list ?? "").split(" ").includes(word);
  const filter = () => {
    const text = form.elements.text.value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      const fits = (row.cells[0].textContent + " " + row.cells[1].textContent).toLowerCase().includes(text) &&
        has(row.dataset.class, form.elements.class.value) && has(row.dataset.level, form.elements.level.value) &&
        has(row.dataset.field, form.elements.field.value);
      row.hidden = !fits;
      shown += fits;
    }
    form.elements.count.value = `${shown} of ${rows.length} shown`;
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }

  const openers = document.getElementById("openers");
  if (openers) {
    openers.hidden = false;
    openers.addEventListener("click", (event) => {
      if (!("open" in event.target.dataset)) return;
      for (const d of document.querySelectorAll("details.instruction")) d.open = event.target.dataset.open !== "";
    });
  }
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let d = target?.closest("details"); d; d = d.parentElement.closest("details")) d.open = true;
    target?.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  // What scrolls sideways can be reached by keyboard; what does not is no stop on the way.
  const stops = () => {
    for (const box of document.querySelectorAll(".wide, table.witness, pre"))
      if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
  };
  addEventListener("resize", stops);
  addEventListener("toggle", stops, true);
  stops();
  // Browsers that do not know ::details-content print what is open.
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")];
    for (const d of closed) d.open = true;
  });
  addEventListener("afterprint", () => { for (const d of closed) d.open = false; });
})();
