"""A sequence number in a file that is always whole."""

import os


class CursorFile:
    def __init__(self, path):
        self._path = os.path.abspath(path)
        self._written = None

    def read(self):
        """The sequence, or None if there is no file. ValueError if something else stands there."""
        try:
            with open(self._path, encoding="ascii") as file:
                text = file.read().strip()
        except FileNotFoundError:
            return None
        if not text.isdecimal():
            raise ValueError(f"{self._path} holds no sequence number; remove it to begin anew")
        self._written = int(text)
        return self._written

    def write(self, sequence, durable=False):
        """Replaces the file as a whole. It survives the process; with `durable`, a power cut too."""
        if sequence == self._written and not durable:
            return
        beside = f"{self._path}.{os.getpid()}"
        with open(beside, "w", encoding="ascii") as file:
            file.write(f"{sequence}\n")
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(beside, self._path)
        self._written = sequence
