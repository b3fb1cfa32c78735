export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".fer-gallery");
  // The tiles come as HTML whose texts the server has escaped.
  root.innerHTML = data.tiles;
  root.onclick = (event) => {
    const button = event.target.closest("button[data-place]");
    if (button) setTriggerValue("picked", Number(button.dataset.place));
  };
}
