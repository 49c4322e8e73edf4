"""A file in DATA/bus/subscribers: a run that would be over before a subscriber could connect stays a moment longer then."""

import os
import tempfile


class Presence:
    def __init__(self, endpoint):
        folder = os.path.dirname(endpoint[len("ipc://") :]) if endpoint.startswith("ipc://") else ""
        self._folder = os.path.join(folder, "subscribers") if folder.endswith("/bus") else None
        self._file = None

    def announce(self):
        """Made as soon as there is a data directory."""
        if self._file or not self._folder:
            return
        try:
            if not os.path.isdir(self._folder):
                os.mkdir(self._folder, mode=0o700)
            handle, self._file = tempfile.mkstemp(prefix=f"{os.getpid()}.", dir=self._folder)
            os.close(handle)
        except OSError:
            pass

    def withdraw(self):
        if self._file:
            try:
                os.unlink(self._file)
            except OSError:
                pass
            self._file = None
