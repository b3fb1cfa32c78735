// Looks whether the camera opens and which kinds of addresses the browser finds for the video.
const GATHERING = 6000;

async function camera() {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ video: true });
    stream.getTracks().forEach((track) => track.stop());
    return "ok";
  } catch (reason) {
    return reason.name || String(reason);
  }
}

async function gather(iceServers) {
  const candidates = {};
  const errors = [];
  const peer = new RTCPeerConnection({ iceServers });
  try {
    await new Promise((done) => {
      setTimeout(done, GATHERING);
      peer.onicecandidate = ({ candidate }) => {
        if (!candidate) return done();
        if (candidate.type) candidates[candidate.type] = (candidates[candidate.type] || 0) + 1;
        if (candidate.type === "relay") done();
      };
      peer.onicecandidateerror = ({ errorCode }) => errors.push(errorCode);
      peer.createDataChannel("check");
      peer.createOffer().then((offer) => peer.setLocalDescription(offer)).catch(done);
    });
  } finally {
    peer.close();
  }
  return { candidates, errors };
}

export default function ({ parentElement, data, setStateValue }) {
  if (parentElement.checked === data.run) return;
  parentElement.checked = data.run;
  const media = Boolean(navigator.mediaDevices?.getUserMedia);
  const report = { run: data.run, secure: window.isSecureContext, media };
  (async () => {
    if (media && report.secure) {
      report.camera = await camera();
      try {
        Object.assign(report, await gather(data.servers));
      } catch (reason) {
        Object.assign(report, { candidates: {}, errors: [] });
      }
    }
    setStateValue("report", report);
  })();
}
