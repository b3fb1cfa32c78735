// Has the browser ask before the tab is closed or loaded anew, for as long as this stands on the page.
export default function () {
  const ask = (event) => event.preventDefault();
  window.addEventListener("beforeunload", ask);
  return () => window.removeEventListener("beforeunload", ask);
}
