"""Tests of settings see no setting of this machine, as those of the desk."""

from tests.shuyuan.conftest import alone  # noqa: F401
