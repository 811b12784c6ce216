/* Shows category and unit only for the role that has them, and takes a choice back that no longer fits. */
for (const role of document.querySelectorAll("[data-pmqa-role]")) {
  const dependents = role.form.querySelectorAll("[data-pmqa-role-only]");
  const follow = () => {
    for (const field of dependents) {
      const belongs = field.dataset.pmqaRoleOnly === role.value;
      // A refused choice stays readable until it is mended.
      field.closest(".mb-3").hidden = !belongs && !field.classList.contains("is-invalid");
      if (!belongs) field.value = "";
    }
  };
  follow();
  role.addEventListener("change", follow);
}
