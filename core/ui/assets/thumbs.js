export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-thumbs");
  root.replaceChildren();
  root.setAttribute("role", "group");
  root.setAttribute("aria-label", data.label);
  data.pictures.forEach(([picture, title], position) => {
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-pressed", String(position === data.chosen));
    button.title = title;
    if (picture) {
      const image = document.createElement("img");
      image.src = picture;
      image.alt = title;
      button.append(image);
    } else {
      button.textContent = title;
    }
    button.onclick = () => setTriggerValue("picked", position);
    root.append(button);
  });
}
