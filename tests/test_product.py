"""A product is complete or says what is missing; what is taken out of it is nowhere left."""

import dataclasses
import datetime as dt
import io
import re
import sys
from html.parser import HTMLParser

import networkx as nx
import pandas as pd
import pypdf
import pytest
from accessibility import violations
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.text import Text

from socmint.errors import CourseError
from socmint.figures import link_chart, show, timeline
from socmint.product import Answer, Fact, Product, Source, check, redact, word, write
from socmint.product.checking import WORDS
from socmint.product.picture import png

TERN, GULL, COURIER = "@quiet.tern", "@loud.gull", "a-000123"
TEMPLATES = ["product", "annex", "partner", "repository"]


def drawing(broker=TERN, courier=COURIER):
    """A chart with a name in each place where matplotlib puts texts."""
    fig, axes = plt.subplots(figsize=(6, 3.5))
    axes.plot([0, 1], [1, 0], marker="o", label=f"from {broker}")
    axes.annotate(broker, (0, 1))
    axes.text(1, 0, f"courier {courier}")
    axes.set_title(f"{broker} stands between")
    axes.set_xlabel(f"days of {courier}")
    axes.set_yticks([0, 1], labels=[courier, broker])
    axes.legend()
    return fig


def example():
    """A product with everything in it."""
    seen = pd.DataFrame(
        {
            "time": pd.to_datetime(["2031-03-10 09:00", "2031-03-12 22:00"], utc=True),
            "who": [TERN, COURIER],
            "what": ["asks for a van", "names a night"],
        }
    )
    return Product(
        title="The hand-over moves to Quay 4 in the night of 16 March",
        requirement="R2",
        question="Where and when is a hand-over planned?",
        reader="Commander, port police",
        date=dt.date(2031, 3, 14),
        answers=[
            Answer("The hand-over takes place at Quay 4.", 0.6, "moderate", "two agree", ["S1"]),
            Answer("The meeting on 15 March is a decoy.", 0.85, "low", "one is old", ["S1", "S3"]),
        ],
        facts=[
            Fact("In the closed group an account wrote that the parcel moves.", ["S1"], "C"),
            Fact(f"Account {COURIER} asked which gate closes last.", ["S2"], "P"),
        ],
        sources=[
            Source("S1", "Closed group, entered under authority", 2, "B"),
            Source("S2", "Public posts of one account", 1, "A"),
            Source("S3", f"Public call by {GULL}", 3, "D"),
        ],
        gaps=["Who pays is not known."],
        changes=["A named boat in another berth."],
        handling="C",
        conditions="only the port police",
        chart=show(drawing(), alt=f"Link chart: {TERN} lies between two couriers."),
        timeline=timeline(seen, "Two signs", lane="who", label="what", alt=f"{TERN} comes first."),
        people=[TERN, GULL, COURIER],
        authority="Authority 7 of 3 March 2031, closed group, 14 days",
        custody=[("cap-01", "9f" * 32, "2031-03-12 22:10")],
        methods="Posts were matched on time. Two of ten such matches are chance.",
        innocent="Both accounts work at the quay.",
        pattern="A loud public call for one night covers a quiet meeting one night later.",
    )


@pytest.fixture(scope="module")
def product():
    return example()


def but(product, **changes):
    return dataclasses.replace(product, **changes)


# --- the yardstick ------------------------------------------------------------------------------


def test_the_words_are_those_of_the_uk_yardstick():
    said = {}
    for percent in range(1, 100):
        try:
            said.setdefault(word(percent / 100), []).append(percent)
        except CourseError as error:
            assert f"{percent} percent lies between" in str(error)
    assert {name: (min(found), max(found), len(found)) for name, found in said.items()} == {
        "remote chance": (1, 5, 5),
        "highly unlikely": (10, 20, 11),
        "unlikely": (25, 35, 11),
        "realistic possibility": (40, 49, 10),
        "likely": (55, 75, 21),
        "highly likely": (80, 90, 11),
        "almost certain": (95, 99, 5),
    }


@pytest.mark.parametrize("sure", [0, 1, 0.004, 0.996, -1])
def test_certainty_is_no_probability(sure):
    with pytest.raises(CourseError, match="what is certain is a fact"):
        word(sure)


# --- what is missing ----------------------------------------------------------------------------


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_complete_product_lacks_nothing(product, template):
    assert check(product, template) == []


@pytest.mark.parametrize("name", ["title", "requirement", "question", "reader", "gaps", "changes"])
def test_each_part_that_is_missing_is_named(product, name):
    (said,) = check(but(product, **{name: type(getattr(product, name))()}))
    words = {"gaps": "Gaps are", "changes": "What would change the view is"}
    assert said.startswith(words.get(name, f"The {name} is") + " missing: ")


ANSWER = Answer("The hand-over takes place.", 0.6, "moderate", "two agree", ["S1", "S2", "S3"])
FACT = Fact("A van was seen.", ["S1", "S2", "S3"])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"date": None}, "The date is missing"),
        ({"handling": ""}, "The handling code is missing"),
        ({"handling": "X"}, "The handling code is missing"),
        ({"conditions": ""}, "Handling is C, and the conditions are missing"),
        ({"chart": None}, "The link chart is missing"),
        ({"timeline": None}, "The timeline is missing"),
        ({"answers": []}, "The answer is missing"),
        ({"answers": [but(ANSWER, text="")]}, "Answer 1 has no text"),
        ({"answers": [but(ANSWER, probability=0.5)]}, "Answer 1: 50 percent lies between"),
        ({"answers": [but(ANSWER, probability=1.0)]}, "Answer 1: 100 percent is no probability"),
        ({"answers": [but(ANSWER, confidence="sure")]}, "Answer 1 has no confidence"),
        ({"answers": [but(ANSWER, because="")]}, "Answer 1 does not say what its confidence"),
        ({"answers": [but(ANSWER, sources=[])]}, "Answer 1 names no source"),
        ({"answers": [but(ANSWER, text="It is Likely that.")]}, "Answer 1 says “Likely”"),
        ({"answers": [but(ANSWER, sources=["S1", "S9"])]}, "Answer 1 names source S9, which"),
        ({"facts": []}, "Facts are missing"),
        ({"facts": [but(FACT, text="")]}, "Fact 1 has no text"),
        ({"facts": [but(FACT, text="A van may come.")]}, "Fact 1 judges (“may”)"),
        ({"facts": [but(FACT, sources=[])]}, "Fact 1 names no source"),
        ({"facts": [but(FACT, handling="")]}, "Fact 1 has no handling code"),
    ],
)
def test_each_fault_has_one_sentence(product, changes, says):
    # Every source is carried by an answer and a fact, so that one fault makes no second one.
    whole = but(product, answers=[ANSWER], facts=[FACT])
    assert check(whole) == []
    said = check(but(whole, **changes))
    assert len(said) == 1, said
    assert said[0].startswith(says)
    assert said[0].count(". ") == 0 and said[0].endswith((".", "…)."))


SOURCE = Source("S1", "Closed group", 2, "B")


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (but(SOURCE, what=""), "Source S1 does not say what it is"),
        (but(SOURCE, source_grade=4), "Source S1 has no source grade"),
        (but(SOURCE, information_grade="F"), "Source S1 has no information grade"),
        (but(SOURCE, id="S2"), "Source S2 needs an id of its own"),
    ],
)
def test_each_fault_of_a_source_has_a_sentence(product, source, says):
    rest = product.sources[1:]
    assert any(one.startswith(says) for one in check(but(product, sources=[source, *rest])))


def test_sources_that_are_missing_or_idle_are_named(product):
    assert "Sources are missing: list what facts and answers rest on." in check(
        but(product, sources=[])
    )
    idle = Source("S7", "A forum", 3, "E")
    assert check(but(product, sources=[*product.sources, idle])) == [
        "Source S7 carries nothing: cite it or leave it out."
    ]


def test_a_picture_needs_alt_text(product):
    silent = show(drawing(), alt="x")
    silent.alt = " "
    assert check(but(product, chart=silent)) == [
        "The link chart has no alt text: say what there is to see."
    ]


@pytest.mark.parametrize("one", ["@new.name", "a-000999", "ana@mail.example", "+44 20 7946 0018"])
def test_who_is_not_in_people_is_named(product, one):
    (said,) = check(but(product, gaps=[f"What {one} knows."]))
    assert said == f"The text holds {one}, and people does not list it: nobody could take it out."


def test_a_long_product_is_told_to_be_shorter(product):
    here = sum(len(text.split()) for text in ["word"] * WORDS)
    (said,) = check(but(product, gaps=["word " * here]))
    assert re.match(r"The product has \d{3} words, and two pages hold about 600", said)


@pytest.mark.parametrize("name", ["authority", "custody", "methods", "innocent"])
def test_the_annex_needs_more(product, name):
    empty = but(product, **{name: type(getattr(product, name))()})
    (said,) = check(empty, "annex")
    assert "missing" in said and name.split()[0] in said.lower()
    assert check(empty) == []


def test_the_partner_needs_a_fact_that_may_be_shared(product):
    kept = [but(fact, handling="C") for fact in product.facts]
    assert check(but(product, facts=kept), "partner") == [
        "No fact may be shared: mark those that may with P."
    ]


# --- documents ----------------------------------------------------------------------------------


class Reader(HTMLParser):
    """The text of a page, its tags in order, its addresses, and whether tags are closed."""

    VOID = frozenset({"meta", "img"})

    def __init__(self, page):
        super().__init__()
        self.text, self.tags, self.open, self.addresses, self.alts = "", [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "action")]
        self.alts += [value for name, value in attrs if name == "alt"]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            self.text += data + "\n"


def html_of(product, folder, template="product", **more):
    path = write(product, folder / "a.html", template, **more)
    return Reader(path.read_text("utf-8"))


def pdf_of(product, folder, template="product", **more):
    return pypdf.PdfReader(write(product, folder / "a.pdf", template, **more))


def pages_of(pdf):
    return [" ".join(page.extract_text().split()) for page in pdf.pages]


def both(product, folder, template="product", **more):
    """The words of both documents of a product, by ending."""
    page = html_of(product, folder, template, **more)
    pdf = pdf_of(product, folder, template, **more)
    return {"html": " ".join(page.text.split()), "pdf": " ".join(pages_of(pdf))}


def test_both_documents_say_everything_with_the_answer_first(product, tmp_path):
    for text in both(product, tmp_path).values():
        order = [
            product.title,
            "R2: Where and when is a hand-over planned?",
            "Likely, about 60 percent: The hand-over takes place at Quay 4.",
            "Confidence is moderate: two agree [S1]",
            "Highly likely, about 85 percent: The meeting on 15 March is a decoy.",
            "likely 55 to 75 percent; highly likely 80 to 90 percent",
            "What is known",
            "In the closed group an account wrote that the parcel moves. [S1]",
            "Who pays is not known.",
            "A named boat in another berth.",
            "Link chart",
            "Closed group, entered under authority",
        ]
        places = [text.index(part) for part in order]
        assert places == sorted(places)
        assert "C (may be shared on conditions only): only the port police" in text
        assert "Draft" not in text


def test_the_page_asks_for_nothing_from_outside(product, tmp_path):
    page = html_of(product, tmp_path)
    assert len(page.addresses) == 2
    assert all(one.startswith("data:image/png;base64,") for one in page.addresses)
    raw = (tmp_path / "a.html").read_text("utf-8")
    assert not re.search(r"https?:|@import|url\(", raw)
    assert "script" not in page.tags


def test_the_page_can_be_read_aloud(product, tmp_path):
    page = html_of(product, tmp_path)
    heads = [int(tag[1]) for tag in page.tags if re.fullmatch(r"h\d", tag)]
    assert heads[0] == 1 and {*heads[1:]} == {2}
    assert page.alts == [product.chart.alt, product.timeline.alt]
    assert {"main", "caption", "th"} <= {*page.tags}
    assert '<html lang="en">' in (tmp_path / "a.html").read_text("utf-8")


def test_the_pdf_is_tagged_and_has_two_pages_that_say_synthetic(product, tmp_path):
    pdf = pdf_of(product, tmp_path)
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert "<pdfuaid:part>1<" in root["/Metadata"].get_data().decode()
    texts = pages_of(pdf)
    assert len(texts) == 2
    assert all(text.count("SYNTHETIC · ") == 2 for text in texts)
    alts = {str(one["/Alt"]) for one in objects(pdf) if "/Alt" in one}
    assert {product.chart.alt, product.timeline.alt} <= alts


def objects(pdf):
    """Every dictionary in a PDF, wherever it lies."""
    for number in range(1, int(pdf.trailer["/Size"])):
        one = pdf.get_object(number)
        if isinstance(one, pypdf.generic.DictionaryObject):
            yield one


def everything_in(path):
    """All that a file holds: of a PDF every object and stream, and the text of each page."""
    if path.suffix == ".html":
        return path.read_text("utf-8")
    pdf = pypdf.PdfReader(path)
    parts = [*pages_of(pdf), str(pdf.metadata)]
    for one in objects(pdf):
        parts.append(str({k: str(v) for k, v in one.items()}))
        if isinstance(one, pypdf.generic.StreamObject):
            parts.append(one.get_data().decode("latin-1"))
            parts.append(one.get_data().decode("utf-16-be", "ignore"))
    return "\n".join([*parts, path.read_bytes().decode("latin-1")])


FILLER = "The van stood at the gate of the quay for an hour and nobody came to it. "


def full(product):
    """As many words as the check lets through."""
    facts = [Fact(FILLER * 2, ["S2"]) for _ in range(8)]
    answers = [but(ANSWER, text=FILLER) for _ in range(3)]
    return but(product, facts=facts, answers=answers, gaps=[FILLER * 2] * 5, changes=[FILLER] * 3)


def test_a_full_product_still_fits_two_pages(product, tmp_path):
    long = full(product)
    assert check(long) == []
    assert len(check(but(long, gaps=[FILLER * 2] * 6))) == 1  # so this one is near the limit
    assert len(pdf_of(long, tmp_path).pages) == 2


@pytest.mark.parametrize("ending", ["html", "pdf"])
@pytest.mark.parametrize("template", TEMPLATES)
def test_no_document_tells_whose_computer_made_it(product, template, ending, tmp_path, monkeypatch):
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, "quillfeather")
    folder = tmp_path / "quillfeather"
    folder.mkdir()
    held = everything_in(write(product, folder / f"a.{ending}", template))
    for one in (
        "quillfeather",
        str(tmp_path),
        tmp_path.name,
        "/tmp",
        "/Author",
        "creator",
        "CreationDate",
    ):
        assert one not in held
    assert held.count("SYNTHETIC") >= 2


def test_texts_are_never_read_as_markup(product, tmp_path):
    odd = "<script>alert(1)</script> &amp; #panic() *b* _i_ [x] $y$ @z \\ // c"
    for text in both(but(product, title=odd, gaps=[odd]), tmp_path).values():
        assert text.count(odd) >= 2


def test_a_draft_says_so(product, tmp_path):
    for text in both(Product(title="Unfinished", answers=[Answer("It is so.")]), tmp_path).values():
        assert re.search(r"Draft \d+ points are missing", text)
        assert "No word yet, about 0 percent: It is so." in text
    for text in both(but(product, reader=""), tmp_path).values():
        assert "Draft 1 point is missing" in text


def test_a_browser_prints_two_pages_that_say_synthetic(product, tmp_path, browser):
    path = write(full(product), tmp_path / "a.html")
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    data = page.pdf(prefer_css_page_size=True)
    page.close()
    texts = pages_of(pypdf.PdfReader(io.BytesIO(data)))
    assert len(texts) == 2
    assert all("SYNTHETIC, page" in text for text in texts)
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


@pytest.mark.parametrize("template", ["product", "annex"])
def test_axe_finds_nothing_on_a_page(product, template, tmp_path, browser):
    page = browser.new_page(bypass_csp=True)
    page.goto(write(product, tmp_path / "a.html", template).as_uri())
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    page.close()


# --- what each template shows -------------------------------------------------------------------


def test_the_annex_has_facts_before_judgements_and_what_speaks_for_people(product, tmp_path):
    for text in both(product, tmp_path, "annex").values():
        order = ["Authority 7", "Facts", "9f9f9f", "Judgements, apart", "Both accounts work"]
        places = [text.index(part) for part in order]
        assert places == sorted(places)


def test_the_partner_gets_no_source_no_fact_marked_c_and_nobody_without_need(product, tmp_path):
    for text in both(product, tmp_path, "partner").values():
        assert "Account [removed] asked which gate closes last." in text
        assert "2 untested" in text
        for secret in ("Closed group", "closed group", GULL, "gull", TERN, COURIER, "Link chart"):
            assert secret not in text
    for text in both(product, tmp_path, "partner", keep=[COURIER]).values():
        assert f"Account {COURIER} asked which gate closes last." in text


def test_a_repository_entry_holds_the_pattern_and_the_methods_alone(product, tmp_path):
    secrets = {
        one.name: f"secret {one.name}"
        for one in dataclasses.fields(Product)
        if isinstance(getattr(product, one.name), str) and one.name not in ("pattern", "methods")
    }
    told = but(product, **secrets)
    write(told, tmp_path / "r.html", "repository")
    write(told, tmp_path / "r.pdf", "repository")
    for path in tmp_path.glob("r.*"):
        held = everything_in(path)
        assert "quiet meeting" in held
        for secret in ("secret", TERN[1:], GULL[1:], COURIER, "Quay 4", "S1", "port police"):
            assert secret not in held, secret


@pytest.mark.parametrize("one", ["@ana.sol", "a-000123", "p-0000007", "QUIET.tern", "x@y.example"])
@pytest.mark.parametrize("name", ["pattern", "methods"])
def test_a_repository_entry_that_names_somebody_is_not_written(product, name, one, tmp_path):
    told = but(product, **{name: f"First {one} calls, then silence."})
    assert any(f"The {name} holds" in said for said in check(told, "repository"))
    with pytest.raises(CourseError, match="This entry is not ready"):
        write(told, tmp_path / "r.html", "repository")
    assert list(tmp_path.iterdir()) == []


# --- taking out ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["html", "pdf"])
@pytest.mark.parametrize("template", ["product", "annex", "partner"])
def test_what_was_taken_out_is_nowhere_in_the_file(product, template, ending, tmp_path):
    told = but(
        product, title=f"{TERN} meets {GULL} at QUIET.TERN's door", question=f"Who is {TERN}?"
    )
    words = [TERN, GULL, COURIER, "Quay 4"]
    before = everything_in(write(told, tmp_path / f"before.{ending}", template, keep=words))
    cleaned = redact(told, words)
    after = everything_in(write(cleaned, tmp_path / f"after.{ending}", template)).casefold()
    for one in words:
        assert one.lstrip("@").casefold() in before.casefold() or template == "partner"
        assert one.lstrip("@").casefold() not in after, one
    assert "[removed]" in after


def test_words_go_from_the_picture_itself(product):
    """The cleaned picture is the one that is drawn when the names never were in it."""
    cleaned = redact(product, [TERN, COURIER]).chart
    never = show(drawing("[removed]", "[removed]"), alt="x")
    assert png(cleaned.figure) == png(never.figure)
    assert cleaned.alt == "Link chart: [removed] lies between two couriers."
    assert TERN in product.chart.figure.axes[0].get_title()  # the reader's own stays


def test_a_link_chart_gives_its_still_twin_and_loses_names(product, tmp_path):
    chart = link_chart(nx.Graph([(TERN, COURIER), (COURIER, "a-000207")]), "One in the middle")
    told = but(product, chart=chart, people=[*product.people, "a-000207"])
    assert check(told) == []
    before = write(told, tmp_path / "before.html").stat().st_size
    assert before > 10_000
    cleaned = redact(told, [TERN, COURIER]).chart
    words = [text.get_text() for text in cleaned.figure.findobj(Text)]
    assert not [one for one in words if TERN[1:] in one or COURIER in one]
    assert "a-000207" in words


def test_a_picture_without_names_stays_as_it_is(product):
    assert png(redact(product, ["nobody here"]).timeline.figure) == png(product.timeline.figure)


@settings(max_examples=60, deadline=None)
@given(
    name=st.text(st.characters(categories=["L", "N"]), min_size=3, max_size=10),
    change=st.sampled_from([str, str.upper, str.title]),
    hidden=st.sampled_from(["", "\u200b", "\u00ad"]),
    around=st.sampled_from(["", "x", " ", "@", "é"]),
)
def test_every_way_to_write_a_word_is_found(name, change, hidden, around):
    shown = hidden.join(change(name)) if len(change(name)) == len(name) else name
    told = Product(title=f"see {around}{shown}{around} now", gaps=[shown], people=[name])
    try:
        cleaned = redact(told, [name])
    except CourseError:
        assert len(name.strip()) < 3 or name.casefold() in "[removed]"
        return
    assert shown not in cleaned.title
    assert cleaned.gaps == ["[removed]"]
    assert cleaned.people == ()


def test_accents_and_line_breaks_hide_nothing():
    told = Product(title="Ana Pen\u0303a waits", question="ANA\n PEÑA?", reader="ana\u00a0peña")
    cleaned = redact(told, ["Ana Peña"])
    assert (cleaned.title, cleaned.question) == ("[removed] waits", "[removed]?")
    assert cleaned.reader == "[removed]"


@pytest.mark.parametrize("short", ["", "ab", "  a", "remove"])
def test_a_word_that_is_too_short_is_refused(product, short):
    with pytest.raises(CourseError, match="too short or too common"):
        redact(product, [short])


# --- clear sentences ----------------------------------------------------------------------------


def test_what_cannot_be_written_is_said(product, tmp_path):
    with pytest.raises(CourseError, match=r"a\.doc must end in \.html or \.pdf"):
        write(product, tmp_path / "a.doc")
    with pytest.raises(CourseError, match="There is no folder"):
        write(product, tmp_path / "none" / "a.html")
    with pytest.raises(CourseError, match="There is no template 'letter'"):
        write(product, tmp_path / "a.html", "letter")
    with pytest.raises(CourseError, match="The chart must come from show"):
        write(but(product, chart="chart.png"), tmp_path / "a.html")
    with pytest.raises(CourseError, match=r"could not be displayed.*print it from a browser"):
        write(but(product, title="\U00012000"), tmp_path / "a.pdf")
    assert list(tmp_path.iterdir()) == []


def test_without_typst_the_browser_is_the_way(product, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(CourseError, match="open it in a browser and print it"):
        write(product, tmp_path / "a.pdf")
    write(product, tmp_path / "a.html")


def test_a_slip_is_answered_with_the_next_step(tmp_path):
    path = tmp_path / "a.html"
    for make, said in [
        (lambda: Product(gaps="Who pays is not known."), r"gaps must be a list of texts"),
        (lambda: Product(people=TERN), r"people must be a list"),
        (lambda: Product(answers=Answer("It moves.")), r"answers must be a list of Answer"),
        (lambda: Product(facts=["It moved."]), r"facts must be a list of Fact"),
        (lambda: Fact("It moved.", "S1"), r"Fact: sources must be a list"),
        (lambda: Answer("It moves.", sources="S1"), r"Answer: sources must be a list"),
        (lambda: Product(date="2031-03-14"), r"date=datetime\.date"),
        (lambda: word(60), r"60 is no probability: write 0\.6"),
        (lambda: word("likely"), r"'likely' is no probability"),
        (lambda: redact(example(), TERN), r"words as a list"),
        (lambda: write(example(), path, "partner", keep=TERN), r"keep must be a list"),
        (lambda: write(path, example()), r"first what, then where"),
        (lambda: write(dataclasses.replace(example(), chart=drawing()), path), r"show\(fig, alt"),
    ]:
        with pytest.raises(CourseError, match=said):
            make()
    assert list(tmp_path.iterdir()) == []
