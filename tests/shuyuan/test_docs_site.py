"""The documentation of the models: one file, which fetches nothing and holds every description and type."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import registry
from shuyuan import docs_site


@pytest.mark.soak
def test_the_page_holds_descriptions_and_types_and_fetches_nothing(tmp_path: Path):
    page = tmp_path / "docs" / "index.html"
    docs_site.write(page, registry.load(registry.HOUSE))
    text = page.read_text(encoding="utf-8")
    assert [path.name for path in page.parent.iterdir()] == ["index.html"]
    assert re.findall(r"(?:src|href)=[\"']?(?:https?:)?//(?!\[)[^\"' >]*\.(?:js|css|woff2?|png)", text) == []
    assert "学籍登记的性别（代码集 sex） / sex as registered (code set sex)" in text
    assert '"type": "DECIMAL(9,2)"' in text
