"""Facts whose texts try to be run, to break tables, or to overflow them, as a user's own CSV."""

import csv
from pathlib import Path

SUBJECTS = {
    "marks": (
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(2)>",
        "|x|",
        "`*_",
        "\"'&amp;&<>",
        "=1+2",
        "{{ 7 * 7 }}{% raw %}",
        ":math:`x` ``y``_",
        "-->]]><!--",
        "javascript:alert(3)",
        "\\u003cb\\u003e",
        "$x$ &#60;b&#62;",
    ),
    "letters": (
        "القدس",
        "ירושלים",
        "\N{RIGHT-TO-LEFT OVERRIDE}cba",
        "東京",
        "e\N{COMBINING ACUTE ACCENT}" * 3,
        "👩‍👩‍👧",
        "long " * 60,
        "x" * 300,
        "None",
        "nan",
        "0",
        "P36/00001",
    ),
}
OBJECTS = ("</td><script>alert(4)</script>", "القاهرة", "|y|", '"quoted"', "y" * 40, "&lt;")
TEMPLATES = (
    "[X] stands before [Y] .",
    "[X] <b>and then</b> [Y] .",
    "After [X] |there| comes [Y]",
    "“[X]” 'goes' with [Y]",
)


def write_facts(path: Path) -> None:
    """Write the facts as a study of `dataset.source: csv` reads them."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("relation", "subject", "object", "template"))
        for relation, subjects in SUBJECTS.items():
            for place, subject in enumerate(subjects):
                for template in TEMPLATES:
                    rows.writerow((relation, subject, OBJECTS[place % len(OBJECTS)], template))
