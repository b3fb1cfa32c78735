export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-face-picker");
  const [width, height] = data.size;
  root.replaceChildren();
  const frame = document.createElement("div");
  // In a crowd the words would hide the faces: numbers alone, the word on the chosen one.
  frame.className = data.boxes.length > 8 ? "frame crowd" : "frame";
  frame.style.aspectRatio = `${width} / ${height}`;
  frame.style.maxWidth = `min(100%, ${(data.tallest * width) / height}rem)`;
  const picture = document.createElement("img");
  picture.src = data.picture;
  picture.alt = data.alt;
  frame.append(picture);
  data.boxes.forEach(([x, y, w, h], position) => {
    const box = document.createElement("button");
    box.type = "button";
    const quiet = data.quiet[position] ? " quiet" : "";
    box.className = (position === data.chosen ? "box chosen" : "box") + quiet;
    box.style.left = `${100 * x}%`;
    box.style.top = `${100 * y}%`;
    box.style.width = `${100 * w}%`;
    box.style.height = `${100 * h}%`;
    box.setAttribute("aria-label", data.labels[position]);
    box.setAttribute("aria-pressed", String(position === data.chosen));
    box.title = data.labels[position];
    const name = document.createElement("span");
    // Above the face where there is room, else inside its box; never beyond the photo's edge.
    name.className = y < 0.09 ? "name inside" : "name";
    if (x > 0.6) name.classList.add("leftwards");
    const number = document.createElement("b");
    number.textContent = String(position + 1);
    name.append(number);
    if (data.words[position]) {
      const word = document.createElement("i");
      word.textContent = data.words[position];
      name.append(word);
    }
    box.append(name);
    box.onclick = () => setTriggerValue("picked", position);
    frame.append(box);
  });
  root.append(frame);
}
