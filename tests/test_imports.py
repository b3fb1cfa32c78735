"""Which part may import which, and that the dashboard runs where only its own packages are."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest

from core import paths
from core.text import LANGUAGES
from core.ui import sitemap
from tests.conftest import Lab


def _arrows() -> dict[str, set[str]]:
    """What each part of `core` may import, besides itself: the table in ARCHITECTURE.md."""
    text = (paths.ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").replace("\\_", "_")
    table = text.split("<!-- arrows -->")[1].split("<!-- /arrows -->")[0]
    arrows: dict[str, set[str]] = {}
    for line in table.strip().splitlines()[2:]:
        parts, allowed = (cell.strip() for cell in line.strip("|").split("|"))
        named: set[str] = set()
        for word in allowed.split():
            named |= arrows[word] if word.isupper() else {word}
        arrows |= dict.fromkeys(parts.split(", "), named)
    return {part: allowed for part, allowed in arrows.items() if not part.isupper()}


ARROWS = _arrows()
TRAINING_PACKAGES = {"tensorflow", "keras", "tf2onnx", "h5py", "torch", "jax", "optax"}
MAY_TRAIN = {"networks", "training"}
MAY_SHOW = {"server", "ui", "pages", "Home", "benchmarks"}

OURS = {"benchmarks", "core", "pages", "tests"}

# Needed by others than our own code: the backend that Keras runs on, and its ONNX exporter.
IMPORTED_BY_KERAS = {"tensorflow", "tensorflow-cpu", "tf2onnx"}

# Imported by Starlette when a form arrives.
IMPORTED_BY_STARLETTE = {"python-multipart"}

# Imported by benches alone, when they run, with a sentence where they are missing.
FOR_BENCHES = {"fonttools", "playwright", "scikit-image"}

# Imported where whole epochs are trained on a device; requirements-gpu.txt brings them.
FOR_DEVICE = {"jax", "optax"}


def sources() -> list[Path]:
    folders = (paths.ROOT / "core", paths.ROOT / "pages", paths.ROOT / "benchmarks")
    return [paths.ROOT / "Home.py", *(file for place in folders for file in place.rglob("*.py"))]


def area(file: Path) -> str:
    parts = file.relative_to(paths.ROOT).with_suffix("").parts
    return parts[1] if parts[0] == "core" else parts[0]


def imports(file: Path) -> Iterator[tuple[str, ...]]:
    """Every module that a file imports anywhere, as its parts; `from core import x` is core.x."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            module = tuple(str(node.module).split("."))
            if module == ("core",):
                yield from (("core", alias.name) for alias in node.names)
            else:
                yield module


def test_the_table_of_arrows_names_every_part_and_nothing_else() -> None:
    parts = {area(file) for file in sources()}
    assert set(ARROWS) == parts
    assert {name for allowed in ARROWS.values() for name in allowed} <= parts


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(paths.ROOT)))
def test_imports_go_one_way(file: Path) -> None:
    here = area(file)
    for module in imports(file):
        if module[0] == "core" and len(module) > 1 and module[1] != "__version__":
            allowed = ARROWS[here] | {here}
            assert module[1] in allowed, f"{here} imports {'.'.join(module)}"
        if module[0] in TRAINING_PACKAGES:
            assert here in MAY_TRAIN, f"{here} imports {module[0]}"
        if module[0] == "streamlit":
            assert here in MAY_SHOW, f"{here} imports streamlit"


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(paths.ROOT)))
def test_what_streamlit_does_not_promise_is_imported_in_one_place(file: Path) -> None:
    inner = [module for module in imports(file) if module[0] == "streamlit" and len(module) > 1]
    assert not inner or file.name == "_compat.py" or area(file) == "benchmarks"


def required(name: str) -> set[str]:
    """Names of the packages in a requirements file, those of the files that it includes too."""
    found: set[str] = set()
    for line in (paths.ROOT / name).read_text(encoding="utf-8").splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("-r "):
            found |= required(line.removeprefix("-r ").strip())
        elif line:
            assert "==" in line, f"{name}: {line} is not pinned"
            found.add(line.split("==")[0].strip())
    return found


def imported(files: list[Path]) -> set[str]:
    """Names of the packages that files import."""
    modules = {module[0] for file in files for module in imports(file)}
    modules -= set(sys.stdlib_module_names) | OURS
    return {owners()[module][0] for module in modules}


@cache
def owners() -> dict[str, list[str]]:
    """The packages of this environment that bring each top-level module."""
    return {
        module: [_normal(name) for name in names]
        for module, names in packages_distributions().items()
    }


def _normal(package: str) -> str:
    return re.sub(r"[-_.]+", "-", package).lower()


def test_every_import_is_required_and_every_requirement_imported() -> None:
    named = required("requirements.txt")
    found = imported(sources())
    assert found - FOR_BENCHES - FOR_DEVICE == named - IMPORTED_BY_KERAS - IMPORTED_BY_STARLETTE
    assert named >= IMPORTED_BY_KERAS


def test_the_dashboard_imports_only_what_a_lean_host_installs() -> None:
    files = [file for file in sources() if area(file) not in MAY_TRAIN]
    needed = required("requirements-app.txt") - IMPORTED_BY_STARLETTE
    assert imported(files) - FOR_BENCHES == needed
    elsewhere = [file for file in sources() if area(file) != "benchmarks"]
    assert not imported(elsewhere) & FOR_BENCHES
    assert required("requirements-dev.txt") >= FOR_BENCHES


def test_tests_import_only_what_is_required() -> None:
    files = list((paths.ROOT / "tests").rglob("*.py"))
    assert imported(files) <= required("requirements-dev.txt") | FOR_DEVICE


def test_what_trains_on_a_device_stands_apart() -> None:
    assert required("requirements-gpu.txt") - required("requirements.txt") == FOR_DEVICE
    device = paths.ROOT / "core" / "training" / "device"
    elsewhere = [file for file in sources() if not file.is_relative_to(device)]
    assert not imported(elsewhere) & FOR_DEVICE


# Run in a process of its own: refuses every module that requirements-app.txt does not bring,
# TensorFlow and Keras among them, and notes who asks for those two.
LEAN = """
import importlib.abc, json, sys

lacking, wanted = set(json.loads(sys.argv[1])), []

class Lacking(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("tensorflow", "keras"):
            wanted.append(name)
        if name.split(".")[0] in lacking:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Lacking())
"""

PAGES = """
from tests.pages.app import open_page, texts

found = {}
for page, lang in json.loads(sys.argv[2]):
    try:
        app = open_page(page, lang=lang)
        found[f"{page} {lang}"] = ["", [item.value for item in app.error], texts(app)]
    except BaseException as reason:
        found[f"{page} {lang}"] = [repr(reason), [], ""]
print(json.dumps([found, wanted]))
"""


@cache
def lacking() -> list[str]:
    """Top-level modules of this environment that a lean host has not."""
    kept: set[str] = set()
    waiting = [_normal(name) for name in required("requirements-app.txt")]
    while waiting:
        name = waiting.pop()
        try:
            needs = distribution(name).requires or []
        except PackageNotFoundError:  # only wanted on another platform
            continue
        kept.add(name)
        named = [re.split(r"[^\w.-]", line)[0] for line in needs if "extra ==" not in line]
        waiting += {_normal(need) for need in named} - kept
    return [name for name, by in owners().items() if name not in OURS and not kept & set(by)]


def run_lean(script: str, *arguments: str) -> str:
    command = [sys.executable, "-c", LEAN + script, json.dumps(lacking()), *arguments]
    done = subprocess.run(command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_lean_host_lacks_tensorflow() -> None:
    assert {"tensorflow", "keras", "tf2onnx", "onnx", "onnxruntime"} <= set(lacking())


@pytest.mark.slow
def test_every_page_works_without_tensorflow(lab: Lab) -> None:
    pages = [entry.name for entries in sitemap.sections().values() for entry in entries]
    runs = [(page, lang) for page in pages for lang in LANGUAGES]
    found, wanted = json.loads(run_lean(PAGES, json.dumps(runs)).splitlines()[-1])
    assert len(found) == len(runs)
    assert {run: fault for run, (fault, _, _) in found.items() if fault} == {}
    assert all(len(text) > 50 for _, _, text in found.values())
    assert wanted == []


def test_home_loads_no_heavy_library(lab: Lab) -> None:
    """The first page's time and memory; see `python -m benchmarks start`."""
    heavy = {"pandas", "cv2", "openvino", "av", "streamlit_webrtc", "fpdf", "xlsxwriter"}
    script = f"""
from tests.pages.app import open_page
open_page("home")
print(sorted({heavy} & sys.modules.keys()))
"""
    assert run_lean(script).splitlines()[-1] == "[]"


def test_no_page_loads_what_only_fits_and_searches(lab: Lab) -> None:
    """Forty-five megabytes of a small host's 690, for functions that no page calls when opened."""
    pages = [entry.name for entries in sitemap.sections().values() for entry in entries]
    script = f"""
from tests.pages.app import open_page
for page in {pages}:
    open_page(page)
print(sorted({{"scipy.stats", "scipy.optimize", "fpdf", "xlsxwriter"}} & sys.modules.keys()))
"""
    assert run_lean(script).splitlines()[-1] == "[]"


def test_the_command_line_works_without_tensorflow() -> None:
    script = "sys.argv[1:] = ['--help']\nfrom core.cli import main\nmain()"
    assert "import" in run_lean(script)


def test_training_without_tensorflow_says_what_to_install() -> None:
    script = "sys.argv[1:] = ['train', 'cnn_48', '--smoke']\nfrom core.cli import main\nmain()"
    with pytest.raises(AssertionError, match=r"pip install -r requirements\.txt"):
        run_lean(script)
