"""The command line: parses, calls, prints. A command is a module of this package, loaded when it is called."""

from __future__ import annotations

import importlib
import pkgutil
import signal
import sys
import traceback
from types import FrameType

import click

from grader import __version__
from grader.errors import GraderError
from grader.output import show_error

INTERRUPTED = 130
BUG = 70


class _Commands(click.Group):
    """Finds a command `name` in the module `grader.cli.name`, so that calling one does not load the others.

    Modules whose name begins with `_` are what commands share. A command named as something of Python's (`list`) has
    `_` behind its name in the code.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(module.name for module in pkgutil.iter_modules(__path__) if not module.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"grader.cli.{cmd_name}")
        command: click.Command = getattr(module, f"{cmd_name}_", None) or getattr(module, cmd_name)
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="grader")
def cli() -> None:
    """Grade back-end submissions in Docker containers with hidden pytest suites.

    Exit codes: 0 passed, 1 graded but not passed, 2 usage, 3 the submission cannot be read, 4 the challenge is at
    fault, 5 Docker or this machine is (safe to repeat), 70 a bug in the grader, 130 interrupted.
    """


def main() -> None:
    """Run the command line; the only place that turns an exception into a message and an exit code."""
    _end_on(signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    try:
        cli.main(standalone_mode=False)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\ninterrupted; what was started is removed", err=True)
        sys.exit(INTERRUPTED)
    except GraderError as error:
        show_error(error)
        sys.exit(error.exit_code)
    except Exception:  # noqa: BLE001 - the outermost handler: nothing may end without a word
        click.echo(f"{traceback.format_exc()}\nthis is a bug in grader {__version__}; please report it", err=True)
        sys.exit(BUG)


def _end_on(*signals: signal.Signals) -> None:
    """Let each of these end the program as Ctrl-C does, so that everything is removed; one is enough.

    Those that follow find the removal under way and are ignored: people press twice, and CI systems send several. What
    the parent wants ignored stays ignored (nohup).
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        for other in signals:
            signal.signal(other, signal.SIG_IGN)
        raise KeyboardInterrupt

    for each in signals:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, interrupt)
