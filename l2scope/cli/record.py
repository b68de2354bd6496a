"""`l2scope record`."""

import os
import shutil
import signal
from pathlib import Path

import click

from l2scope.cli.listening import adapter_index, file_type
from l2scope.sources.adapters import listen
from l2scope.sources.errors import CaptureError
from l2scope.sources.output import file_output
from l2scope.sources.recording import Recording
from l2scope.text import printable

# What a shell exits with for a command that is not there, and for one that it cannot run.
NOT_FOUND = 127
NOT_RUNNABLE = 126
SIGNALLED = 128

FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2")

EPILOG = """\b
Examples:
  l2scope record hci0 -w out.btsnoop -- pytest tests/
  l2scope record all -w out.btsnoop -- ./transfer --to AA:BB:CC:DD:EE:FF

\b
Exit codes: that of COMMAND; 127 there is no such command, 126 it cannot be run, 2 it is not possible to record here.
"""


@click.command(epilog=EPILOG)
@click.argument("adapter", callback=adapter_index)
@click.argument("program", metavar="-- COMMAND...", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option("-w", "--write", "path", type=file_type, metavar="FILE", required=True, help="The btsnoop file to write.")
@click.pass_context
def command(ctx: click.Context, adapter: int | None, program: tuple[str, ...], path: Path) -> None:
    """Record what an adapter sends and receives while COMMAND runs, and exit as it does.

    Signals are passed on to COMMAND. It needs Linux and the right to listen.
    """
    if (code := _refuse(program[0])) is not None:
        ctx.exit(code)
    monitor, _ = listen(adapter)
    try:
        output = file_output(path)
    except CaptureError:
        monitor.close()
        raise
    recording = Recording(monitor, output.write)
    try:
        code = record_while(recording, program)
    finally:
        output.forget()
    _report(recording, path)
    ctx.exit(code)


def record_while(recording: Recording, program: tuple[str, ...]) -> int:
    """Runs a program and records while it runs. Returns what a shell would exit with."""
    forwarded = {getattr(signal, name) for name in FORWARDED}
    former = signal.pthread_sigmask(signal.SIG_BLOCK, {*forwarded, signal.SIGCHLD})
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    recording.start()
    try:
        child = os.posix_spawnp(program[0], program, os.environ, setsigmask=former, setsigdef=[signal.SIGPIPE])
        return _exit_code(child, forwarded)
    except OSError as error:
        click.echo(f"l2scope: {printable(program[0])}: {error.strerror or error}", err=True)
        return NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_RUNNABLE
    finally:
        recording.stop()
        recording.join()
        signal.pthread_sigmask(signal.SIG_SETMASK, former)


def _exit_code(child: int, forwarded: set[signal.Signals]) -> int:
    """Waits for a process, and passes signals on to it.

    What the terminal sends (Ctrl-C) has reached it already; the kernel marks that by a positive code.
    """
    while True:
        caught = signal.sigwaitinfo({*forwarded, signal.SIGCHLD})
        if caught.si_signo != signal.SIGCHLD:
            if caught.si_code <= 0:
                os.kill(child, caught.si_signo)
            continue
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else SIGNALLED - code


def _refuse(program: str) -> int | None:
    """Says that a program cannot be run before any file is touched. Returns the exit code, None where it can."""
    if shutil.which(program):
        return None
    there = os.sep in program and Path(program).exists()
    reason = "cannot be run: it is no executable file" if there else "command not found"
    click.echo(f"l2scope: {printable(program)}: {reason}", err=True)
    return NOT_RUNNABLE if there else NOT_FOUND


def _report(recording: Recording, path: Path) -> None:
    name = printable(str(path))
    if recording.failure is not None:
        reason = recording.failure.strerror or recording.failure
        click.echo(f"l2scope: warning: {name}: the recording ended early: {reason}", err=True)
    lost = f"; {recording.drops:,} were lost: the kernel had no room for them" if recording.drops else ""
    click.echo(f"l2scope: {recording.packets:,} packets in {name}{lost}", err=True)
