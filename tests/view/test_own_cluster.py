"""The card for a cluster of one's own, without a browser: what is typed, and what it then says and does."""

import pytest

import sim
from sim.scenario.own_cluster import COLUMNS
from sim.view import answer, own_sheet, sources
from sim.view.own_cluster import GROUPS, OwnCluster
from sim.view.reading import Reading

TYPED = {
    "name": "Kulit Magetan",
    "place": "Selosari",
    "product": "sandal kulit",
    "given_by": "Dinas Magetan",
    "like": "tanggulangin",
    "makers": "1.060",
}
BASE = sim.Scenario.load("cibaduyut-2027")


class Card(OwnCluster):
    """A card that keeps what it would have sent to the page."""

    def __init__(self):
        self.used, self.sent = [], []
        super().__init__(BASE, self.used.append)
        self.form.send = lambda message, buffers=None: self.sent.append((message, buffers))
        self.speak("id")

    def type(self, **cells):
        self.form.values = {**self.form.values, **cells}

    def says(self, kind, *buffers, **rest):
        self._told(self.form, {"kind": kind, **rest}, list(buffers))


@pytest.fixture
def card(wire):
    return Card()


def test_every_column_of_the_sheet_has_its_place_in_the_form_but_for_a_price_in_another_currency(card):
    columns = [c for group in card.form.look["groups"] for field in group["fields"] for c in field["columns"]]
    assert sorted(columns) == sorted(column for column in COLUMNS if not column.startswith("price_idr"))
    assert len(card.form.look["groups"]) == len(GROUPS)


def test_a_number_is_said_as_it_was_understood_while_it_is_typed(card):
    card.type(makers="1.060")
    assert card.form.notes["makers"] == {"text": "1.060 bengkel", "bad": False}
    card.type(makers="1,060")
    assert card.form.notes["makers"]["bad"]
    assert (
        card.form.notes["makers"]["text"] == "Dapat dibaca 1060 dan dapat dibaca 1,06: tulis salah satu dari keduanya."
    )


def test_what_is_missing_is_said_only_once_the_form_is_to_be_used(card):
    assert card.form.notes == {}
    card.says("use")
    assert {column for column, note in card.form.notes.items() if note["bad"]} == set(TYPED) - {"like"}
    assert card.form.status == {"text": "5 isian perlu dibetulkan.", "bad": True}
    assert card.sent == [({"kind": "wrong", "column": "name"}, None)]
    assert card.used == []


def test_used_it_is_the_scenario_of_the_new_cluster(card):
    card.type(**TYPED)
    card.says("use")
    (scenario,) = card.used
    assert scenario.clusters[0].makers.central == 1060
    assert card.form.status == {"text": f"Sekarang di halaman: {scenario.title['id']}.", "bad": False}


def test_what_was_typed_last_counts_though_it_is_still_on_its_way(card):
    card.type(**{column: text for column, text in TYPED.items() if column != "makers"})
    card.says("use", values=card.form.values | {"makers": TYPED["makers"]})
    (scenario,) = card.used
    assert scenario.clusters[0].makers.central == 1060


def test_saved_it_is_a_file_that_loads_to_the_same_scenario(card, tmp_path):
    card.type(**TYPED)
    card.says("use")
    card.says("save")
    message, (data,) = card.sent[-1]
    assert message == {"kind": "download", "name": "kulit-magetan-in-cibaduyut-2027.yaml"}
    (tmp_path / message["name"]).write_bytes(data)
    assert sim.Scenario.load(tmp_path / message["name"]) == card.used[0]


@pytest.mark.parametrize(("language", "workers"), [("id", "3,5"), ("en", "3.5")])
def test_a_sheet_fills_the_form_as_its_reader_would_type_it(card, language, workers):
    card.speak(language)
    lines = [";".join([*TYPED, "workers_per_workshop", "defect_rate", "price_rmb"])]
    lines.append(";".join([*TYPED.values(), "3,5", "6", "=1+1"]))
    card.says("file", "\r\n".join(lines).encode(), name="mine.csv")
    assert card.form.values["makers"] == "1060"
    assert card.form.values["workers_per_workshop"] == workers
    assert card.form.values["defect_rate"] == "6%"
    assert card.form.values["price_rmb"] == "=1+1"
    assert {column for column, note in card.form.notes.items() if note["bad"]} == {"price_rmb"}


def test_a_sheet_that_cannot_be_read_leaves_the_form_as_it_was(card):
    card.type(**TYPED)
    card.says("file", b"nmae\r\na", name="mine.csv")
    assert card.form.status["bad"]
    assert card.form.status["text"].startswith("mine.csv: Memiliki judul yang bukan kolom templat")
    assert card.form.values["makers"] == "1.060"


@pytest.mark.parametrize("suffix", own_sheet.SUFFIXES)
def test_the_empty_sheet_is_handed_out(card, suffix):
    card.says("template", suffix=suffix)
    message, (data,) = card.sent[-1]
    assert message == {"kind": "download", "name": f"siap-cluster{suffix}"}
    assert data.startswith({".csv": b"\xef\xbb\xbfname;", ".xlsx": b"PK"}[suffix])


def test_what_was_typed_outlives_a_change_of_language_and_no_number_turns_into_another(card):
    card.type(**TYPED)
    card.speak("en")
    assert card.form.values["makers"] == "1.060"
    assert card.form.notes["makers"] == {
        "text": "Can be read as 1060 and as 1.06: write it as one of the two.",
        "bad": True,
    }


def test_left_empty_is_said_of_the_cluster_chosen_as_alike(card):
    def hint():
        fields = {f["key"]: f for group in card.form.look["groups"] for f in group["fields"]}
        return fields["workers_per_workshop"]["hint"].replace("\N{NO-BREAK SPACE}", " ")

    assert hint().endswith("bila kosong: 7,9 pekerja, seperti Sepatu Cibaduyut")
    card.type(like="garut")
    assert "Garut" in hint()


def test_a_base_without_a_place_for_it_is_told_beside_the_buttons(card):
    card.follow(sim.Scenario.load("all-centres"))
    card.type(**TYPED)
    card.says("use")
    assert card.used == []
    assert "provinces" in card.form.status["text"]


def test_of_a_cluster_that_the_page_refuses_nothing_stays(card):
    def refuse(scenario):
        card.used.append(scenario)
        raise sim.BadInput("page", "is too small")

    card._use = refuse
    card.type(**TYPED)
    card.says("use")
    (refused,) = card.used
    assert card.form.status == {"text": "page: is too small", "bad": True}
    card.follow(refused)  # as any other scenario would be taken
    assert card._base is refused


def test_a_cluster_is_never_put_into_a_scenario_of_another_from_here(card):
    card.type(**TYPED)
    card.says("use")
    card.follow(card.used[0])
    assert card._base is BASE


def test_the_brief_lists_what_was_given_and_by_whom_and_none_of_it_can_run(card):
    card.type(
        **TYPED | {"given_by": "<script>alert(1)</script>"}, price_rmb="120", price_rmb_low="90", price_rmb_high="150"
    )
    card.says("use")
    (scenario,) = card.used
    assert list(sources.given(scenario)) == [f"clusters.kulit-magetan.{end}" for end in ("makers", "goods.price_rmb")]
    listed = sources.given_list(scenario, "id")
    assert "RMB 120 (90 sampai 150; menurut &lt;script&gt;" in listed.replace("RMB 90", "90").replace("RMB 150", "150")
    assert "<script" not in listed
    assert sources.given_list(BASE, "id") == ""


def test_an_answer_that_rests_on_a_number_of_the_office_says_whose_it_is(card, monkeypatch):
    card.type(**TYPED)
    card.says("use")
    reading = Reading(sim.simulate(card.used[0], replications=2))
    monkeypatch.setattr(Reading, "carrying", "clusters.kulit-magetan.makers")
    assert "menurut Dinas Magetan" in answer.assumption(reading, None, "id")[0]
