/* Buttons that copy the text of a field. Over plain HTTP, as on an intranet, browsers offer no clipboard to pages: then
   the field is shown, selected and copied by the old command, and when that fails too the person presses Ctrl+C. */

async function copy(source) {
  if (navigator.clipboard) {
    try {
      await navigator.clipboard.writeText(source.value);
      return true;
    } catch {
      // refused by a setting of the browser: the old way may still work
    }
  }
  // what is folded away cannot be selected
  source.closest("details")?.setAttribute("open", "");
  source.focus({ preventScroll: true });
  source.select();
  return document.execCommand("copy");
}

for (const button of document.querySelectorAll("[data-pmqa-copy]")) {
  const source = document.getElementById(button.dataset.pmqaCopy);
  const state = button.parentElement.querySelector("[data-pmqa-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(source);
    state.textContent = copied ? "คัดลอกแล้ว" : "กรุณากด Ctrl+C";
    state.classList.toggle("state-ok", copied);
    if (copied) button.focus({ preventScroll: true });
  });
}
