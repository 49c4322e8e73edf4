// What a subscriber knows and decides, without sockets and without waiting (the C++ and Python clients have the same).
import { decode, encode } from "@msgpack/msgpack";

// Milliseconds of silence after which the log is asked whether it is one, doubled while nothing comes; and while the
// engine is not there.
const SILENCE_MS = 1000, LONGEST_SILENCE_MS = 30_000, AWAY_MS = 50;
const text = (frame) => Buffer.from(frame).toString("utf8");
const wholeSegments = (prefix) => prefix.slice(0, prefix.lastIndexOf(".") + 1);

/** The engine refuses what was subscribed to; the message says why. */
export class SubscriptionError extends Error {}

export class Stream {
  constructor({ prefixes = [], pattern, after, since } = {}) {
    this.prefixes = prefixes.length ? prefixes : [""];
    this.pattern = pattern === undefined || typeof pattern === "string" ? pattern?.trim() : JSON.stringify(pattern);
    this.known = since === "beginning" && after === undefined ? 0 : after;
    this.sinceMs = since === undefined || since === "beginning" ? Date.now() : Number(since);
    this.last = 0; // the newest that the engine is known to have
    this.removed = 0; // sequences that the engine no longer has
    this.silenceMs = SILENCE_MS;
    this.dueAt = Date.now();
    this.asking = true;
    this.ready = [];
  }

  /** What to subscribe to: whole topic segments, or the pattern's text. */
  get topics() {
    return this.pattern === undefined ? this.prefixes.map(wholeSegments) : [this.pattern];
  }
  get cursor() {
    return this.ready.length ? this.ready[0].sequence - 1 : this.known ?? 0;
  }
  get behind() {
    return Math.max(0, this.last - this.cursor);
  }
  /** Milliseconds until the log is to be asked. */
  get patience() {
    return Math.max(0, this.dueAt - Date.now());
  }

  request() {
    const words = this.known === undefined ? { since: this.sinceMs } : { after: this.known };
    words.prefixes = this.prefixes;
    if (this.pattern !== undefined) words.pattern = this.pattern;
    return encode(words);
  }

  asked(sent) {
    this.asking = true;
    this.dueAt = Date.now() + (sent ? SILENCE_MS : AWAY_MS);
  }

  takeAnswer(frames) {
    const summary = decode(frames[0]);
    if (summary.error) throw new SubscriptionError(summary.error);
    this.asking = false;
    if (this.known) this.removed += summary.removed ?? 0; // who begins at the beginning misses nothing that there is
    const before = this.ready.length;
    for (let at = 1; at + 2 < frames.length; at += 3) this.handOver(frames[at], decode(frames[at + 1]), frames[at + 2]);
    const upto = summary.upto ?? 0;
    this.known = Math.max(this.known ?? 0, upto);
    this.last = Math.max(this.last, summary.last ?? 0);
    this.silenceMs = this.ready.length > before ? SILENCE_MS : Math.min(this.silenceMs * 2, LONGEST_SILENCE_MS);
    this.dueAt = Date.now() + (upto < (summary.last ?? 0) ? 0 : this.silenceMs);
  }

  takeLive([topic, header, body]) {
    const numbers = decode(header);
    if (numbers.seq <= this.known) return;
    this.last = Math.max(this.last, numbers.seq);
    this.silenceMs = SILENCE_MS;
    this.dueAt = Date.now() + this.silenceMs;
    if (this.gap(text(topic), numbers.prev)) this.dueAt = Date.now(); // the answer brings this event too
    else this.handOver(topic, numbers, body);
  }

  // prev[k]: the event before this one whose topic begins with the same k segments; with a pattern, prev[0]: the one
  // before that it wanted. Have we seen it?
  gap(topic, previous) {
    const unseen = (before) => before === 0 || before > this.known;
    if (this.pattern !== undefined) return unseen(previous[0]);
    return this.prefixes.map(wholeSegments).some((whole) => {
      const segments = whole.split(".").length - 1;
      return topic.startsWith(whole) && segments < previous.length && unseen(previous[segments]);
    });
  }

  handOver(topic, numbers, body) {
    if (this.known !== undefined && numbers.seq <= this.known) return;
    this.known = numbers.seq;
    const name = numbers.topic ?? text(topic);
    if (this.prefixes.some((prefix) => name.startsWith(prefix)))
      this.ready.push({ sequence: numbers.seq, topic: name, envelope: decode(body) });
  }
}
