"""What the tests of the commands share."""

import sys

import pytest
from deflect.experiments import cli


@pytest.fixture
def program(monkeypatch, capsys, tmp_path):
    """Return a function that runs the program in an empty folder: (exit code, output, error output) of arguments."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["deflect", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run
