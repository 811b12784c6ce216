/* Shows category and unit only for the role that has them, and takes a choice back that no longer fits. */
for (const role of document.querySelectorAll("[data-pmqa-role]")) {
  const dependents = role.form.querySelectorAll("[data-pmqa-role-only]");
  const follow = () => {
    for (const field of dependents) {
      const belongs = field.dataset.pmqaRoleOnly === role.value;
      field.closest(".mb-3").hidden = !belongs;
      if (!belongs) field.value = "";
    }
  };
  // Server errors on a hidden field would be unreadable, so a refused form starts with everything shown.
  if (!role.form.querySelector(".is-invalid[data-pmqa-role-only]")) follow();
  role.addEventListener("change", follow);
}
