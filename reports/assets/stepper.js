"use strict";
// Steps forward and back through a recorded run. Without this script the page lists all steps.
(() => {
  const run = JSON.parse(document.getElementById("recording").textContent);
  const form = document.getElementById("controls");
  const count = run.steps.length;
  const sides = ["bare", "virtual", "real"];
  const columns = { bare: 1, virtual: 2, real: 4 };
  const rows = [...document.querySelectorAll("#states tbody tr")];
  const list = [...document.querySelectorAll("#steps tbody tr")];
  let at = 0; // steps that are done

  // The states after n steps: going back starts anew from the nearest one that was kept.
  const kept = [structuredClone(run.start)];
  const every = 64;
  const states = (n) => {
    const from = Math.min(Math.floor(n / every), kept.length - 1);
    const now = structuredClone(kept[from]);
    for (let k = from * every; k < n; k++) {
      for (const side of sides) Object.assign(now[side], run.steps[k][side].changes);
      if ((k + 1) % every === 0 && kept.length === (k + 1) / every) kept.push(structuredClone(now));
    }
    return now;
  };

  const ways = (step) => {
    const parts = new Set(step.path.map((p) => p.part));
    const lit = new Set(["guest", ...parts]);
    if (parts.has("direct")) lit.add("back-direct");
    if (parts.has("trap")) lit.add("direct");
    if (parts.has("allocator") && parts.has("trap")) { lit.add("to-allocator"); if (!parts.has("interpreter")) lit.add("back-allocator"); }
    if (parts.has("interpreter")) { lit.add("back-interpreter"); if (parts.has("trap")) lit.add("to-interpreter"); }
    return lit;
  };
  const item = (tag, text, name) => {
    const e = document.createElement(tag);
    e.textContent = text;
    if (name) e.className = name;
    return e;
  };

  const showTable = (step, now) => {
    for (const row of rows) {
      const name = row.dataset.name;
      const differs = step?.differs.includes(name);
      for (const side of sides) {
        const cell = row.cells[columns[side]];
        const value = now[side][name] ?? "0x0";
        cell.textContent = value + (differs && side === "virtual" ? " ✕" : "");
        cell.className = [step && name in step[side].changes ? "changed" : "", differs && side === "virtual" ? "wrong" : ""].join(" ").trim();
      }
    }
  };
  const showPath = (step) => {
    const lit = step ? ways(step) : new Set();
    for (const e of document.querySelectorAll("#way [data-part]")) e.classList.toggle("on", lit.has(e.dataset.part));
    for (const e of document.querySelectorAll("#way [data-way]")) e.classList.toggle("on", lit.has(e.dataset.way));
    document.getElementById("path").replaceChildren(...(step?.path ?? []).map((p) => {
      const e = item("li", "");
      e.append(item("b", p.part), `: ${p.text}`);
      return e;
    }));
  };
  const showStores = (step) => {
    const texts = !step ? [] : ["bare", "virtual"].map((side) => [side, Object.entries(step[side].changes).filter(([k]) => k.startsWith("memory["))])
      .filter(([, all]) => all.length).map(([side, all]) => `${side}: ${all.map(([k, v]) => `${k} = ${v}`).join(", ")}`);
    document.getElementById("stores").textContent = texts.length ? `Stored, ${texts.join("; ")}` : "";
  };
  const show = () => {
    const step = at ? run.steps[at - 1] : null;
    const now = states(at);
    document.getElementById("instruction").replaceChildren(...(step ? [item("code", `${step.pc} ${step.place}`), " ", item("strong", step.text)] : ["Before the first instruction"]));
    if (step?.differs.length) document.getElementById("instruction").append(" ", item("span", `✕ differs in ${step.differs.join(", ")}`, "v breaks"));
    showTable(step, now);
    showPath(step);
    showStores(step);
    document.getElementById("console").textContent = run.steps.slice(0, at).map((s) => s.console).join("");
    form.elements.at.value = at;
    form.elements.where.value = `${at} of ${count}`;
    for (const [n, row] of list.entries()) row.toggleAttribute("aria-current", n === at - 1);
  };
  const go = (n) => { at = Math.max(0, Math.min(count, n)); show(); };
  const next = (wanted) => {
    for (let n = at; n < count; n++) if (wanted(run.steps[n])) return n + 1;
    return count;
  };
  const moves = {
    first: () => 0, back: () => at - 1, forward: () => at + 1, last: () => count,
    trap: () => next((s) => s.path.some((p) => p.part === "dispatcher")), difference: () => next((s) => s.differs.length),
  };
  form.hidden = false;
  document.getElementById("now").hidden = false;
  document.getElementById("all").open = false;
  form.addEventListener("click", (event) => { const go_ = event.target.dataset.go; if (go_) go(moves[go_]()); });
  form.addEventListener("input", () => go(+form.elements.at.value));
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("keydown", (event) => {
    if (event.target.matches("input") || event.altKey || event.ctrlKey || event.metaKey) return;
    const move = { ArrowRight: "forward", ArrowLeft: "back", Home: "first", End: "last" }[event.key];
    if (move) { event.preventDefault(); go(moves[move]()); }
  });
  document.getElementById("steps").addEventListener("click", (event) => {
    const row = event.target.closest("tbody tr");
    if (row) go(list.indexOf(row) + 1);
  });
  // A link to a step shows it here instead of in the list.
  const jump = () => {
    const m = /^#step-(\d+)$/.exec(location.hash);
    if (!m) return;
    go(+m[1]);
    document.getElementById("all").open = false;
    form.scrollIntoView();
  };
  addEventListener("hashchange", jump);
  addEventListener("beforeprint", () => { document.getElementById("all").open = true; });
  for (const box of document.querySelectorAll(".wide")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  go(0);
  jump();
  addEventListener("load", jump);
})();
