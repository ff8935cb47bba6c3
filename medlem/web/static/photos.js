// Sends of each picture only the part in which the camera wrote down itself (B5). Without this script the form
// sends the pictures whole, and the house throws away what it does not read.
"use strict";

(() => {
  const form = document.querySelector("form[data-photos]");
  if (!form) return;

  const HEAD = Number(form.dataset.head);
  const AT_ONCE = 3;
  const ROUNDS = 40;

  const progress = form.querySelector("[data-progress]");
  const bar = progress.querySelector("progress");
  const count = progress.querySelector("[data-count]");
  const failures = form.querySelector("[data-failures]");
  const list = failures.querySelector("[data-list]");
  const goOn = failures.querySelector("[data-go-on]");

  const waiting = [];
  let all = 0;
  let read = 0;
  let kept = 0;
  let working = 0;

  form.querySelector(".buttons").hidden = true;

  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.files.length) return;
    for (const file of input.files) waiting.push({ file, ofBox: input.name === "boxes" });
    all += input.files.length;
    input.value = "";
    show();
    progress.scrollIntoView({ block: "nearest" });
    while (working < AT_ONCE && waiting.length) {
      working += 1;
      work();
    }
  });

  const work = async () => {
    while (waiting.length) {
      const { file, ofBox } = waiting.shift();
      try {
        await send(file, ofBox);
        kept += 1;
      } catch (error) {
        fail(file, error.said);
      }
      read += 1;
      show();
    }
    working -= 1;
    if (working) return;
    // Where some failed, the person reads which before going on.
    if (list.children.length) goOn.hidden = !kept;
    else location.assign(form.dataset.then);
  };

  // The first part goes; the answer says which parts it takes instead, until there is enough.
  const send = async (file, ofBox) => {
    let ranges = [[0, ofBox ? file.size : Math.min(file.size, HEAD)]];
    for (let round = 0; round < ROUNDS; round += 1) {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
      body.append("batch", form.elements.batch.value);
      body.append("filename", file.name);
      body.append("size", file.size);
      if (ofBox) body.append("of_box", "on");
      for (const [start, end] of ranges) {
        body.append("from", start);
        body.append("part", file.slice(start, end), "part");
      }
      const response = await fetch(form.dataset.photos, { method: "POST", body });
      const answer = await response.json();
      if (!response.ok) throw Object.assign(new Error(), { said: answer.error });
      if (!answer.more) return;
      ranges = answer.more;
    }
    throw new Error();
  };

  const show = () => {
    progress.hidden = false;
    bar.max = all;
    bar.value = read;
    count.textContent = `${read} / ${all} ${count.dataset.count}`;
  };

  const fail = (file, said) => {
    failures.hidden = false;
    const line = document.createElement("li");
    line.textContent = `${file.name}: ${said || list.dataset.failed}`;
    list.append(line);
    failures.scrollIntoView({ block: "nearest" });
  };
})();
