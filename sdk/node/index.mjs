/**
 * Subscribe to a sluice engine's state-change events: each event once, in order, none missed.
 *
 *   import { Subscriber } from "sluice-events";
 *   for await (const { envelope } of new Subscriber("/var/lib/sluice", { prefixes: ["codepipeline.pipeline.FAILED."] }))
 *     console.log(envelope.detail.pipeline, "failed");
 *
 * It listens to the engine's XPUB socket and, where the sequence shows a gap, at the start and after a silence, asks the
 * log endpoint for what is missing, so an engine that restarts or a subscriber that was too slow loses nothing. Wire:
 * docs/events.md.
 */
import os from "node:os";
import path from "node:path";
import { Dealer, Subscriber as Sub } from "zeromq";

import { CursorFile } from "./cursor.mjs";
import { Presence } from "./presence.mjs";
import { Stream, SubscriptionError } from "./stream.mjs";

export { SubscriptionError };

/** $SLUICE_DATA, else $XDG_STATE_HOME/sluice, else ~/.local/state/sluice: what the command line uses. */
export function defaultDataDirectory() {
  const state = process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local/state");
  return process.env.SLUICE_DATA || path.join(state, "sluice");
}

export class Subscriber {
  /**
   * @param where a data directory, or the ZeroMQ endpoints {events, log, filtered}
   * @param options
   *   prefixes    topic prefixes; all events if empty
   *   pattern     an event pattern, an object or JSON text: the engine sends what it wants and nothing else
   *   since       where to begin: "beginning", a Date or Unix milliseconds; without it, with what happens from now on
   *   after       where to begin, as a sequence: the `cursor` of an earlier subscriber
   *   cursorFile  a path: begins after the sequence that stands there (`since` and `after` count only while there is no
   *               such file), and keeps it up to date. An event counts as done when the next one is asked for, or at
   *               close()
   */
  constructor(where = defaultDataDirectory(), options = {}) {
    const { events, log, filtered } = typeof where === "string" ? addresses(where) : where;
    this.file = options.cursorFile ? new CursorFile(options.cursorFile) : undefined;
    const stored = this.file?.read();
    this.stream = new Stream(stored === undefined ? options : { ...options, after: stored, since: undefined });
    this.presence = new Presence(events);
    const settings = { linger: 0, reconnectInterval: 20, receiveHighWaterMark: 100_000 };
    this.events = new Sub(settings);
    this.log = new Dealer({ ...settings, immediate: true, sendTimeout: 0 }); // nothing queues up for an engine that is away
    this.events.subscribe(...this.stream.topics);
    this.events.connect(options.pattern === undefined ? events : filtered);
    this.log.connect(log);
    this.pending = { events: undefined, log: undefined }; // receives under way
  }

  /** Where to begin next time: the last event handed over. */
  get cursor() {
    return this.stream.cursor;
  }
  /** How many sequence numbers the engine is ahead of it, as far as is known. */
  get behind() {
    return this.stream.behind;
  }
  /**
   * How many sequence numbers after its place retention had removed before it asked for them: events that it can never
   * get. 0 as long as nothing was missed.
   */
  get removed() {
    return this.stream.removed;
  }

  async *[Symbol.asyncIterator]() {
    for (;;) yield await this.next();
  }

  /** The next event {sequence, topic, envelope}; null after timeoutMs without one. Throws SubscriptionError. */
  async next(timeoutMs = Infinity) {
    if (this.file && this.stream.known !== undefined) this.file.write(this.cursor);
    const end = Date.now() + timeoutMs;
    while (this.stream.ready.length === 0) {
      if (this.stream.patience === 0) await this.ask();
      const left = end - Date.now();
      if (left < 0) return null;
      await this.receive(Math.min(this.stream.patience, left));
    }
    return this.stream.ready.shift();
  }

  close() {
    this.presence.withdraw();
    this.events.close();
    this.log.close();
    this.file?.write(this.cursor, true);
  }

  async ask() {
    this.presence.announce();
    try {
      await this.log.send(this.stream.request());
      this.stream.asked(true);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
      this.stream.asked(false);
    }
  }

  // While the log is being asked, what arrives live stays where it is: it may belong after the answer.
  async receive(waitMs) {
    let timer;
    const waits = [new Promise((resolve) => (timer = setTimeout(resolve, waitMs)))];
    for (const name of this.stream.asking ? ["log"] : ["log", "events"]) {
      this.pending[name] ??= this[name].receive().then((frames) => ({ name, frames }));
      waits.push(this.pending[name]);
    }
    const came = await Promise.race(waits);
    clearTimeout(timer);
    if (!came) return;
    this.pending[came.name] = undefined;
    if (came.name === "log") this.stream.takeAnswer(came.frames);
    else if (came.frames.length === 3) this.stream.takeLive(came.frames);
  }
}

// Where the engine of a data directory binds (docs/events.md, On the bus).
function addresses(dataDirectory) {
  const directory = path.resolve(dataDirectory);
  const folder = `${directory}/bus`;
  let base = `ipc://${folder}/`;
  if (Buffer.byteLength(folder) + 9 > 100) {
    let number = 0xcbf29ce484222325n; // FNV-1a
    for (const byte of Buffer.from(directory)) number = BigInt.asUintN(64, (number ^ BigInt(byte)) * 0x100000001b3n);
    const runtime = process.env.XDG_RUNTIME_DIR || "/tmp";
    base = `ipc://${runtime}/sluice-${process.getuid()}-${number.toString(16).padStart(16, "0")}-`;
  }
  return { events: `${base}events`, log: `${base}log`, filtered: `${base}filtered` };
}
