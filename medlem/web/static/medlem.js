// What a script can do better than HTML alone. Nothing here is needed: every page works without it.
"use strict";

(() => {
  // --- sending once -----------------------------------------------------------------------------

  const busy = (button) => {
    button?.setAttribute("aria-busy", "true");
    button?.setAttribute("aria-disabled", "true");
  };
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
    if (isSending(form)) {
      // What was pressed waits for the files that are on their way.
      event.preventDefault();
      pressed = { form, button: event.submitter };
      busy(event.submitter);
      return;
    }
    delete form.dataset.changed;
    if (!("once" in form.dataset) || form.matches("[hx-post], [hx-get]")) return;
    form.dataset.sent = "1";
    busy(event.submitter);
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
    if (document.querySelector("form[data-changed]") || going) event.preventDefault();
  });

  // --- errors that are over -----------------------------------------------------------------------

  // An error goes when its field is changed, and its line above with it: it is found anew when the form is sent.
  const putRight = (field) => {
    if (field?.getAttribute("aria-invalid") !== "true") return;
    field.removeAttribute("aria-invalid");
    document.getElementById(`${field.id}_error`)?.remove();
    prune();
  };
  const prune = () => {
    for (const link of document.querySelectorAll(".error-summary a")) {
      const field = document.getElementById(link.hash.slice(1));
      const isWrong = field?.getAttribute("aria-invalid") === "true" || field?.closest("fieldset")?.querySelector(".error");
      if (!isWrong) link.closest("li").remove();
    }
    for (const summary of document.querySelectorAll(".error-summary")) {
      if (!summary.querySelector("li")) summary.remove();
    }
  };
  document.addEventListener("input", (event) => putRight(event.target));
  document.addEventListener("htmx:afterSwap", prune);

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

  // --- choosing from a list while typing -------------------------------------------------------------

  // <input data-choices="id of a listbox">: what the server finds for what is typed is chosen with arrows and Enter,
  // or with the pointer. htmx swaps the list in; without a script there is a datalist.
  const listOf = (field) => document.getElementById(field.dataset.choices);
  const show = (field, open, at = -1) => {
    const list = listOf(field);
    const active = open && list.children[at];
    list.hidden = !open;
    for (const option of list.children) option.setAttribute("aria-selected", option === active);
    field.setAttribute("aria-expanded", open);
    if (active) field.setAttribute("aria-activedescendant", active.id);
    else field.removeAttribute("aria-activedescendant");
    if (open) (active || list).scrollIntoView({ block: "nearest" });
  };
  const choose = (field, option) => {
    field.value = field.dataset.chosen = option.textContent;
    show(field, false);
    field.dispatchEvent(new Event("change", { bubbles: true }));
  };

  for (const field of document.querySelectorAll("[data-choices]")) {
    const first = { role: "combobox", "aria-autocomplete": "list", "aria-controls": field.dataset.choices };
    field.removeAttribute("list"); // the datalist is for those without a script
    for (const [name, value] of Object.entries({ ...first, "aria-expanded": "false" })) field.setAttribute(name, value);
    field.addEventListener("blur", () => show(field, false));
    field.addEventListener("keydown", (event) => {
      const list = listOf(field);
      const count = list.children.length;
      const at = [...list.children].findIndex((each) => each.ariaSelected === "true");
      // Enter takes what is marked, or the only one that there is for what was typed.
      const only = count === 1 && list.dataset.for === field.value ? 0 : -1;
      const meant = list.children[at < 0 && event.key === "Enter" ? only : at];
      if (event.key === "ArrowDown" && count) show(field, true, (at + 1) % count);
      else if (event.key === "ArrowUp" && count) show(field, true, at > 0 ? at - 1 : count - 1);
      else if (event.key === "Escape" && !list.hidden) show(field, false);
      else if ((event.key === "Enter" || event.key === "Tab") && meant) choose(field, meant);
      else return;
      if (event.key !== "Tab") event.preventDefault();
    });
  }
  const isOption = (event) => event.target.closest?.("[role='option']");
  document.addEventListener("mousedown", (event) => {
    if (isOption(event)) event.preventDefault(); // the field keeps the focus
  });
  document.addEventListener("click", (event) => {
    const option = isOption(event);
    const field = option && document.querySelector(`[data-choices="${option.parentElement.id}"]`);
    if (field) choose(field, option);
  });
  document.addEventListener("htmx:afterSwap", () => {
    const field = document.activeElement;
    if (field?.dataset.choices && field.value && field.value !== field.dataset.chosen) {
      show(field, listOf(field).children.length > 0);
    }
  });

  // --- files ----------------------------------------------------------------------------------------

  // <c-upload to="…">: each file is sent by itself, one after the other, in a line of its own.
  const waiting = [];
  let going = null; // the line whose file is on its way
  let pressed = null; // the form and the button that wait for it

  const isSending = (form) => [going, ...waiting].some((line) => line && form.contains(line));
  const say = (words) => {
    const heard = document.getElementById("heard");
    if (heard) heard.textContent = words;
  };
  const size = (bytes) => {
    const [value, unit] = bytes < 1048576 ? [bytes / 1024, "kilobyte"] : [bytes / 1048576, "megabyte"];
    return value.toLocaleString(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 });
  };

  const add = (drop, files) => {
    const upload = drop.closest(".upload");
    for (const file of files) {
      const line = upload.querySelector("template").content.querySelector("[data-line]").cloneNode(true);
      line.querySelector("[data-name]").textContent = file.name;
      line.querySelector("[data-size]").textContent = size(file.size);
      line.medlem = { file, upload, to: drop.dataset.to, name: drop.querySelector("input").name };
      upload.querySelector("[data-lines]").append(line);
      if (file.size > Number(drop.dataset.most)) fail(line, "large");
      else waiting.push(line);
    }
    next();
  };

  const next = () => {
    if (going) return;
    going = waiting.shift() ?? null;
    if (!going) {
      settle();
      return;
    }
    const line = going;
    const { file, to, name, upload } = line.medlem;
    const over = () => {
      // An answer takes the place of its line; one that is still there had none.
      if (line.isConnected) fail(line, "failed");
      // What was missing is there.
      else if (upload.querySelector("#documents .file")) putRight(upload.querySelector("input"));
      going = null;
      next();
    };
    htmx.ajax("POST", to, { source: line, target: line, swap: "outerHTML", values: { [name]: file } }).then(over, over);
  };

  const fail = (line, state) => {
    line.dataset.state = state;
    say(`${line.medlem.file.name}: ${line.querySelector(`.while-${state}`).textContent.trim()}`);
  };

  // All are there: what was pressed goes on, unless there is something to look at first.
  const settle = () => {
    if (!pressed) return;
    const { form, button } = pressed;
    pressed = null;
    button?.removeAttribute("aria-busy");
    button?.removeAttribute("aria-disabled");
    const trouble = form.querySelector("[data-line], [data-refused], [data-look]");
    if (trouble) trouble.focus();
    else form.requestSubmit(button);
  };

  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.matches?.("[data-line]") && event.target.querySelector("progress");
    const { loaded, total } = event.detail;
    if (!bar || !total) return;
    bar.value = Math.max(bar.value, loaded / total);
    if (bar.value === 1) event.target.dataset.state = "sent";
  });

  document.addEventListener("click", (event) => {
    const line = event.target.closest?.("[data-dismiss], [data-again]")?.closest(".file");
    if (!line) return;
    if (event.target.closest("[data-again]")) {
      line.dataset.state = "sending";
      line.querySelector("progress").value = 0;
      waiting.push(line);
      next();
      return;
    }
    const input = line.closest(".upload").querySelector("input");
    if (line === going) {
      htmx.trigger(line, "htmx:abort");
      // It may have arrived all the same.
      htmx.ajax("GET", line.medlem.to, { target: "#documents", swap: "outerHTML" });
    }
    if (waiting.includes(line)) waiting.splice(waiting.indexOf(line), 1);
    line.remove();
    input.focus();
  });

  // Another VAT number is looked for in the documents that are there.
  document.addEventListener("htmx:afterRequest", (event) => {
    const drop = event.target.matches?.("[data-keeps]") && document.querySelector(".drop[data-to]");
    if (drop && event.detail.successful && !going) {
      htmx.ajax("GET", drop.dataset.to, { target: "#documents", swap: "outerHTML" });
    }
  });

  const isOnPlace = (event) => event.target.matches?.(".drop input");
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (isOnPlace(event)) {
        event.target.classList.toggle("over", name === "dragenter" || name === "dragover");
        return;
      }
      // Beside the place, a browser would open the file and leave the page.
      const drop = carries(event) && document.querySelector(".drop[data-to]");
      if (!drop) return;
      event.preventDefault();
      if (name === "drop") add(drop, event.dataTransfer.files);
    });
  }

  document.addEventListener("change", (event) => {
    const drop = event.target.closest?.(".drop");
    if (!drop || !event.target.files?.length) return;
    if ("to" in drop.dataset) {
      add(drop, [...event.target.files]);
      event.target.value = "";
    } else if ("auto" in drop.dataset) {
      // The whole form is sent as soon as files are chosen.
      const words = drop.querySelector("[data-words]");
      if (words) words.textContent = words.dataset.words;
      if (!event.target.matches("[hx-post]")) event.target.form?.requestSubmit();
    }
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const words = !event.detail.successful && event.target.closest?.(".drop")?.querySelector("[data-failed]");
    if (words) words.textContent = words.dataset.failed;
  });

  // --- fields that fill each other --------------------------------------------------------------------

  // The place of a post code, unless somebody typed another.
  document.addEventListener("medlem:place", (event) => {
    const field = event.target.form?.elements[event.target.dataset.place];
    if (!field || (field.value.trim() && field.value !== field.dataset.filled)) return;
    field.value = field.dataset.filled = event.detail.place;
    say(event.detail.heard);
  });

  // <button data-fill="id of a field" value="…">: what a button suggests is taken in place; so is a choice.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-fill]");
    const field = button && document.getElementById(button.dataset.fill);
    if (!field) return;
    if (button.type === "radio") {
      field.value = field.dataset.chosen = button.value;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      return;
    }
    event.preventDefault();
    field.value = button.value;
    field.focus();
    button.hidden = true;
  });

  // <input type="checkbox" data-all="name">: ticks all boxes of that name in its form.
  document.addEventListener("change", (event) => {
    const { all } = event.target.dataset;
    if (!all) return;
    for (const box of event.target.form.querySelectorAll(`[name="${all}"]`)) box.checked = event.target.checked;
  });

  // --- where one is ---------------------------------------------------------------------------------

  // On phones the tabs scroll sideways; the current one is brought into sight.
  const tab = document.querySelector(".tabs a[aria-current]");
  const tabs = tab?.closest(".tabs");
  if (tabs && tabs.scrollWidth > tabs.clientWidth) {
    tabs.scrollLeft = tab.offsetLeft - (tabs.clientWidth - tab.offsetWidth) / 2;
  }

  // A busy browser drops `autofocus` now and then; what is swapped in later asks for the focus here.
  const begin = () => {
    if (document.activeElement === document.body) document.querySelector("[autofocus]")?.focus();
  };
  begin();
  window.addEventListener("load", () => requestAnimationFrame(begin));
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

  // --- the desk's review ------------------------------------------------------------------------------

  // <button data-append="id of a field" data-text="…">: a ready text goes below what is written.
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-append]");
    const field = button && document.getElementById(button.dataset.append);
    if (!field) return;
    event.preventDefault();
    const written = field.value.trimEnd();
    field.value = written ? `${written}\n\n${button.dataset.text}` : button.dataset.text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    button.closest("details.menu").open = false;
    field.focus();
  });

  // <form data-stay>: says now and then that somebody is at work on this page.
  const stay = document.querySelector("form[data-stay]");
  if (stay) {
    let used = false;
    for (const name of ["pointermove", "keydown", "scroll", "input"]) {
      document.addEventListener(name, () => (used = true), { passive: true, capture: true });
    }
    setInterval(() => {
      if (!used || document.hidden) return;
      used = false;
      fetch(stay.action, { method: "POST", body: new FormData(stay) }).catch(() => {});
    }, 240_000);
  }

  // --- keys of the desk -------------------------------------------------------------------------------

  // data-key="j" on a link, a field, a button or the form of one button: pressed alone, outside of fields.
  let decides = null; // the button for which a message is being written
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && event.target.matches("textarea") && document.querySelector("[data-key]")) {
      if (decides && event.target === decides.form.querySelector("textarea")) decides.focus();
      else event.target.blur();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not(#marks), select, textarea")) return;
    const target = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!target) return;
    event.preventDefault();
    if (target.matches("form")) target.requestSubmit();
    else if (target.matches("textarea")) target.focus();
    else if (!("decides" in target.dataset)) target.click();
    else if (document.activeElement === target) {
      if (!event.repeat) target.click(); // a key that is held down decides nothing
    } else {
      // What decides something is focused first, and pressed by the key again; its words are written before.
      const words = target.dataset.decides === "words" && target.form.querySelector("textarea");
      decides = words && !words.value.trim() ? target : null;
      (decides ? words : target).focus();
    }
  });
})();
