export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-face-picker");
  const [width, height] = data.size;
  root.replaceChildren();
  const frame = document.createElement("div");
  // In a crowd the numbers would hide the faces.
  frame.className = data.boxes.length > 12 ? "frame crowd" : "frame";
  frame.style.aspectRatio = `${width} / ${height}`;
  frame.style.maxWidth = `min(100%, ${(26 * width) / height}rem)`;
  const picture = document.createElement("img");
  picture.src = data.picture;
  picture.alt = data.alt;
  frame.append(picture);
  data.boxes.forEach(([x, y, w, h], position) => {
    const box = document.createElement("button");
    box.type = "button";
    box.className = position === data.chosen ? "box chosen" : "box";
    box.style.left = `${100 * x}%`;
    box.style.top = `${100 * y}%`;
    box.style.width = `${100 * w}%`;
    box.style.height = `${100 * h}%`;
    box.setAttribute("aria-label", data.labels[position]);
    box.setAttribute("aria-pressed", String(position === data.chosen));
    box.title = data.labels[position];
    if (data.boxes.length > 1) {
      const number = document.createElement("span");
      number.textContent = String(position + 1);
      box.append(number);
    }
    box.onclick = () => setTriggerValue("picked", position);
    frame.append(box);
  });
  root.append(frame);
}
