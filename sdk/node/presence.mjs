// A file in DATA/bus/subscribers: a run that would be over before a subscriber could connect stays a moment longer then.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

export class Presence {
  constructor(endpoint) {
    const folder = endpoint.startsWith("ipc://") ? path.dirname(endpoint.slice("ipc://".length)) : "";
    this.folder = folder.endsWith("/bus") ? path.join(folder, "subscribers") : undefined;
  }

  /** Made as soon as there is a data directory. */
  announce() {
    if (this.file || !this.folder) return;
    const file = path.join(this.folder, `${process.pid}.${crypto.randomBytes(6).toString("hex")}`);
    try {
      if (!fs.existsSync(this.folder)) fs.mkdirSync(this.folder, { mode: 0o700 });
      fs.writeFileSync(file, "", { mode: 0o600 });
      this.file = file;
    } catch {
      // there is no data directory yet
    }
  }

  withdraw() {
    if (this.file) fs.rmSync(this.file, { force: true });
    this.file = undefined;
  }
}
