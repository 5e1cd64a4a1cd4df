// Hands what the microphone hears to the page, piece by piece.

class Keeper extends AudioWorkletProcessor {
  process([input]) {
    if (input[0]) this.port.postMessage(input[0].slice());
    return true;
  }
}

registerProcessor("keeper", Keeper);
