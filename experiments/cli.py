"""The program `deflect`: from its arguments to an exit code. Nothing heavy is imported before a command needs it."""

import re
import sys

WRONG_INPUT, FAILED, INTERRUPTED = 2, 1, 130
OPTIONS = frozenset(  # that a message may be about: it begins with the name of the argument in Python
    "above always below budget confirm draw-seed draws generation lever most objective outcome over percent points "
    "policy reference seed seeds trials until-precise workers".split()
)


def main() -> None:
    """Run the command line; a user's mistake is one message and exit code 2, Ctrl-C one line and 130."""
    try:
        from .commands import app

        code = app(sys.argv[1:] or ["--help"], prog_name="deflect", standalone_mode=False)
    except KeyboardInterrupt:
        code = INTERRUPTED
    except BrokenPipeError:  # deflect places washington | head -3
        sys.stdout = None
        code = 0
    except Exception as error:
        code = _explain(error)
    if code == INTERRUPTED:
        _say("stopped by Ctrl-C; nothing was written")
    sys.exit(code or 0)


def _explain(error: Exception) -> int:
    """Say what went wrong in one message and return the exit code; a fault of ours is raised on."""
    from typer.exceptions import TyperException

    from ..scenarios.errors import InputError
    from .processes import WorkerDied

    if isinstance(error, InputError):
        _say(_by_option(str(error)))
        return WRONG_INPUT
    if isinstance(error, TyperException):
        context = getattr(error, "ctx", None)
        command = context.command_path if context else "deflect"
        said = error.format_message().rstrip(".")
        _say(f"{said}{_policy_meant(said, command)} (see {command} --help)")
        return WRONG_INPUT
    if isinstance(error, MemoryError):
        _say("memory ran out: take fewer --workers or --residents")
    elif isinstance(error, WorkerDied):
        _say(str(error))
    elif isinstance(error, OSError):  # the disk is full, the folder was taken away
        _say(str(error))
    else:
        raise error
    return FAILED


def _policy_meant(message: str, command: str) -> str:
    """Return a cure for `deflect run my_policy.yaml`: other commands take a policy as an argument."""
    extra = re.search(r"unexpected extra argument\S* \((\S+)\)", message)
    return f", did you mean --policy {extra[1]}?" if extra and command.endswith(" run") else ""


def _by_option(message: str) -> str:
    """Name an option as the user wrote it, once, where a message begins with the name of an argument."""
    from .commands.options import by_option

    message = by_option(message)
    name, _, rest = message.partition(": ")
    name = name.removeprefix("--")
    option = name if name in OPTIONS else name.removesuffix("s")  # objectives: --objective, repeated
    if option not in OPTIONS:
        return message
    return f"--{option}: {rest.removeprefix(f'{name}: ').removeprefix(f'{name} ')}"


def _say(message: str) -> None:
    print(f"deflect: {message}", file=sys.stderr)
