/* Texts that could not be sent, as a file that Word opens and that can be pasted back into the editor. */

function part(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element.outerHTML;
}

const when = (at) => new Date(at).toLocaleString("th-TH", { dateStyle: "long", timeStyle: "short" });

/** Save these rows ({title, at, html}) as one file. */
export function download(rows) {
  const texts = rows.map((row) => `${part("h2", row.title || "ข้อความ")}${part("p", `พิมพ์เมื่อ ${when(row.at)} น.`)}${row.html}`);
  const page = `<!DOCTYPE html><html lang="th"><meta charset="utf-8"><title>ข้อความที่ยังไม่ได้ส่ง</title>${texts.join("<hr>")}</html>`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([page], { type: "text/html" }));
  link.download = "ข้อความที่ยังไม่ได้ส่ง.html";
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** A button that does it. */
export function downloadButton(rowsNow) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "btn btn-outline-primary btn-sm", textContent: "ดาวน์โหลดเป็นไฟล์" });
  button.addEventListener("click", async () => download(await rowsNow()));
  return button;
}
