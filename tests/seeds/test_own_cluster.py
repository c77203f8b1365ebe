"""A cluster of one's own: what is typed, what stands in a sheet, and the scenario that comes of it."""

import csv
import io
import math
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

import sim
from sim.programme.quantity import Lever, Quantity, central
from sim.scenario import numerals, sheets
from sim.scenario.own_cluster import COLUMNS, NUMBERS, Odd, Percent, Problem, number_at, read
from sim.scenario.seeds import clusters
from sim.text import own_cluster
from sim.view import own_sheet

TEXTS = {
    "name": "Kulit Magetan",
    "place": "Selosari, Magetan",
    "product": "sandal kulit",
    "given_by": "Dinas Perindustrian Magetan, 2026",
    "like": "tanggulangin",
}
LEAST = TEXTS | {"makers": "60"}
KNOWN = clusters()
BASE = sim.Scenario.load("cibaduyut-2027")


def reading(**cells):
    return read(LEAST | cells, ",", KNOWN)


def problems(**cells):
    return {p.column: p.kind for p in reading(**cells).problems}


def placed(**cells):
    return own_cluster.placed(reading(**cells), BASE)


def excel(*lines, percent=()):
    """An Excel file with these lines; `percent` names the columns that are shown in percent."""
    book = Workbook()
    for line in lines:
        book.active.append(line)
    for cell in book.active[len(lines)]:
        if lines[0][cell.column - 1] in percent:
            cell.number_format = "0%"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


# ── numbers as people write them ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "decimal", "number"),
    [
        ("1500", ",", 1500),
        ("1.500", ",", 1500),
        ("1,500", ".", 1500),
        ("7,9", ",", 7.9),
        ("7.9", ",", 7.9),
        ("7,9", ".", 7.9),
        ("0,125", ",", 0.125),
        ("0.125", ",", 0.125),
        ("1234,567", ",", 1234.567),
        ("1.2345", ",", 1.2345),
        ("1,2345", ",", 1.2345),
        ("1.234.567", ".", 1234567),
        ("1.234.567,89", ".", 1234567.89),
        ("1,234,567.89", ",", 1234567.89),
        ("Rp 120.000", ",", 120000),
        ("Rp120.000,50", ",", 120000.5),
        ("12,8 miliar", ",", 12.8e9),
        ("3 juta", ",", 3e6),
        ("1 500 000", ",", 1.5e6),
        ("1,28E+10", ",", 1.28e10),
        ("1.280E+10", ".", 1.28e10),
        (" 60 ", ",", 60),
        ("-5", ",", -5),
    ],
)
def test_a_number_is_read_as_it_was_meant(text, decimal, number):
    assert numerals.read(text, decimal) == pytest.approx(number)


def test_a_range_can_be_given_of_all_that_is_a_matter_of_knowledge():
    sure = {"makers", "wave"}  # who is there, and how many begin at once
    ranged = {field.key for field in NUMBERS} - sure
    assert {c.removesuffix("_low") for c in COLUMNS if c.endswith("_low")} == ranged
    assert {c.removesuffix("_high") for c in COLUMNS if c.endswith("_high")} == ranged


@pytest.mark.parametrize(("text", "decimal"), [("1,500", ","), ("1.500", "."), ("12.345", ".")])
def test_a_number_that_is_another_to_the_next_reader_is_refused(text, decimal):
    with pytest.raises(numerals.Unclear):
        numerals.read(text, decimal)


@pytest.mark.parametrize(
    "text", ["", "x", "1..5", "1.50.000", ".5", "5.", "1,2.3,4", "=1+1", "1e999", "٣", "nan", "inf", "0x10", "1" * 99]
)
def test_what_is_no_number_is_refused(text):
    with pytest.raises(numerals.NoNumber):
        numerals.read(text, ",")


@given(st.text(max_size=80), st.sampled_from(",."))
def test_any_text_is_a_finite_number_or_refused(text, decimal):
    try:
        number = numerals.read(text, decimal)
    except (numerals.NoNumber, numerals.Unclear):
        return
    assert math.isfinite(number)


@given(st.integers(-(10**12), 10**12), st.integers(0, 2), st.sampled_from(["id", "en"]))
def test_a_number_written_in_a_language_is_read_back(cents, decimals, language):
    number = round(cents / 100, decimals)
    mark, group = (",", ".") if language == "id" else (".", ",")
    text = f"{number:,.{decimals}f}".translate({ord(","): group, ord("."): mark})
    assert numerals.read(text, mark) == number


# ── what is understood of the cells ──────────────────────────────────────────────────────────────────


def test_the_least_that_must_be_given_is_enough():
    assert reading().problems == ()
    assert [p.column for p in read({}, ",", KNOWN).problems] == [*TEXTS, "makers"]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"makers": "0"}, "range"),
        ({"makers": "60,5"}, "whole"),
        ({"makers": "enam puluh"}, "number"),
        ({"makers": "1,500"}, "unclear"),
        ({"makers": Odd("formula", "=1+1")}, "formula"),
        ({"makers": Odd("date", "2026-01-02")}, "date"),
        ({"makers": Percent(60.0)}, "number"),
        ({"defect_rate": "0,05"}, "percent"),
        ({"defect_rate": "1"}, "percent"),
        ({"defect_rate": "101"}, "range"),
        ({"defect_rate": "-5%"}, "range"),
        ({"price_rmb": "1000001"}, "range"),
        ({"wave": "20001"}, "range"),
        ({"name": "x" * 121}, "long"),
        ({"name": "a\u202eb"}, "unprintable"),
        ({"name": "a\nb"}, "unprintable"),
        ({"like": "atlantis"}, "model"),
        ({"like": "indomie"}, "model"),
        ({"like": "centres-food"}, "model"),
    ],
)
def test_a_cell_that_breaks_a_rule_is_told_which(cells, kind):
    assert problems(**cells) == {next(iter(cells)): kind}


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"price_rmb": "100", "price_rmb_low": "50"}, {"price_rmb_high": "half"}),
        ({"price_rmb_low": "50", "price_rmb_high": "60"}, {"price_rmb": "range-alone"}),
        ({"price_rmb": "100", "price_rmb_low": "110", "price_rmb_high": "120"}, {"price_rmb_low": "order"}),
        ({"price_rmb": "100", "price_rmb_low": "50", "price_rmb_high": "60"}, {"price_rmb_high": "order"}),
        (
            {"makers": "0", "price_rmb": "x", "defect_rate": "0,5"},
            {"makers": "range", "price_rmb": "number", "defect_rate": "percent"},
        ),
    ],
)
def test_all_that_is_wrong_is_told_at_once(cells, expected):
    assert problems(**cells) == expected


@pytest.mark.parametrize("cell", ["5%", "5 %", "5", "5,0", 5.0, Percent(5.0)])
def test_a_share_is_read_in_percent(cell):
    assert reading(defect_rate=cell).numbers["defect_rate"].value == pytest.approx(0.05)


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_problem_has_a_rule_and_a_remedy_in_both_languages(language):
    for column, field in COLUMNS.items():
        about = {"one": "1", "other": "2", "small": 0.5, "large": 50.0, "low": 1.0, "value": 2.0, "high": 3.0}
        about |= {"most": 1, "known": ["a"], "row": 2, "remedy": "x"}
        for kind in own_cluster.RULES:
            if field.measure is None and kind in ("number", "range", "order", "percent"):
                continue
            said = own_cluster.sentence(Problem(column, kind, "x", about), language)
            assert said.endswith(".")
            assert "{" not in said


# ── the scenario ─────────────────────────────────────────────────────────────────────────────────────


def test_the_scenario_says_which_numbers_are_the_officials_own():
    scenario = placed(
        wave="40", price_rmb="120", price_rmb_low="90", price_rmb_high="150", working_capital_idr="2 miliar"
    )
    (cluster,) = scenario.clusters
    who = TEXTS["given_by"]
    assert cluster.makers == Quantity(60, given=who)
    assert cluster.goods.price_rmb == Quantity(120, 90, 150, given=who)
    assert cluster.wave == Lever(40, 10, 500, given=who)
    assert scenario.finance.working_capital_idr == Quantity(2e9, given=who)
    own = {f.key for f in NUMBERS if getattr(number_at(f, cluster, scenario), "given", None)}
    assert own == {"makers", "wave", "price_rmb", "working_capital_idr"}


def test_what_was_left_out_is_that_of_the_model_cluster_and_says_so():
    scenario, model = placed(), KNOWN["tanggulangin"]
    (cluster,) = scenario.clusters
    for field in NUMBERS:
        number = number_at(field, cluster, scenario)
        if field.key == "makers" or number_at(field, model, BASE) is None:
            continue
        assert number.given is None
        assert number.assumption.startswith("As ")
        assert central(number) == central(number_at(field, model, BASE))
    assert cluster.goods.load_items.assumption.startswith("As Tanggulangin leather bags, since none was given.")


def test_the_scenario_survives_its_file(tmp_path):
    scenario = placed(price_rmb="120")
    again = sim.Scenario.load(scenario.dump(tmp_path / "mine.yaml"))
    assert again == scenario
    assert again.digest == scenario.digest


def test_who_gave_a_number_changes_no_digest():
    assert placed().digest == placed(given_by="somebody else").digest
    assert placed().digest != placed(makers="61").digest


def test_a_lever_that_is_moved_is_no_longer_the_officials():
    scenario = placed(wave="40")
    path = "clusters.kulit-magetan.wave"
    assert scenario.set(path, 30).clusters[0].wave.given is None
    assert scenario.set(path, 40).clusters[0].wave.given == TEXTS["given_by"]


@pytest.mark.parametrize(
    "base", ["cibaduyut-2028", "single-day-2018", "cibaduyut-one-by-one", "amazon-black-friday-2027"]
)
@pytest.mark.parametrize("like", ["garut", "sidoarjo"])
def test_it_can_be_put_into_any_scenario_without_pools(base, like, tmp_path):
    scenario = own_cluster.placed(reading(like=like), sim.Scenario.load(base))
    assert sim.Scenario.load(scenario.dump(tmp_path / "x.yaml")).digest == scenario.digest
    result = sim.simulate(scenario, replications=2)
    assert result.replications == 2


def test_a_price_is_given_in_the_currency_of_the_scenario_and_in_no_other():
    home = sim.Scenario.load("halal-ramadan-2028")
    priced = own_cluster.placed(reading(like="garut", price_idr="90000"), home)
    assert priced.clusters[0].goods.price_idr == Quantity(90_000, given=TEXTS["given_by"])
    assert priced.clusters[0].goods.price_rmb is None
    own = own_cluster.placed(reading(like="abon-boyolali"), home)
    assert own.clusters[0].goods.price_idr.assumption.startswith("As Boyolali beef floss, since none was given.")
    with pytest.raises(sim.BadInput, match=r"demand.idr_per_rmb: is missing, and clusters\..*goods is given in RMB"):
        own_cluster.placed(reading(like="garut"), home)
    both = reading(price_idr="90000", price_rmb="120").problems
    assert [(problem.column, problem.kind) for problem in both] == [("price_idr", "two-prices")]


def test_a_scenario_of_provinces_refuses_it_in_one_line():
    country = sim.Scenario.load("all-centres")
    with pytest.raises(sim.BadInput, match=r"^base: .*provinces.*; received 'all-centres'; start from cibaduyut-2027$"):
        own_cluster.placed(reading(), country)


def test_the_number_of_workshops_decides_the_answer():
    few, many = (sim.simulate(placed(makers=n, wave="500"), replications=4) for n in ("20", "400"))
    assert few.scenario.programme.clusters[0].workshops == 20
    assert many.scenario.programme.clusters[0].workshops == 400
    # More hands fill the stock that the rule asks for sooner.
    assert many.readiness["lead_days"].min() < few.readiness["lead_days"].min() / 2


# ── sheets ───────────────────────────────────────────────────────────────────────────────────────────


def as_csv(cells, separator=",", encoding="utf-8", lineterminator="\r\n"):
    out = io.StringIO(newline="")
    lines = csv.writer(out, delimiter=separator, lineterminator=lineterminator)
    lines.writerows([list(cells), list(cells.values())])
    return out.getvalue().encode(encoding)


ROW = LEAST | {"workers_per_workshop": "3,5", "unit_cost_idr": "Rp 85.000"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_csv_is_read_as_excel_writes_it_in_indonesia(separator, encoding):
    row = sheets.row(as_csv(ROW | {"name": "Kulit Médan"}, separator, encoding))
    found = read(row.cells, row.decimal, KNOWN)
    assert found.problems == ()
    assert found.texts["name"] == "Kulit Médan"
    assert {key: given.value for key, given in found.numbers.items()} == {
        "makers": 60,
        "workers_per_workshop": 3.5,
        "unit_cost_idr": 85000,
    }


def test_csv_may_tell_excel_its_separator_and_have_empty_and_remark_lines():
    data = b"sep=;\r\n\r\n# a remark;;\r\n" + as_csv(ROW, ";") + b"\r\n;;;\r\n"
    assert sheets.row(data).cells["name"] == "Kulit Magetan"


@pytest.mark.parametrize("start", "=+-@")
def test_text_that_looks_like_a_formula_stays_text(start):
    name = f"{start}cmd|' /C calc'!A0"
    assert sheets.row(as_csv(LEAST | {"name": name})).cells["name"] == name
    cells = sheets.row(excel(list(LEAST), list((LEAST | {"name": name}).values()))).cells
    assert read(cells, ",", KNOWN).texts["name"] == name


def test_a_formula_in_excel_is_not_computed_even_where_a_value_is_stored():
    data = excel([*LEAST, "price_rmb"], [*LEAST.values(), "=100+20"])
    cells = sheets.row(data).cells
    assert cells["price_rmb"] == Odd("formula", "=100+20")
    assert {p.column: p.kind for p in read(cells, ",", KNOWN).problems} == {"price_rmb": "formula"}


def test_excel_cells_are_numbers_percentages_and_texts():
    line = [*TEXTS.values(), 60, 0.5, 5, "Rp 85.000"]
    header = [*TEXTS, "makers", "campaign_share", "defect_rate", "unit_cost_idr"]
    row = sheets.row(excel(header, line, percent=("campaign_share",)))
    found = read(row.cells, ",", KNOWN)
    assert found.problems == ()
    assert [found.numbers[k].value for k in header[5:]] == pytest.approx([60, 0.5, 0.05, 85000])


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("suffix", own_sheet.SUFFIXES)
def test_the_template_is_read_back_once_its_row_is_filled_in(suffix, language):
    data = own_sheet.template(suffix, language)
    with pytest.raises(sheets.Refused, match="no-row"):
        sheets.row(data)
    line = [LEAST.get(column, "") for column in COLUMNS]
    if suffix == ".csv":
        separator = ";" if language == "id" else ","
        filled = data + as_csv(dict(zip(COLUMNS, line, strict=True)), separator).split(b"\r\n", 1)[1]
    else:
        book = load_workbook(io.BytesIO(data))
        mine = book.active.max_row
        for number, text in enumerate(line, 1):
            book.active.cell(mine, number).value = int(text) if text.isdecimal() else text or None
        out = io.BytesIO()
        book.save(out)
        filled = out.getvalue()
    row = sheets.row(filled)
    assert read(row.cells, row.decimal, KNOWN).problems == ()


def test_the_excel_template_checks_numbers_itself():
    sheet = load_workbook(io.BytesIO(own_sheet.template(".xlsx", "id"))).active
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    column = list(COLUMNS).index("makers") + 1
    rule = rules[sheet.cell(sheet.max_row, column).coordinate]
    assert (rule.type, rule.formula1, rule.formula2) == ("whole", "1", "10000000")
    assert "1 sampai" in rule.error


def test_a_file_that_cannot_be_used_is_told_why():
    def kind(data):
        with pytest.raises(sheets.Refused) as caught:
            sheets.row(data)
        return caught.value.problem.kind

    header = ",".join(LEAST).encode()
    assert kind(b"") == "empty"
    assert kind(header) == "no-row"
    assert kind(as_csv(LEAST) + as_csv(LEAST).split(b"\r\n", 1)[1]) == "rows"
    assert kind(b"name,nmae\r\na,b") == "column"
    assert kind(b"name,name\r\na,b") == "twice"
    assert kind(b"name,place\r\na,b,c") == "nameless"
    assert kind(b"name,,place\r\na,b,c") == "nameless"
    assert kind(b"sep=|\r\nname|place\r\na|b") == "separator"
    assert kind(b"name\r\n" * 300) == "long-sheet"
    assert kind(b"name" + b" " * 1_000_001) == "large"
    assert kind(b"\x81\x8d\x8f") == "no-text"
    assert kind(b"PK\x03\x04nonsense") == "excel"
    assert kind(excel(["name"] * 3, ["a"] * 3)) == "twice"


def test_a_small_file_that_unpacks_to_a_large_one_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", b" " * 20_000_000)
    with pytest.raises(sheets.Refused, match="large"):
        sheets.row(out.getvalue())


def outcome(data):
    """The scenario that comes of a file, or the one line that says why there is none."""
    try:
        row = sheets.row(data)
    except sheets.Refused as refused:
        return own_cluster.refusal(refused.problem, "file")
    found = read(row.cells, row.decimal, KNOWN)
    if found.problems:
        return own_cluster.refusal(found.problems[0], f"file: row {row.number}")
    return own_cluster.placed(found, BASE)


def checked(result):
    if isinstance(result, sim.BadInput):
        assert "\n" not in str(result)
        return
    assert sim.Scenario.set(result, "lead_weeks", 10).clusters == result.clusters


SEEDS = [as_csv(ROW, ";"), as_csv(ROW), own_sheet.template(".csv", "id"), excel(list(LEAST), list(LEAST.values()))]


@settings(max_examples=150)
@given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_a_scenario_or_refused_in_one_line(data):
    checked(outcome(data))


@settings(max_examples=200)
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=6))
def test_a_damaged_sheet_is_a_scenario_or_refused_in_one_line(data, damage):
    made = bytearray(data)
    for where, byte in damage:
        made[min(int(where * len(made)), len(made) - 1)] = byte
    checked(outcome(bytes(made)))


amounts = st.one_of(
    st.just(""),
    st.integers(-10, 10**7).map(str),
    st.floats(-1, 1e6).map(lambda x: f"{x:.2f}".replace(".", ",")),
    st.sampled_from(["60%", "0,5", "1.500", "1,500", "=1+1", "#N/A", "Rp 5 juta", "1E+05", "x"]),
)


@settings(max_examples=200)
@given(
    st.dictionaries(st.sampled_from([c for c in COLUMNS if COLUMNS[c].measure]), amounts, max_size=3),
    st.dictionaries(
        st.sampled_from([*TEXTS, "label"]), st.text(st.characters(codec="utf-8"), max_size=130), max_size=2
    ),
    st.sampled_from([";", ",", "\t"]),
)
def test_any_row_is_a_scenario_or_refused_in_one_line(numbers, texts, separator):
    checked(outcome(as_csv(LEAST | texts | numbers, separator)))
