// What a script can do better than HTML alone. Nothing here is needed: every page works without it.
"use strict";

(() => {
  // --- sending once -----------------------------------------------------------------------------

  const free = () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("form[data-once] button[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.removeAttribute("aria-disabled");
    }
  };

  // A form is sent once. The button keeps its name and value, so it is only marked, not disabled.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method === "dialog") return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    delete form.dataset.changed;
    if (!("once" in form.dataset) || form.matches("[hx-post], [hx-get]")) return;
    form.dataset.sent = "1";
    const button = event.submitter;
    if (button) {
      button.setAttribute("aria-busy", "true");
      button.setAttribute("aria-disabled", "true");
    }
    // An answer that is a file leaves the page where it is.
    setTimeout(free, 10_000);
  });

  // Whoever comes back finds the form as it was.
  window.addEventListener("pageshow", free);

  // --- what was typed and not sent ----------------------------------------------------------------

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && "unsaved" in form.dataset) form.dataset.changed = "1";
  });

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-changed]")) event.preventDefault();
  });

  // --- scanners -------------------------------------------------------------------------------------

  // A scanner ends what it types with Enter. That leads on to the next field that is empty; where none is, it sends.
  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (event.key !== "Enter" || event.isComposing || !("scan" in (field.dataset ?? {}))) return;
    const fields = [...field.form.elements].filter((each) => each.matches("select, input:not([type=hidden], [type=checkbox])"));
    const next = fields.slice(fields.indexOf(field) + 1).find((each) => !each.value);
    if (!next) return;
    event.preventDefault();
    next.focus();
  });

  // --- files ----------------------------------------------------------------------------------------

  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (event.target.matches?.(".drop input")) {
        event.target.classList.toggle("over", name === "dragenter" || name === "dragover");
      }
    });
  }

  // Where it says so, files are sent as soon as they are chosen.
  document.addEventListener("change", (event) => {
    const drop = event.target.closest?.(".drop[data-auto]");
    if (!drop || !event.target.files?.length) return;
    const words = drop.querySelector("[data-words]");
    if (words) words.textContent = words.dataset.words;
    // Where the input sends them itself, only its part of the page is exchanged.
    if (!event.target.matches("[hx-post]")) event.target.form?.requestSubmit();
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const words = !event.detail.successful && event.target.closest?.(".drop")?.querySelector("[data-failed]");
    if (words) words.textContent = words.dataset.failed;
  });

  // --- where one is ---------------------------------------------------------------------------------

  // On phones the tabs scroll sideways; the current one is brought into sight.
  const tab = document.querySelector(".tabs a[aria-current]");
  const tabs = tab?.closest(".tabs");
  if (tabs && tabs.scrollWidth > tabs.clientWidth) {
    tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }

  // A busy browser drops `autofocus` now and then; what is swapped in later asks for the focus here.
  if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
  document.addEventListener("htmx:afterSwap", (event) => {
    event.target.querySelector?.("[data-focus]")?.focus();
  });

  // A menu closes when one leaves it.
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
  });

  // --- keys of the desk -------------------------------------------------------------------------------

  // <a data-key="j"> or <button data-key="a">: pressed alone, outside of fields.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (target) {
      event.preventDefault();
      // What decides something is focused first; it is pressed by pressing the key again.
      if (target.matches("button") && document.activeElement !== target) target.focus();
      else target.click();
    }
  });
})();
