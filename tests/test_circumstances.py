"""Circumstances are recorded in words anyone may read."""

import hashlib

from qloc import circumstances


def test_a_package_that_is_not_there_is_said_to_be_absent(monkeypatch):
    monkeypatch.setitem(circumstances.PACKAGES, "no-such-package", "for this test")
    found = {record.item: record.value for record in circumstances.versions()}
    assert found["no-such-package"] == "not in the environment that wrote this record"


def test_a_digest_is_sha256(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"content")
    assert circumstances.digest(path) == hashlib.sha256(b"content").hexdigest()


def test_a_setting_the_schema_does_not_know_is_recorded_without_a_meaning():
    settings = {"models": [], "odd": {"key": [1, "é"]}}
    (_, record) = circumstances.settings_records(settings, {})
    assert record.item == "odd.key"
    assert record.value == '[1, "é"]'
    assert record.note == " (a choice of this study)"


def test_every_record_says_something(monkeypatch):
    for record in (*circumstances.versions(), *circumstances.machine()):
        assert record.value != ""
        assert record.note != ""
