// Asks for a run when the viewer changes the theme, since figures are drawn for one theme.
export default function ({ parentElement, setTriggerValue }) {
  const app = document.querySelector(".stApp");
  if (!app || parentElement.themeWatch) return;
  const background = () => getComputedStyle(app).backgroundColor;
  let seen = background();
  const look = () => {
    if (background() === seen) return;
    seen = background();
    setTriggerValue("changed", seen);
  };
  // The new colours arrive a moment after the class does.
  parentElement.themeWatch = new MutationObserver(() => setTimeout(look, 100));
  parentElement.themeWatch.observe(app, { attributes: true });
  return () => {
    parentElement.themeWatch.disconnect();
    parentElement.themeWatch = null;
  };
}
