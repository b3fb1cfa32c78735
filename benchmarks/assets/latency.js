// Notes when a numbered picture leaves the camera and when it comes back; see core/bench/film.py.
(() => {
  const media = navigator.mediaDevices;
  if (!media?.getUserMedia || !window.MediaStreamTrackProcessor) return;
  const BLOCKS = 10, PICTURES = 256, STRIP = 24 / 480;
  const sent = new Array(PICTURES);
  let rows = [], faults = {}, shown = null;

  // Only the brightness of a few rows is copied: nearly free.
  async function number(frame) {
    const { width, height } = frame.visibleRect;
    const even = (value) => 2 * Math.floor(value / 2);
    const rect = { x: 0, y: even(height * (1 - STRIP / 2)), width: even(width), height: 2 };
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    const [{ offset, stride }] = await frame.copyTo(bytes, { rect });
    const step = /^(I4|NV)/.test(frame.format) ? 1 : 4;
    const light = Array.from({ length: BLOCKS }, (_, place) =>
      bytes[offset + step * Math.floor(((place + 0.5) * rect.width) / BLOCKS)]);
    const [white, black] = light;
    if (white - black < 80) return null;
    return light.slice(2).reduce((value, each) => 2 * value + (each > (white + black) / 2), 0);
  }

  async function watch(track, see) {
    const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const now = performance.now();
      try {
        see(await number(value), now);
      } catch (reason) {
        faults[reason] = (faults[reason] || 0) + 1;
      } finally {
        value.close();
      }
    }
  }

  const open = media.getUserMedia.bind(media);
  media.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    for (const track of stream.getVideoTracks()) {
      let before = null;
      watch(track, (found, now) => {
        if (found === null) return;
        // Pictures that this watcher missed on a busy machine left the camera in between.
        const gap = before ? (found - before.found + PICTURES) % PICTURES : 1;
        for (let step = 1; step < gap; step++) {
          sent[(before.found + step) % PICTURES] = before.now + ((now - before.now) * step) / gap;
        }
        sent[found] = now;
        before = { found, now };
      });
    }
    return stream;
  };

  window.RTCPeerConnection = class extends window.RTCPeerConnection {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", ({ track }) => {
        if (track.kind !== "video") return;
        watch(track, (found, now) => {
          // The same picture again is no new one: it came because nothing newer was ready.
          if (found === null || found === shown || sent[found] === undefined) return;
          shown = found;
          rows.push(now - sent[found]);
        });
      });
    }
  };

  window.ferBench = {
    take() {
      const taken = { rows, faults };
      rows = [];
      faults = {};
      return taken;
    },
  };
})();
