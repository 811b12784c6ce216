/* What every page does: sends the CSRF token with htmx, moves focus to an error summary, closes the menu. */
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = document.body.dataset.pmqaCsrf;
});

function focusFirst(root) {
  const target = root.querySelector("[data-pmqa-focus]");
  if (target) target.focus();
}

// A refused form comes back with status 422 or 409 and must be shown like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([403, 409, 413, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:afterSettle", (event) => focusFirst(event.target));
document.addEventListener("DOMContentLoaded", () => focusFirst(document));

for (const type of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(type, (event) => {
    const region = event.target.closest("form, section, main")?.querySelector("[data-pmqa-state]");
    const text = "ยังไม่ได้บันทึก – เครื่องแม่ข่ายไม่ตอบ กรุณากดบันทึกอีกครั้ง ข้อความของท่านยังอยู่ในหน้านี้";
    if (region) {
      region.textContent = text;
      region.className = "state state-bad";
    } else {
      window.alert(text);
    }
  });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-pmqa-menu][open]")) {
    if (!menu.contains(event.target)) menu.removeAttribute("open");
  }
});
