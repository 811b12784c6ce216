/* The print button. */
for (const button of document.querySelectorAll("[data-pmqa-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
