"""The workers of `bench growth` as it sees them: processes that step when they are asked."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Timer
from typing import IO

LATE = "left out: not ready in time (--minutes)"


@dataclass(slots=True)
class Worker:
    """A process that steps when asked, and what it said: milliseconds a step, or GFLOP/s."""

    name: str
    kind: str
    device: str
    network: str
    replicas: int
    process: subprocess.Popen[str] | None = None
    start: float = 0.0
    fault: str = ""
    said: list[float] = field(default_factory=list)
    errors: IO[str] = field(default_factory=partial(tempfile.TemporaryFile, "w+"))

    def begin(self, limit: float) -> None:
        """Start the process and wait until it is ready, `limit` seconds at most."""
        command = [sys.executable, "-m", "bonsai_compiler.bench.worker"]
        command += [self.kind, self.device, self.network, str(self.replicas)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, stdin=pipe, stdout=pipe, stderr=self.errors, text=True
        )
        begun, watch = time.perf_counter(), Timer(limit, self.process.kill)
        watch.start()
        ready = self.answer()
        watch.cancel()
        if ready:
            self.start = ready[0]
        elif time.perf_counter() - begun >= limit:
            self.fault = LATE

    def measure(self, seconds: float) -> None:
        """Have it step for some seconds."""
        if self.process is None or self.fault:
            return
        assert self.process.stdin is not None
        # One that has died is found out by its silence.
        with suppress(BrokenPipeError):
            print(seconds, file=self.process.stdin, flush=True)
        self.said += self.answer()

    def answer(self) -> list[float]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            self.said.clear()
            ended = f"the process ended with {self.process.wait()}"
            self.errors.seek(0)
            lines = [ended, *self.errors.read().split("\n")]
            self.fault = f"failed: {[line for line in lines if line.strip()][-1]}"
        return [float(word) for word in line.split()]

    def end(self) -> None:
        """Let the process go."""
        if self.process is not None:
            self.process.communicate()
        self.errors.close()
