"""`--sample N`: the study of N facts of each relation, whatever its file says.

It is short for one more study file, with the setting `dataset: {sample: {facts_per_relation: N}}`;
`qloc plan --sample N` tells what that costs, and how wide intervals get. (Snakemake's `--config`
will not do: inside a setting of several levels, it takes numbers for words.)
"""

from pathlib import Path

SAMPLE = "--sample"
STUDIES = ("--configfile", "--configfiles")
END = "--"
# Jobs on a cluster read it again: its name holds all that it says, so that no other run changes it.
NAME = ".snakemake.sample-{}.yaml"
SETTING = "dataset: {{sample: {{facts_per_relation: {}}}}}\n"


class SampleError(Exception):
    """`--sample` without a number."""


def with_sample(options: list[str]) -> list[str]:
    """The options of Snakemake: those given, `--sample N` as the study file it stands for.

    Raises:
        SampleError: No number follows.
    """
    end = options.index(END) if END in options else len(options)
    rest, number = [], None
    words = iter(options[:end])
    for word in words:
        name, equals, value = word.partition("=")
        if name == SAMPLE:
            number = value if equals else next(words, "")
        else:
            rest.append(word)
    if number is None:
        return options
    if not number.isdecimal() or int(number) < 1:
        raise SampleError(
            f"{SAMPLE} needs a number: how many facts of each relation, as in {SAMPLE} 10."
            + (f" Found {number!r}." if number else "")
        )
    path = Path(NAME.format(int(number)))
    path.write_text(SETTING.format(int(number)), encoding="utf-8")
    return [*_with_study(rest, str(path)), *options[end:]]


def _with_study(options: list[str], path: str) -> list[str]:
    """The file behind those already given: of two lists, Snakemake forgets the first."""
    places = [place for place, word in enumerate(options) if word in STUDIES]
    if not places:
        return [*options, STUDIES[0], path]
    end = places[-1] + 1
    while end < len(options) and not options[end].startswith("-"):
        end += 1
    return [*options[:end], path, *options[end:]]
