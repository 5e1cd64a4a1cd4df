// The microphone: what is said becomes a WAV file, listened to before it is kept.

import { html, useEffect, useRef, useState } from "../html.js";
import { t } from "../messages.js";

/** A prompt is no speech. */
const LONGEST_S = 120;

/** A WAV file of samples from -1 to 1, mono, 16 bit. */
export function wavOf(chunks, rate) {
  const count = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = new DataView(new ArrayBuffer(44 + count * 2));
  const word = (at, text) => [...text].forEach((letter, no) => bytes.setUint8(at + no, letter.charCodeAt(0)));
  word(0, "RIFF");
  bytes.setUint32(4, 36 + count * 2, true);
  word(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true);
  bytes.setUint16(20, 1, true);
  bytes.setUint16(22, 1, true);
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true);
  bytes.setUint16(32, 2, true);
  bytes.setUint16(34, 16, true);
  word(36, "data");
  bytes.setUint32(40, count * 2, true);
  let at = 44;
  for (const chunk of chunks) {
    for (const sample of chunk) {
      bytes.setInt16(at, Math.max(-1, Math.min(1, sample)) * 0x7fff, true);
      at += 2;
    }
  }
  return new Blob([bytes.buffer], { type: "audio/wav" });
}

export function Recorder({ text, keep }) {
  const [state, setState] = useState({ phase: "idle", error: null, url: null, wav: null });
  const line = useRef(null);

  const stop = () => {
    const running = line.current;
    if (!running) return;
    line.current = null;
    clearTimeout(running.timer);
    running.node.disconnect();
    running.stream.getTracks().forEach((track) => track.stop());
    running.context.close();
    const wav = wavOf(running.chunks, running.context.sampleRate);
    setState({ phase: "done", error: null, wav, url: URL.createObjectURL(wav) });
  };
  const start = async () => {
    setState({ phase: "asking", error: null, url: null, wav: null });
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
      const context = new AudioContext();
      await context.audioWorklet.addModule("/static/portal/components/recorder_worklet.js");
      const node = new AudioWorkletNode(context, "keeper");
      const chunks = [];
      node.port.onmessage = ({ data }) => chunks.push(data);
      context.createMediaStreamSource(stream).connect(node);
      line.current = { stream, context, node, chunks, timer: setTimeout(stop, LONGEST_S * 1000) };
      setState({ phase: "recording", error: null, url: null, wav: null });
    } catch {
      setState({ phase: "idle", error: t("no-microphone"), url: null, wav: null });
    }
  };
  useEffect(() => () => {
    if (line.current) stop();
  }, []);
  return html`<div class="branch">
    ${text && html`<p class="soft">${t("read-aloud")}</p>`}
    ${state.error && html`<p class="problems" role="alert">${state.error}</p>`}
    ${state.phase === "recording" && html`<p role="status">${t("recording-now")}</p>`}
    ${state.url && html`<audio controls src=${state.url} aria-label=${t("listen")}></audio>`}
    <div class="actions">
      ${state.phase === "recording"
        ? html`<button type="button" class="button button-danger" onClick=${stop}>${t("stop-recording")}</button>`
        : html`<button type="button" class="button" disabled=${state.phase === "asking"} onClick=${start}>${t(state.url ? "record-again" : "start-recording")}</button>`}
      ${state.wav && html`<button type="button" class="button button-primary" onClick=${() => keep(state.wav)}>${t("keep-recording")}</button>`}
    </div>
  </div>`;
}
