"""A dataset's file is there when it is whole, and leaves nothing behind when it is not."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from compliance.errors import InputError
from compliance.evidence.writer import DatasetWriter

FILE = "datasets/graph.users.frames.gz"


def open_descriptors():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def write(bundle, name, then):
    with DatasetWriter(bundle, name) as writer:
        writer.page({}, b"{}")
        then(writer)


def full(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_whole_file_takes_its_name_when_it_is_closed(tmp_path):
    with DatasetWriter(tmp_path, "graph.users") as writer:
        writer.page({}, b"{}")
        assert not (tmp_path / FILE).exists()
        assert len(writer.close()) == 64
    assert (tmp_path / FILE).is_file()


@pytest.mark.skipif(sys.platform != "linux", reason="descriptors are counted in /proc")
def test_what_goes_wrong_meanwhile_leaves_neither_a_descriptor_nor_a_file(tmp_path):
    before = open_descriptors()
    with pytest.raises(ZeroDivisionError):
        write(tmp_path, "graph.users", lambda writer: 1 // 0)
    assert open_descriptors() == before
    assert not list((tmp_path / "datasets").iterdir())


def test_a_full_disk_is_a_message_that_names_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match=r"No space left") as caught:
        write(tmp_path, "graph.users", DatasetWriter.close)
    assert str(tmp_path / FILE) in str(caught.value)
    assert not list((tmp_path / "datasets").iterdir())
