"""The HTML report: what it shows, that hostile names stay names, and what it looks like."""

import subprocess
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from shutil import which

import pytest
from PIL import Image

import l2scope as api
from l2scope.report.page import report
from tests.cli.runner import l2scope
from tests.corpus import CORPUS, SAMPLES, needs_corpus
from tests.report.hostile import NAMES, hostile_capture

CHROMIUM = which("chromium") or which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not on this machine")
STARVED = SAMPLES / "starved.btsnoop"
# Of the light theme: the page, and a stall in a chart.
PAGE, STALL = (255, 255, 255), (244, 179, 171)


class Tags(HTMLParser):
    """The elements of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def chromium(*arguments: str) -> str:
    assert CHROMIUM is not None
    common = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
    done = subprocess.run([CHROMIUM, *common, *arguments], capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """The report of the starved sample, as a user has it made."""
    path = tmp_path / "report.html"
    assert l2scope("report", STARVED, "-o", path).returncode == 0
    return path


def test_what_it_shows(page: Path) -> None:
    """The finding, its explanation and packets, the figures of the channel, and the sections of the page."""
    text = page.read_text()
    (starvation,) = api.open(STARVED).findings("error")
    assert starvation.message in text
    assert f"packets {', '.join(map(str, starvation.packets))}" in text
    assert "Give credits back as buffers become free" in text
    assert "330.0 ms" in text
    assert [attributes["id"] for tag, attributes in Tags(text).found if tag == "section" and "id" in attributes] == [
        "findings", "channels", "links",
    ]  # fmt: skip
    assert text.count('class="stall"') == 17


@needs_corpus
def test_att_and_gatt_are_in_it() -> None:
    """Where there is traffic of both: a request by its name, and the service that discovery told."""
    text = report(api.open(CORPUS / "bumble" / "gatt_then_coc.btsnoop"))
    sections = [attributes.get("id") for tag, attributes in Tags(text).found if tag == "section"]
    assert sections == ["findings", "channels", "att", "gatt", "links"]
    assert "Read By Group Type Request" in text
    assert "Generic Access" in text


def test_what_changed_is_in_it(tmp_path: Path) -> None:
    """The figures of `compare`, as the capture and another one have them, and the error that is new."""
    path = tmp_path / "report.html"
    assert l2scope("report", STARVED, "--before", SAMPLES / "healthy.btsnoop", "-o", path).returncode == 0
    text = path.read_text()
    assert "since healthy.btsnoop" in text
    assert "<td>longest stall</td><td>0 us</td><td>330.0 ms</td>" in text
    assert "finding new: error <code>COC001</code>" in text


def test_it_needs_nothing_else(page: Path) -> None:
    """No element names another file, and the page's own policy forbids to load any or to run another script."""
    tags = Tags(page.read_text()).found
    assert not [tag for tag, attributes in tags if attributes.get("src") or tag in ("link", "iframe", "img", "object")]
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in tags)
    (policy,) = (attributes["content"] for _, attributes in tags if "http-equiv" in attributes)
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script-src 'sha256-" in policy


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_hostile_name_is_a_name(name: str, tmp_path: Path) -> None:
    """It is shown as it is, and makes no element and no attribute."""
    capture = api.open(hostile_capture(tmp_path / "<b>hostile<b>.btsnoop", name))
    assert [channel.peer_name for channel in capture.channels] == [name]
    found = Tags(report(capture)).found
    assert [tag for tag, _ in found].count("script") == 1
    assert not [tag for tag, attributes in found if tag in ("img", "b") and "hostile" in str(attributes)]
    assert not [attribute for _, attributes in found for attribute in attributes if attribute.startswith("on")]
    assert name in "".join(Tags(report(capture)).text)


@needs_chromium
@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_browser_runs_none_of_it(name: str, tmp_path: Path) -> None:
    """The title of the page is its own after all scripts that run have run; the page's own one has."""
    path = tmp_path / "report.html"
    path.write_text(report(api.open(hostile_capture(tmp_path / "hostile.btsnoop", name))))
    page = chromium("--virtual-time-budget=2000", "--dump-dom", path.as_uri())
    assert "<title>hostile.btsnoop · l2scope</title>" in page
    assert 'width="1000"' not in page  # the chart was fitted to the window


def rows_of(image: Image.Image) -> Iterator[list[tuple[int, int, int]]]:
    pixels = image.convert("RGB").tobytes()
    for start in range(0, len(pixels), 3 * image.width):
        line = pixels[start : start + 3 * image.width]
        yield list(zip(line[::3], line[1::3], line[2::3], strict=True))


@needs_chromium
@pytest.mark.parametrize(("width", "share"), [(1200, 0.5), (400, 0.4)], ids=["desktop", "phone"])
@needs_corpus
def test_what_it_looks_like(width: int, share: float, tmp_path: Path) -> None:
    """A stall of 3.67 s in 3.8 s shades most of its chart, and nothing sticks out of the page at its right edge."""
    path = tmp_path / "report.html"
    capture = api.open(next((CORPUS / "kernel").glob("lecoc_3chan_ch0stalls*.btsnoop")))
    path.write_text(report(capture))
    picture = tmp_path / "report.png"
    chromium(f"--window-size={width},3000", f"--screenshot={picture}", path.as_uri())
    with Image.open(picture) as image:
        assert image.width == width
        rows = list(rows_of(image))
    shaded = [row.count(STALL) / width for row in rows]
    assert sum(part > share for part in shaded) > 100  # charts are 110 high
    assert {row[-1] for row in rows} == {PAGE}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.btsnoop")), ids=lambda path: path.stem)
def test_every_sample_has_a_page(path: Path) -> None:
    """Whatever a capture lacks, the page is whole."""
    text = report(api.open(path))
    assert text.rstrip().endswith("</html>")
    assert ">None<" not in text
