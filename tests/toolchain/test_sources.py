"""`toolchain.sources`: what is imported, and what is refused by name and never by content."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from toolchain.errors import SourceError
from toolchain.solc import CompilationFailed, compile_sources
from toolchain.sources import MAX_FILE_BYTES, SourceTree, import_sources

HEAD = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.24;\n"


def lay(root: Path, files: dict[str, str]) -> Path:
    """Write files and return the path of the first."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / next(iter(files))


def imported(root: Path, line: str, **more: str) -> SourceTree:
    return import_sources(lay(root, {"src/A.sol": HEAD + line + "\ncontract A {}\n", **more}), root)


def test_a_single_file(tmp_path: Path) -> None:
    tree = import_sources(lay(tmp_path, {"A.sol": HEAD + "contract A {}"}))
    assert (tree.entry, dict(tree.sources), tree.remappings, tree.packages) == ("A.sol", {"A.sol": HEAD + "contract A {}"}, (), ())


def test_relative_imports_are_followed(tmp_path: Path) -> None:
    files = {"src/A.sol": HEAD + 'import "./b/B.sol";', "src/b/B.sol": HEAD + 'import "../../C.sol";', "C.sol": HEAD, "D.sol": HEAD}
    tree = import_sources(lay(tmp_path, files), tmp_path)
    assert sorted(tree.sources) == ["C.sol", "src/A.sol", "src/b/B.sol"]


def test_import_cycles_end(tmp_path: Path) -> None:
    tree = import_sources(lay(tmp_path, {"A.sol": HEAD + 'import "./B.sol";', "B.sol": HEAD + 'import "./A.sol";'}), tmp_path)
    assert sorted(tree.sources) == ["A.sol", "B.sol"]


def test_installed_packages_are_imported_and_compile(tmp_path: Path) -> None:
    line = 'import "@openzeppelin/contracts/token/ERC20/ERC20.sol"; import "solady/utils/LibBit.sol"; import "solady/src/utils/Base64.sol";'
    tree = imported(tmp_path, line)
    assert tree.packages == ("@openzeppelin/contracts 5.7.0", "solady 0.1.26")
    assert "@openzeppelin/contracts/interfaces/draft-IERC6093.sol" in tree.sources
    assert tree.findings == ()
    assert compile_sources(tree.sources, tree.settings).contract("ERC20", "@openzeppelin/contracts/token/ERC20/ERC20.sol")


def test_a_file_that_a_package_lacks(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="src/A.sol imports Nothing.sol, which @openzeppelin/contracts 5.7.0 does not have"):
        imported(tmp_path, 'import "@openzeppelin/contracts/Nothing.sol";')


def test_remappings_and_libraries_of_a_foundry_project(tmp_path: Path) -> None:
    files = {
        "src/A.sol": HEAD + 'import "@x/X.sol"; import "auto/Y.sol"; import "@openzeppelin/contracts/Z.sol"; contract A is X, Y, Z {}',
        "foundry.toml": '[profile.default]\noptimizer = true\nremappings = ["@x/=vendor/x/"]\n',
        "vendor/x/X.sol": HEAD + "contract X {}",
        "lib/auto/src/Y.sol": HEAD + 'import "./W.sol"; contract Y {}',
        "lib/auto/src/W.sol": HEAD,
        "lib/openzeppelin-contracts/contracts/Z.sol": HEAD + "contract Z {}",
    }
    tree = import_sources(lay(tmp_path, files))
    assert tree.root == tmp_path
    assert tree.packages == ()
    assert compile_sources(tree.sources, tree.settings).contract("A").runtime


def test_the_longest_remapping_wins_and_a_context_counts(tmp_path: Path) -> None:
    files = {"src/A.sol": HEAD + 'import "l/m/X.sol";', "one/m/X.sol": HEAD, "two/X.sol": HEAD, "three/X.sol": HEAD}
    entry = lay(tmp_path, files)
    assert "two/X.sol" in import_sources(entry, tmp_path, ("l/=one/", "l/m/=two/")).sources
    assert "three/X.sol" in import_sources(entry, tmp_path, ("l/m/=two/", "src/:l/m/=three/")).sources
    assert "two/X.sol" in import_sources(entry, tmp_path, ("l/m/=two/", "other/:l/m/=three/")).sources


def test_node_modules_of_the_project_come_before_our_packages(tmp_path: Path) -> None:
    own = {"node_modules/@openzeppelin/contracts/X.sol": HEAD + "contract X {}"}
    tree = imported(tmp_path, 'import "@openzeppelin/contracts/X.sol";', **own)
    assert tree.packages == ()
    assert compile_sources(tree.sources, tree.settings).contract("X")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("Missing.sol", "Missing.sol does not exist"),
        ("notes.txt", "notes.txt is not a Solidity file"),
        ("folder.sol", "is not a regular file"),
    ],
)
def test_an_entry_that_is_none(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    (tmp_path / "folder.sol").mkdir()
    with pytest.raises(SourceError, match=message):
        import_sources(tmp_path / name, tmp_path)


def test_a_missing_import_names_who_wants_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"src/A.sol imports src/B.sol, which does not exist"):
        imported(tmp_path, 'import "./B.sol";')


def test_a_pragma_that_excludes_the_compiler(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="A.sol:1:1: the pragma excludes solc"):
        import_sources(lay(tmp_path, {"A.sol": "pragma solidity =0.8.19;\ncontract A {}"}), tmp_path)


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_line_ends(tmp_path: Path, ends: str) -> None:
    text = (HEAD + "// slither-disable-next-line x\ncontract A { uint x = y; }\n").replace("\n", ends)
    (tmp_path / "A.sol").write_bytes(text.encode())
    tree = import_sources(tmp_path / "A.sol", tmp_path)
    assert tree.sources["A.sol"] == text
    assert tree.findings == ("A.sol:3: a directive for slither is not obeyed",)
    with pytest.raises(CompilationFailed, match="A.sol:4:23"):
        compile_sources(tree.sources, tree.settings)


@pytest.mark.attack
class TestBorder:
    """Attack 8: nothing from outside, path only, no content in any output."""

    @pytest.mark.parametrize(
        "path",
        [
            "/etc/passwd.sol",
            "../../outside.sol",
            "./../../outside.sol",
            "src/../../outside.sol",
            "http://127.0.0.1/x.sol",
            "https://example.invalid/x.sol",
            "ipfs://Qm/x.sol",
            "bzz-raw://x.sol",
            "file:///etc/x.sol",
            "C:/x.sol",
        ],
    )
    def test_imports_that_leave(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "outside.sol").write_text("CANARY")
        (tmp_path / "project").mkdir()
        with pytest.raises(SourceError, match="outside the project|not a file|does not exist") as caught:
            imported(tmp_path / "project", f'import "{path}";')
        assert "CANARY" not in str(caught.value)
        assert caught.value.exit_code == 2

    @pytest.mark.parametrize("target", ["/etc/shadow", "/proc/self/environ", "../secret.sol", "/dev/zero"])
    def test_links_that_leave(self, tmp_path: Path, target: str) -> None:
        (tmp_path / "secret.sol").write_text("CANARY root:")
        project = tmp_path / "project"
        (project / "src").mkdir(parents=True)
        (project / "src" / "B.sol").symlink_to(target if target.startswith("/") else f"../{target}")
        with pytest.raises(SourceError, match="B.sol leads out of the project .*imported by src/A.sol") as caught:
            imported(project, 'import "./B.sol";')
        assert "root:" not in str(caught.value)

    def test_a_link_to_a_folder_outside(self, tmp_path: Path) -> None:
        lay(tmp_path, {"elsewhere/B.sol": HEAD})
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "lib").symlink_to("../elsewhere")
        with pytest.raises(SourceError, match="leads out of the project"):
            imported(tmp_path / "project", 'import "lib/B.sol";')

    def test_a_remapping_to_a_folder_outside(self, tmp_path: Path) -> None:
        lay(tmp_path, {"elsewhere/B.sol": HEAD})
        root = tmp_path / "project"
        root.mkdir()
        (root / "remappings.txt").write_text(f"x/={tmp_path}/elsewhere/\ny/=../elsewhere/\n")
        for name in ("x", "y"):
            with pytest.raises(SourceError, match=f"imports {name}/B.sol, which does not exist"):
                imported(root, f'import "{name}/B.sol";')

    def test_links_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "src").mkdir()
        (tmp_path / "src" / "B.sol").symlink_to("C.sol")
        (tmp_path / "src" / "C.sol").symlink_to("B.sol")
        with pytest.raises(SourceError, match="cannot be reached"):
            imported(tmp_path, 'import "./B.sol";')

    def test_a_link_inside_is_followed(self, tmp_path: Path) -> None:
        lay(tmp_path, {"src/C.sol": HEAD + "contract C {}"})
        (tmp_path / "src" / "B.sol").symlink_to("C.sol")
        tree = imported(tmp_path, 'import "./B.sol";')
        assert "contract C" in tree.sources["src/B.sol"]

    def test_an_entry_that_is_a_link_out(self, tmp_path: Path) -> None:
        (tmp_path / "secret.sol").write_text("CANARY")
        (tmp_path / "project").mkdir()
        (tmp_path / "project" / "A.sol").symlink_to("../secret.sol")
        with pytest.raises(SourceError, match="leads out of the project") as caught:
            import_sources(tmp_path / "project" / "A.sol", tmp_path / "project")
        assert "CANARY" not in str(caught.value)

    def test_content_that_does_not_parse_is_not_shown(self, tmp_path: Path) -> None:
        with pytest.raises(CompilationFailed) as caught:
            imported(tmp_path, 'import "./B.sol";', **{"src/B.sol": "password = hunter2"})
        assert "hunter2" not in str(caught.value)

    def test_names_become_one_harmless_line(self, tmp_path: Path) -> None:
        with pytest.raises(SourceError) as caught:
            imported(tmp_path, r'import "./x\n::error::\x1b[31m\u202e.sol";')
        assert str(caught.value).isprintable()


@pytest.mark.attack
class TestOddFiles:
    """Attack 9 and 10: files that are none, that are too much, that are no text."""

    def refused(self, root: Path, message: str) -> None:
        with pytest.raises(SourceError, match=message):
            imported(root, 'import "./B.sol";')

    @pytest.fixture
    def source(self, tmp_path: Path) -> Path:
        (tmp_path / "src").mkdir()
        return tmp_path / "src" / "B.sol"

    def test_fifo(self, tmp_path: Path, source: Path) -> None:
        os.mkfifo(source)
        self.refused(tmp_path, "is not a regular file")

    def test_socket(self, tmp_path: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(source.parent)
        with socket.socket(socket.AF_UNIX) as server:
            server.bind("B.sol")
            self.refused(tmp_path, "cannot be read|is not a regular file")

    def test_device(self, tmp_path: Path, source: Path) -> None:
        if os.geteuid() != 0:
            pytest.skip("only root makes devices")
        os.mknod(source, 0o20666, os.makedev(1, 5))
        self.refused(tmp_path, "is not a regular file|cannot be read")

    def test_one_gigabyte(self, tmp_path: Path, source: Path) -> None:
        with source.open("wb") as file:
            file.truncate(1 << 30)
        self.refused(tmp_path, f"has {1 << 30} bytes, at most {MAX_FILE_BYTES}")

    @pytest.mark.parametrize("content", [b"\xff\xfec\x00o\x00", b"// \xe9\n", b"\xed\xa0\x80"])
    def test_not_utf8(self, tmp_path: Path, source: Path, content: bytes) -> None:
        source.write_bytes(content)
        self.refused(tmp_path, "is not UTF-8 text")

    def test_byte_order_mark(self, tmp_path: Path, source: Path) -> None:
        source.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
        self.refused(tmp_path, "byte order mark")

    def test_unreadable_folder_or_file(self, tmp_path: Path, source: Path) -> None:
        source.write_text(HEAD)
        source.chmod(0)
        if os.geteuid() != 0:
            self.refused(tmp_path, "cannot be read")
        else:
            assert imported(tmp_path, 'import "./B.sol";')

    def test_too_many_files(self, tmp_path: Path) -> None:
        lay(tmp_path, {f"src/B{i}.sol": HEAD for i in range(2001)})
        with pytest.raises(SourceError, match="imports more than 2000 files"):
            imported(tmp_path, "".join(f'import "./B{i}.sol";' for i in range(2001)))

    def test_deep_nesting(self, tmp_path: Path, source: Path) -> None:
        source.write_text(HEAD + f"uint constant X = {'(' * 10_000}1{')' * 10_000};")
        self.refused(tmp_path, "recursion depth")


@pytest.mark.attack
def test_directives_and_hiding_characters_are_reported_and_the_bytes_are_not_touched(tmp_path: Path) -> None:
    text = HEAD + "/// @custom:halmos --ffi --solver-command ./evil\n"
    text += "/// forge-config: default.fuzz.runs = 1\n// slither-disable-start all\n"
    text += "contract A {} // \u200b\n"
    tree = import_sources(lay(tmp_path, {"A.sol": text}), tmp_path)
    assert tree.findings == (
        "A.sol:3: a directive for halmos is not obeyed",
        "A.sol:4: a directive for forge is not obeyed",
        "A.sol:5: a directive for slither is not obeyed",
        "A.sol:6: invisible or direction-changing character U+200B",
    )
    assert tree.sources["A.sol"] == text
