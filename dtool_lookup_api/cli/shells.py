"""What shells tell about the word to complete, and what they want back.

click takes the part after ``=`` for the word. Shells replace all of the word, so that the part
before it has to come back too. bash is an exception: it splits words at ``=`` and ``:``, unless the
user has taken them out of ``COMP_WORDBREAKS``, and replaces the last part only.
"""

import os
import re
from typing import Any, ClassVar, Final

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

__all__ = ["SHELLS", "register"]

_BASH: Final = """\
%(complete_func)s() {
    local kind value
    COMPREPLY=()
    while IFS=, read -r kind value; do
        case $kind in
            plain) COMPREPLY+=("$value") ;;
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
        esac
    done < <(COMP_LINE="${COMP_LINE:0:$COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""


# The annotations are text, as CompletionItem takes no type before click 8.5.
class _WholeWords(ShellComplete):
    """Let ``--option=value`` be completed as a whole."""

    def get_completions(self, args: list[str], incomplete: str) -> "list[CompletionItem[Any]]":
        option, equals, _ = incomplete.partition("=")
        found = super().get_completions(args, incomplete)
        if equals and option.startswith("-"):
            for item in found:
                item.value = f"{option}={item.value}"
        return found


class _Bash(_WholeWords, BashComplete):
    """bash, of which the line is read, as its words are split."""

    source_template: ClassVar[str] = _BASH
    _kept = 0

    def get_completion_args(self) -> tuple[list[str], str]:
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        incomplete = "" if line[-1:].isspace() else words.pop()
        quoted = re.search(r"""(['"])([^'"]*)$""", line)
        if quoted and line.count(quoted[1]) % 2:
            self._kept = len(incomplete) - len(quoted[2])  # nothing in quotes is split
        else:
            breaks = set(os.environ["COMP_WORDBREAKS"]) & set("=:")
            self._kept = max((incomplete.rfind(each) + 1 for each in breaks), default=0)
        return words[1:], incomplete

    def format_completion(self, item: "CompletionItem[Any]") -> str:
        return f"{item.type},{item.value[self._kept :]}"


class _Zsh(_WholeWords, ZshComplete):
    """zsh."""


class _Fish(_WholeWords, FishComplete):
    """fish."""


SHELLS: Final[dict[str, type[ShellComplete]]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}
"""Shells by name."""


def register() -> None:
    """Let click complete with these, when a shell calls the program."""
    for name, shell in SHELLS.items():
        add_completion_class(shell, name)
