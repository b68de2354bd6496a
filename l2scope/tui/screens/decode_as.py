"""Which dissector is to be used for a channel or a characteristic: asked over the screen that wants to know."""

from l2scope.decoding import DecodeAs
from l2scope.dissection.registry import PLAIN_BYTES, Registry
from l2scope.tui.decodable import Decodable
from l2scope.tui.screens.menu import Choice, MenuScreen


def decode_as_menu(dissectors: Registry, wanted: Decodable) -> MenuScreen:
    """All dissectors of contents, the one in force under the cursor; answers with the name of one."""
    titles = {PLAIN_BYTES: "no dissector"}
    titles |= {one.name: one.shown_title for one in dissectors.dissectors if one.of_contents}
    choices = [
        Choice("●" if name == wanted.current else "", name, "" if title == name else title, answer=name)
        for name, title in titles.items()
    ]
    names = list(titles)
    cursor = names.index(wanted.current) if wanted.current in titles else 0
    return MenuScreen(f"Decode {wanted.title} as", choices, hint="a letter goes there, Enter chooses", cursor=cursor)


def decoded_as(wanted: Decodable, name: str | None) -> DecodeAs | None:
    """What an answer of the menu means, None where nothing was chosen."""
    return DecodeAs(wanted.target, wanted.value, name) if name else None
