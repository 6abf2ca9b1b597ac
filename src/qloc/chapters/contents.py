"""What stands in which chapter: questions, figures and tables, where the paper has them, limits.

Figures and tables come in the order of the argument. `paper` names the figure or table of Chen et
al. (2025) that one stands for; without it, the paper has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """A figure of the study, by the name of its file.

    Attributes:
        needs: What a study must have for it: ``several`` methods, a ``trained`` model, ``synapses``
            or ``edits``; nothing if empty.
        is_of_method: Drawn for each way of attributing; chapters show the first.
    """

    name: str
    paper: str = ""
    needs: str = ""
    is_of_method: bool = False

    def path(self, model: str, method: str, suffix: str) -> str:
        """Its file, below the working directory."""
        folder = f"{model}/{method}" if self.is_of_method else model
        return f"results/figures/{folder}/{self.name}{suffix}"


@dataclass(frozen=True)
class Page:
    """A page of tables, by the name of its file; its tables of this model stand in the chapter."""

    name: str
    title: str
    paper: str = ""
    needs: str = ""

    @property
    def path(self) -> str:
        """Its file, below the working directory."""
        return f"results/tables/{self.name}.html"


Part = Figure | Page


@dataclass(frozen=True)
class Chapter:
    """One page of the report.

    Attributes:
        number: From 1.
        question: Its title.
        claims: Numbers of the claims that it is about.
        parts: Figures and tables, in the order of the argument.
        settings: Groups of settings, or settings, that its numbers follow from.
        limits: What it does not show.
    """

    number: int
    question: str
    claims: tuple[str, ...]
    parts: tuple[Part, ...]
    settings: tuple[str, ...]
    limits: tuple[str, ...] = field(default=())

    def figures(self, abilities: frozenset[str]) -> Iterator[Figure]:
        """Those that a model with these abilities has (see `Figure.needs`)."""
        return (part for part in self.shown(abilities) if isinstance(part, Figure))

    def pages(self, abilities: frozenset[str]) -> Iterator[Page]:
        """Pages of tables, likewise."""
        return (part for part in self.shown(abilities) if isinstance(part, Page))

    def shown(self, abilities: frozenset[str]) -> Iterator[Part]:
        """Figures and pages, likewise."""
        return (part for part in self.parts if not part.needs or part.needs in abilities)


STUDY = ("models", "relations", "methods", "seed")

CHAPTERS = {
    "know": Chapter(
        1,
        "What do the models know?",
        (),
        (
            Figure("training", needs="trained"),
            Figure("funnel", is_of_method=True),
            Page("examples", "One fact of every relation, as it is asked", "Table 5"),
        ),
        (*STUDY, "dataset", "model", "answers"),
        (
            "Answering a query right is the condition for studying it, not a result: facts that"
            " the model does not know are left out, and nothing here is about them.",
            "A fact counts as known by its answer as the settings count it, by default the first"
            " token alone. A model may know it in other words, or guess it from the subject.",
            "A trained organism has seen these very facts, some of them in other words. What it"
            " knows says nothing of what a model learns from text at large.",
        ),
    ),
    "place": Chapter(
        2,
        "Where is it, and does it stay there?",
        ("1", "1b", "2", "3"),
        (
            Figure("schematic", "Fig. 2", is_of_method=True),
            Figure("neurons", "Fig. 1", is_of_method=True),
            Figure("consistency", "Fig. 3", is_of_method=True),
            Page("classes", "Consistent and inconsistent facts", "Table 1"),
            Page("thresholds", "Thresholds, beside the paper's", "Table 4"),
            Figure("sweep", "Fig. 9", is_of_method=True),
            Figure("diagnostics", is_of_method=True),
            Figure("agreement", needs="several"),
            Figure("overlaps", is_of_method=True),
            Figure("probability", is_of_method=True),
            Figure("layers", is_of_method=True),
        ),
        (*STUDY, "answers", "attribution", "knowledge_neurons", "consistency", "claims"),
        (
            "A score of 1 does not say that the knowledge is in these neurons, nor a low one"
            " that it is elsewhere: selection follows attribution, and attribution is of one"
            " neuron at a time, at the last word of the prompt.",
            "Consistent and inconsistent are sides of a cut. Whether there are two kinds of"
            " facts is the question of claim 1b; all else here could be said of two halves of"
            " one kind.",
            "Adjusting for chance compares with other facts of the relation asked through the"
            " same templates. What all facts of a relation share, the type of answer for one, is"
            " taken out with it.",
            "Templates that end in the same word share neurons whatever they ask; a score does"
            " not tell wording from knowledge.",
            "Methods that agree may share an error: all three follow gradients of the same answer.",
        ),
    ),
    "choice": Chapter(
        3,
        "Who chooses the neurons?",
        ("6", "7", "8"),
        (
            Figure("mapping", "Fig. 4"),
            Page("mapping", "Neuron sets: effects, and differences within facts"),
            Figure("synapse_examples", "Figs. 5, 10", needs="synapses"),
            Figure("synapses", "Fig. 6", needs="synapses"),
            Figure("synapse_distributions", "Fig. 11", needs="synapses"),
            Page("synapses", "Synapses: effects, and differences from controls", needs="synapses"),
            Page("costs", "What manipulating costs", "Table 6", needs="synapses"),
            Figure("synapse_places", needs="synapses"),
        ),
        (*STUDY, "answers", "knowledge_neurons", "mapping", "synapses", "consistency", "claims"),
        (
            "That suppressing a set moves the answer says that the set matters to it, not that"
            " the fact is stored there: what reads a fact out moves the answer too.",
            "Values set to 0 or doubled are values that the model may never have; what it does"
            " then need not be what it does otherwise.",
            "Facts are called inconsistent because their queries share few neurons. Differences"
            " between the classes follow in part from that alone: read them beside the sets of"
            " equal size.",
            "Of what suppressing synapses does, theirs is what exceeds the same loss of attention"
            " over all words; where they hold nearly all attention, little can be theirs alone.",
            "Claim 8 compares sizes: doubling may move values the wrong way. Relative changes of"
            " random neurons may be carried by a few values near 0.",
        ),
    ),
    "change": Chapter(
        4,
        "Can it be changed?",
        ("4", "5", "9", "10"),
        (
            Figure("tradeoff", "Tables 2, 3", needs="edits"),
            Page("edits", "Quality of edits, and differences within facts", "Tables 2, 3", "edits"),
            Figure("sequences", "Table 7", needs="edits"),
            Page("sequences", "Edits one after another", "Table 7", "edits"),
            Page("continuations", "What edited models say", "Table 8", "edits"),
        ),
        (*STUDY, "editing", "consistency", "claims"),
        (
            "An edit that holds changes which word comes first in these queries. That the model"
            " now believes it, or concludes anything from it, was not asked.",
            "Generalization is to other templates of the same fact. With few edited facts"
            " intervals are wide, and what is undecided here is not thereby absent.",
            "A set that gains more and costs more may only be larger or changed harder: compare"
            " sets where their costs are equal, and with controls of equal size.",
            "The strength was chosen on other facts of the same relations, for edits of a"
            " query's own neurons, and holds for all sets: at another strength their order may"
            " differ.",
            "Edits in sequence draw from the same facts in every run; their spread is that of"
            " order and choice.",
            "Avg is no measure of success alone: an edit that does nothing has locality 1, and one"
            " that destroys a model may have reliability 1. Read Rel, Gen and Loc together.",
        ),
    ),
    "trust": Chapter(
        5,
        "Can this be trusted?",
        (),
        (
            Figure("checks", is_of_method=True),
            Figure("quadratures"),
            Page("stage_costs", "What it cost"),
        ),
        (*STUDY, "dataset", "attribution", "claims"),
        (
            "Small errors of the attributions say that the integral is right, not that it"
            " measures what a neuron does: for that, the interventions of chapters 3 and 4 stand.",
            "Intervals speak of other facts and relations like these, not of other models, other"
            " seeds of a training, or other words for the same question.",
        ),
    ),
}
"""By the name in their file's path, in the order of the report."""
