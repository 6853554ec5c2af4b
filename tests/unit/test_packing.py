"""What a tar for a container or an image holds."""

from __future__ import annotations

import io
import tarfile

from grader.packing import pack


def test_packed_files_are_paths_and_contents_only() -> None:
    """Owners, times and rights of a checkout do not reach a build, so they cannot defeat its cache."""
    with tarfile.open(fileobj=io.BytesIO(pack({"Dockerfile": b"FROM x\n", "a/b": b"12"}))) as tar:
        assert [(m.name, m.size, m.mode, m.uid, m.mtime) for m in tar.getmembers()] == [
            ("Dockerfile", 7, 0o644, 0, 0),
            ("a/b", 2, 0o644, 0, 0),
        ]
