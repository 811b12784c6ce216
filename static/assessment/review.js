// A file that may be left out is never :invalid, so the style sheet is told whether one is chosen.
for (const field of document.querySelectorAll("input[type=file]:not(:required)")) {
  const tell = () => field.toggleAttribute("data-pmqa-empty", !field.files.length);
  field.addEventListener("change", tell);
  tell();
}
