export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-face-rows");
  // The list keeps its place when a face is chosen in it.
  const before = root.querySelector(".list")?.scrollTop ?? 0;
  root.replaceChildren();
  root.style.setProperty("--answers", String(data.networks.length || 1));
  const element = (name, className, text, parent) => {
    const made = document.createElement(name);
    made.className = className;
    if (text !== undefined) made.textContent = text;
    parent.append(made);
    return made;
  };
  const head = element("div", "row head", undefined, root);
  head.setAttribute("aria-hidden", "true");
  element("span", "face", data.face, head);
  data.networks.forEach((network) => element("span", "", network, head));
  const list = element("div", "list", undefined, root);
  list.setAttribute("role", "group");
  list.setAttribute("aria-label", data.label);
  data.rows.forEach((row, position) => {
    const button = element("button", "row", undefined, list);
    button.type = "button";
    button.setAttribute("aria-pressed", String(position === data.chosen));
    button.setAttribute("aria-label", row.label);
    const face = element("span", "face", undefined, button);
    element("b", "", String(position + 1), face);
    const picture = element("img", "", undefined, face);
    picture.src = row.picture;
    picture.alt = "";
    row.answers.forEach((answer) => {
      const cell = element("span", answer.certain ? "answer" : "answer quiet", undefined, button);
      const line = element("span", "line", undefined, cell);
      element("strong", "", answer.word, line);
      element("span", "share", answer.share, line);
      const bar = element("span", "bar", undefined, cell);
      const fill = element("span", "", undefined, bar);
      fill.style.width = `${answer.width}%`;
      fill.style.background = answer.color;
    });
    button.onclick = () => setTriggerValue("picked", position);
  });
  list.scrollTop = before;
}
