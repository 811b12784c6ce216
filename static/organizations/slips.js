/* The print button, and the one that copies a reset link. */
for (const button of document.querySelectorAll("[data-pmqa-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

for (const button of document.querySelectorAll("[data-pmqa-copy]")) {
  const source = document.getElementById(button.dataset.pmqaCopy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    source.select();
    try {
      // Over plain HTTP browsers offer no clipboard to pages; the old command still works there.
      if (navigator.clipboard) await navigator.clipboard.writeText(source.value);
      else document.execCommand("copy");
      button.textContent = "คัดลอกแล้ว";
    } catch {
      button.textContent = "กรุณากด Ctrl+C";
    }
  });
}
