"""Workers of a cluster of dask.distributed: the one module that knows of it.

A worker is sent the name of a function, and plain values, so that all have to run the same code.
What a worker was at when it was killed another one does again.
"""

from __future__ import annotations

import hashlib
import logging
import os
import pickle
import re
import time
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any

from bonsai_compiler.errors import BonsaiError, shortened, shown
from bonsai_compiler.system.reading import bundled_folder
from bonsai_compiler.system.terminal import log
from bonsai_compiler.workers.here import HERE
from bonsai_compiler.workers.interface import Value, Workers

CONNECTING = 10.0
"""Seconds in which a scheduler has to answer, and one worker to be there."""

WAITING = 60.0
"""Seconds that are waited for another worker when the last one has gone."""

AWAY = 2.0
"""Seconds that a call takes which can be gone on with: so much is lost with a worker at most."""

LOOKING = 1.0
"""Seconds after which it is looked again who is there."""

AHEAD = 2
"""How many calls each worker has, so that it need not wait for the next."""

LOGS = "distributed", "distributed.client", "tornado"
"""Who says nothing, here and in local workers: what goes wrong our own lines tell."""

MOST_LOCAL = 256
"""How many worker processes are started here at most."""

MEND = (
    "write local:2 for two worker processes here, or the address of a scheduler, such as "
    "tcp://10.0.0.7:8786"
)
ADDRESS = re.compile(r"((tcp|tls|ws|wss)://)?(\[[0-9a-fA-F:.%]+\]|[\w.-]+):(?P<port>[0-9]{1,5})")
WORKER = "dask worker ADDRESS --nthreads 1"
"""How a worker is started."""


@contextmanager
def workers_at(address: str | None) -> Iterator[Workers]:
    """Give the workers of a cluster: local:N, or a scheduler's address; None is for this process.

    Raises BonsaiError where there are none, or where they do not run the very same code.
    """
    if address is None:
        yield HERE
        return
    count = local_count(address)
    try:
        import dask

        dask.config.set({"logging": dict.fromkeys(LOGS, "critical")})
        from distributed import Client, LocalCluster
    except ImportError:
        raise BonsaiError(
            "--cluster needs dask.distributed; pip install '.[cluster]' in the folder of bonsaic, "
            "or pip install distributed"
        ) from None
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"(dask|distributed|tornado)\b")
        for name in LOGS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        if count is None:
            with _closing(_connected(Client, address)) as client:
                yield Cluster(client, address)
            return
        with (
            _closing(_started(LocalCluster, count)) as cluster,
            _closing(Client(cluster)) as client,
        ):
            yield Cluster(client, address)


def local_count(address: str) -> int | None:
    """Return how many worker processes an address asks for here; None for a scheduler's address.

    Raises BonsaiError for what is neither.
    """
    local = re.fullmatch(r"local:([0-9]{1,9})", address)
    if local and 1 <= int(local[1]) <= MOST_LOCAL:
        return int(local[1])
    found = ADDRESS.fullmatch(address)
    if address.startswith("local:") or found is None or int(found["port"]) > 65535:
        raise BonsaiError(f"the cluster is {shown(address)}; {MEND}")
    return None


@contextmanager
def _closing(thing: Any) -> Iterator[Any]:
    try:
        yield thing
    finally:
        # Whatever is left of it, nobody needs it any more.
        with suppress(Exception):
            thing.close(timeout=CONNECTING)


def _connected(client: Any, address: str) -> Any:
    connected = client.__new__(client)
    try:
        connected.__init__(address, timeout=CONNECTING, set_as_default=False)
        return connected
    except Exception as error:
        # One that failed half-way would try to take leave, for twice as long.
        connected.status = "closed"
        # Whatever listens there may answer anything.
        fault = shortened(str(error)) or type(error).__name__
        raise BonsaiError(f"no scheduler answers at {address} ({fault}); {MEND}") from None


def _started(cluster: Any, count: int) -> Any:
    share = str(max(1, (os.cpu_count() or 1) // count))
    # Each would use all cores for itself. Older versions of PoCL know the first name.
    threads = dict.fromkeys(("POCL_MAX_PTHREAD_COUNT", "POCL_CPU_MAX_CU_COUNT"), share)
    try:
        return cluster(
            n_workers=count,
            threads_per_worker=1,
            # Its pages are for this machine alone, on any port.
            dashboard_address="127.0.0.1:0",
            memory_limit=0,
            silence_logs=logging.CRITICAL,
            env=threads | {name: os.environ[name] for name in threads if name in os.environ},
        )
    except Exception as error:
        fault = shortened(str(error)) or type(error).__name__
        raise BonsaiError(f"no {count} worker processes could be started ({fault})") from None


class Cluster:
    """The workers of a scheduler; those that come later are taken on, and have to be alike too."""

    seconds = AWAY

    def __init__(self, client: Any, address: str) -> None:
        self.client, self.address = client, address
        self.executor = client.get_executor(pure=False)
        self.seen, self.looked, self.lonely = 0, -LOOKING, 0.0
        until = time.monotonic() + CONNECTING
        while not self.count:
            if time.monotonic() > until:
                raise BonsaiError(f"{address} has no worker; start some: {self._command()}")
            time.sleep(0.1)
        self._expect_same_scheduler()
        self.everywhere(identity)

    @property
    def count(self) -> int:
        """How many workers there are, or were a moment ago."""
        now = time.monotonic()
        if now - self.looked >= LOOKING:
            self.seen, self.looked = len(self._threads()), now
        return self.seen

    @property
    def width(self) -> int:
        """As many calls as keep all workers busy."""
        return AHEAD * max(1, self.count)

    def submit(self, function: Callable[..., Value], *arguments: Any) -> Future[Value]:
        return self._submitted({}, function, *arguments)

    def done(self, futures: Collection[Future[Value]]) -> list[Future[Value]]:
        done = wait(futures, timeout=LOOKING, return_when=FIRST_COMPLETED).done
        for future in done:
            self._expect_result(future)
        if not done:
            self._expect_workers()
        return list(done)

    def everywhere(self, function: Callable[..., Value], *arguments: Any) -> list[Value]:
        where = [{"workers": [name], "allow_other_workers": True} for name in self._threads()]
        futures = [self._submitted(options, function, *arguments) for options in where]
        waiting = set(futures)
        while waiting:
            waiting -= set(self.done(waiting))
        return [future.result() for future in futures]

    def _submitted(self, options: Mapping[str, Any], *call: Any) -> Future[Any]:
        try:
            sent = pickle.dumps((called, identity(), *call))
            found: Future[Any] = self.executor.submit(messenger(), sent, **options)
        except Exception as error:
            raise self._gone() from error
        return found

    def _threads(self) -> Mapping[str, int]:
        """Return the workers that are there now, by name, with the threads of each."""
        try:
            found: Mapping[str, int] = self.client.nthreads()
        except Exception:
            raise self._gone() from None
        return found

    def _expect_workers(self) -> None:
        now = time.monotonic()
        if self.count:
            self.lonely = 0.0
        elif not self.lonely:
            self.lonely = now
            log(f"bonsaic: no worker is left at {self.address}; waiting for one")
        elif now - self.lonely > WAITING:
            raise BonsaiError(
                f"no worker came back to {self.address} in {WAITING:.0f} s; start some: "
                f"{self._command()}"
            )

    def _expect_result(self, future: Future[Any]) -> None:
        """Raise BonsaiError where a call has no result, for a reason outside of what it called."""
        if future.cancelled():
            raise self._gone()
        error = future.exception()
        if error is None or isinstance(error, BonsaiError):
            return
        fault = shortened(str(error)) or type(error).__name__
        if isinstance(error, ImportError):
            raise BonsaiError(f"a worker cannot run this bonsaic ({fault}); install it there too")
        if type(error).__module__.startswith(("distributed", "dask")):
            raise BonsaiError(f"the cluster gave up a call ({type(error).__name__}: {fault})")

    def _expect_same_scheduler(self) -> None:
        try:
            theirs = self.client.get_versions()["scheduler"]["packages"]["distributed"]
        except Exception:
            raise self._gone() from None
        if theirs != version("distributed"):
            fault = f"runs distributed {theirs}, and here it is {version('distributed')}"
            raise BonsaiError(f"the scheduler at {self.address} {fault}; install the same there")

    def _gone(self) -> BonsaiError:
        return BonsaiError(f"the scheduler at {self.address} went away")

    def _command(self) -> str:
        return WORKER.replace("ADDRESS", self.address)


def messenger() -> Callable[[bytes], Any]:
    """Return a function that makes a call which was pickled.

    It is nested, so that it travels as code. What a scheduler or a worker cannot unpickle by
    itself, since bonsaic is not there or another one, would end its connection.
    """

    def call(sent: bytes) -> Any:
        import pickle

        try:
            function, *arguments = pickle.loads(sent)
        except (ImportError, AttributeError) as error:
            raise ImportError(str(error)) from None
        return function(*arguments)

    return call


def called(wanted: Mapping[str, str], function: Callable[..., Value], *arguments: Any) -> Value:
    """Return what a function says, on a worker; raises BonsaiError where that is not alike."""
    from distributed import get_worker

    worker = get_worker()
    place = f"the worker at {worker.address}"
    own = identity()
    if other := [name for name in wanted if own.get(name) != wanted[name]]:
        name = other[0]
        said = f"has {name} {own.get(name)}, and here it is {wanted[name]}"
        raise BonsaiError(f"{place} {said}; install the same there")
    if worker.state.nthreads != 1:
        said = f"has {worker.state.nthreads} threads, which growth cannot share"
        raise BonsaiError(f"{place} {said}; start it with {WORKER}")
    try:
        return function(*arguments)
    except BonsaiError as error:
        raise BonsaiError(f"{place}: {error}") from None


@cache
def identity() -> dict[str, str]:
    """Return what a result depends on besides the arguments of a call: versions, and our files."""
    package = Path(__file__).resolve().parent.parent
    texts = hashlib.sha256()
    for folder, pattern in ((package, "*.py"), (bundled_folder("kernels"), "*")):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                texts.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    packages = ("numpy", "tinygrad", "distributed")
    return {
        "Python": python_version().rpartition(".")[0],
        **{name: version(name) for name in packages},
        "the bonsaic of digest": texts.hexdigest()[:12],
    }
