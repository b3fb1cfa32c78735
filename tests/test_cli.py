from __future__ import annotations

import subprocess
import sys

import pytest

from core import cli


def test_the_command_line_loads_nothing_heavy() -> None:
    code = (
        "import sys, core.cli; heavy = {'tensorflow', 'keras', 'openvino', 'streamlit', 'plotly'};"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("command", ["data", "train", "export", "messages"])
def test_every_part_is_joined(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert command in capsys.readouterr().out


def test_an_error_is_one_line_and_exit_code_1() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "core", "data", "import", "no/such/file.csv"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "no/such/file.csv does not exist.\n"
