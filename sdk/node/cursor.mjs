// A sequence number in a file that is always whole.
import fs from "node:fs";

export class CursorFile {
  constructor(path) {
    this.path = path;
    this.written = undefined;
  }
  /** The sequence, or undefined if there is no file. */
  read() {
    let content;
    try {
      content = fs.readFileSync(this.path, "ascii").trim();
    } catch (error) {
      if (error.code === "ENOENT") return undefined;
      throw error;
    }
    if (!/^[0-9]+$/.test(content)) throw new Error(`${this.path} holds no sequence number; remove it to begin anew`);
    this.written = Number(content);
    return this.written;
  }
  /** Replaces the file as a whole. It survives the process; with `durable`, a power cut too. */
  write(sequence, durable = false) {
    if (sequence === this.written && !durable) return;
    const beside = `${this.path}.${process.pid}`;
    const file = fs.openSync(beside, "w");
    fs.writeSync(file, `${sequence}\n`);
    if (durable) fs.fsyncSync(file);
    fs.closeSync(file);
    fs.renameSync(beside, this.path);
    this.written = sequence;
  }
}
