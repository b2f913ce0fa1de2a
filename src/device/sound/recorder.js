// Hands the page what the microphone hears, about 20 times a second. Its own output stays silent.

class Recorder extends AudioWorkletProcessor {
  samples = new Float32Array(Math.round(sampleRate / 20));
  filled = 0;
  ended = false;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.ended = true;
      this.hand();
      this.port.postMessage("ended");
    };
  }

  process([[heard]]) {
    if (this.ended) return false;
    for (const sample of heard ?? []) {
      this.samples[this.filled++] = sample;
      if (this.filled === this.samples.length) this.hand();
    }
    return true;
  }

  hand() {
    this.port.postMessage(this.samples.slice(0, this.filled));
    this.filled = 0;
  }
}

registerProcessor("recorder", Recorder);
