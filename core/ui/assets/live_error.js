// The video component shows what the browser says of the camera; this tells the page its name.
export default function ({ parentElement, setStateValue }) {
  const look = () => {
    const video = document.querySelector('iframe[title*="webrtc"]');
    const said = video?.contentDocument?.body?.innerText ?? "";
    const name = /^\s*(\w+Error):/m.exec(said)?.[1] ?? "";
    if (name === (parentElement.said ?? "")) return;
    parentElement.said = name;
    setStateValue("error", name);
  };
  clearInterval(parentElement.looking);
  parentElement.looking = setInterval(look, 500);
  return () => clearInterval(parentElement.looking);
}
