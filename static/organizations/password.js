/* A button after each password field that shows what was typed; without scripts the field stays as it is. */
for (const field of document.querySelectorAll("input[data-pmqa-password]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "show-password";
  button.setAttribute("aria-controls", field.id);

  const say = () => {
    const shown = field.type === "text";
    button.textContent = shown ? "ซ่อนรหัสผ่าน" : "แสดงรหัสผ่าน";
    button.setAttribute("aria-pressed", String(shown));
  };
  button.addEventListener("click", () => {
    field.type = field.type === "password" ? "text" : "password";
    say();
  });
  // A browser must not remember a password as plain text of a form.
  field.form.addEventListener("submit", () => {
    field.type = "password";
  });
  say();
  field.after(button);
}
