"""Where captures to test with are. The large corpus lies beside the repository on the project's own machines only."""

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
SAMPLES = ROOT / "captures"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="the large corpus is not on this machine")


def corpus_files(pattern: str) -> list[Path]:
    """Files of the corpus, or none where there is no corpus."""
    return sorted(CORPUS.glob(pattern))


def name_of(path: Path) -> str:
    return path.name[:60]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text())
