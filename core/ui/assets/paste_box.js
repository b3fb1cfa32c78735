export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-paste-box");
  root.replaceChildren();
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = data.label;
  const message = document.createElement("span");
  message.setAttribute("role", "status");
  message.textContent = data.hint;
  root.append(button, message);

  const take = (file) => {
    if (!file) {
      message.textContent = data.none;
    } else if (file.size > data.largest) {
      message.textContent = data.large;
    } else {
      const reader = new FileReader();
      reader.onload = () => setTriggerValue("pasted", reader.result);
      reader.readAsDataURL(file);
    }
  };
  const isField = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea)$/i.test(target.tagName));
  const onPaste = (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    const file = files.find((item) => item.type.startsWith("image/"));
    // Text pasted into a field is none of our business.
    if (file || !isField(event.target)) take(file);
  };
  button.onclick = async () => {
    try {
      for (const item of await navigator.clipboard.read()) {
        const type = item.types.find((name) => name.startsWith("image/"));
        if (type) return take(await item.getType(type));
      }
      take(null);
    } catch {
      message.textContent = data.refused;
    }
  };
  document.addEventListener("paste", onPaste);
  return () => document.removeEventListener("paste", onPaste);
}
