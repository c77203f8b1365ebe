"""A programme and the shipped scenarios, said in words."""

import re

import pytest
from babel.messages.catalog import Catalog

import sim.programme as p
from sim.programme.quantity import Lever, Quantity
from sim.scenario import scenario_names
from sim.text import of_programme, of_scenario
from sim.text.describe import describe
from tests.shipped import shipped

# Small words without which no English sentence does, and that Indonesian does not have.
ENGLISH = re.compile(
    r"\b(the|of|and|with|for|each|must|after|before|days?|weeks?|workshops?|stages?|clusters?)\b", re.I
)
PROPER = ("Single Day", "Black Friday", "Tmall Global")


def small() -> p.Programme:
    """One of everything that can be said of a programme."""
    return p.Programme(
        resources={
            "coach": p.Resource(units=Lever(12, 5, 60, row="E721"), places_per_unit=Quantity(13, 6, 20, row="E739")),
            "lab": p.Resource(units=3, cost_idr_per_day=300_000),
        },
        stages=[
            p.Stage("join", duration=p.Fixed(0), passes=[0.5], on_fail="leave"),
            p.Stage("coach", after=["join", "organise"], needs={"coach": 1}, duration=p.Lognormal(180, 0.4), again=0.4),
            p.Stage("equip", after="coach", needs={"lab": 2}, duration=p.Uniform(2, 9), passes=[0.9], on_fail="skip"),
            p.Stage(
                "test",
                after="equip",
                duration=p.Pert(2, 5, 9),
                passes=p.Improving(Quantity(0.12, 0.03, 0.35, row="E714"), 1.3, 3),
                retry="coach",
                title={"id": "Uji mutu", "en": "Quality test"},
                output=0.5,
                cost_idr=2.5e6,
            ),
            p.Stage("full", after="test", duration=p.Triangular(1, 2, 3), passes=[0.6, 0.8], priority=-1),
            p.Stage("organise", on="cluster", duration=p.Exponential(60)),
            p.Stage("label", on="cluster", after=["organise", p.Count(5, "test")], duration=p.Gamma(45, 0.3)),
            p.Stage("export", on="cluster", after=[p.Share(0.1, "full"), p.All("join")], duration=p.Empirical((3, 5))),
        ],
        clusters=[
            p.Cluster("cibaduyut", workshops=254, label="Brodo", before_start={"organise": -30}),
            p.Cluster("jepara", workshops=3, exempt=["label"]),
        ],
        discipline="head-of-line",
        horizon_days=7300,
    )


INDONESIAN = """\
# Program persiapan

## Sumber daya

- Pembina: 12 (dapat dipilih 5 sampai 60; E721); masing-masing menyediakan 13 tempat (6 sampai 20; E739), seluruhnya 156 tempat.
- Laboratorium: 3; Rp300.000 per hari untuk masing-masing.

## Klaster

1. Cibaduyut, merek Brodo: 254 bengkel
   - Sudah dilalui sebelum program mulai: “Pembentukan lembaga klaster” (30 hari sebelumnya)
2. Jepara: 3 bengkel
   - Tidak perlu melalui: “Label”

## Tahap

1. **Keikutsertaan dalam program** (tiap bengkel)
   - Dapat dimulai pada hari pertama
   - Tidak memerlukan sumber daya
   - Lamanya: tanpa waktu
   - Peluang berhasil 50 %
   - Bila gagal, bengkel keluar dari program
2. **Pembinaan** (tiap bengkel)
   - Menunggu: “Keikutsertaan dalam program” dan “Pembentukan lembaga klaster” oleh klasternya
   - Memerlukan selama tahap berjalan: 1 tempat pembina
   - Lamanya: rata-rata 180 hari, lognormal dengan koefisien variasi 0,4; percobaan berikutnya memakan 0,4 kali waktu itu
   - Selalu berhasil
3. **Penambahan alat** (tiap bengkel)
   - Menunggu: “Pembinaan”
   - Memerlukan selama tahap berjalan: 2 tempat laboratorium
   - Lamanya: antara 2 hari dan 9 hari, semuanya sama mungkin
   - Peluang berhasil 90 %
   - Bila gagal, dilanjutkan tanpa tahap ini, dan hal itu dicatat
4. **Uji mutu** (tiap bengkel)
   - Menunggu: “Penambahan alat”
   - Tidak memerlukan sumber daya
   - Lamanya: paling mungkin 5 hari, antara 2 hari dan 9 hari (PERT)
   - Peluang berhasil 12 % (3 % sampai 35 %; E714) pada percobaan pertama, lalu 1,3 kali peluang sebelumnya pada tiap percobaan berikutnya; paling banyak 3 percobaan
   - Bila gagal, diulang mulai “Pembinaan”; sesudah kegagalan terakhir, bengkel keluar dari program
   - Sejak itu bengkel berproduksi pada 50 % dari laju penuhnya
   - Biaya Rp2,5 juta per percobaan
5. **Produksi penuh** (tiap bengkel)
   - Menunggu: “Uji mutu”
   - Tidak memerlukan sumber daya
   - Lamanya: paling mungkin 2 hari, antara 1 hari dan 3 hari (segitiga)
   - Peluang berhasil 60 % dan 80 %, berturut-turut menurut percobaan; paling banyak 2 percobaan
   - Bila gagal, tahap ini diulang; sesudah kegagalan terakhir, bengkel keluar dari program
   - Prioritas -1 (angka kecil dilayani lebih dulu)
6. **Pembentukan lembaga klaster** (klaster)
   - Dapat dimulai pada hari pertama
   - Tidak memerlukan sumber daya
   - Lamanya: rata-rata 60 hari; dapat selesai sewaktu-waktu (eksponensial)
   - Selalu berhasil
7. **Label** (klaster)
   - Menunggu: “Pembentukan lembaga klaster” dan sedikitnya 5 bengkel melewati “Uji mutu”
   - Tidak memerlukan sumber daya
   - Lamanya: rata-rata 45 hari, gamma dengan koefisien variasi 0,3
   - Selalu berhasil
8. **Export** (klaster)
   - Menunggu: 10 % dari bengkel yang masih ikut melewati “Produksi penuh” dan semua bengkel yang masih ikut melewati “Keikutsertaan dalam program”
   - Tidak memerlukan sumber daya
   - Lamanya: salah satu nilai hasil pengamatan: 3 hari dan 5 hari
   - Selalu berhasil

## Aturan

- Permintaan dilayani menurut prioritas, lalu menurut siapa yang paling lama menunggu. Tidak ada yang boleh mendahului permintaan lebih awal yang memerlukan sumber daya yang sama, sekalipun permintaan itu masih harus menunggu.
- Urutan klaster, urutan bengkel di dalamnya, dan urutan tahap ikut menentukan hasil: bila dua permintaan sama prioritasnya dan sama lama menunggunya, yang tercantum lebih dulu dilayani lebih dulu.
- Simulasi berakhir tepat sebelum hari ke-7.300, berapa pun waktu persiapannya; yang saat itu belum terjadi berarti terlambat, bukan mustahil.
"""  # noqa: E501


def test_a_whole_programme_is_said_in_indonesian():
    assert describe(small(), "id") == INDONESIAN


def test_the_english_names_every_resource_cluster_and_stage_in_order():
    said = describe(small(), "en")
    names = [
        "Coaches: 12",
        "Laboratories: 3",
        "Cibaduyut, brand Brodo: 254 workshops",
        "Jepara",
        "**Coaching**",
        "**Quality test**",
    ]
    places = [said.index(name) for name in names]
    assert places == sorted(places)
    assert (
        "After a failure it is done again from “Coaching”; after the last one the workshop leaves the programme" in said
    )
    assert "decides ties" in said


def test_every_kind_of_duration_and_count_has_words():
    for kind in (*_members(p.Duration), p.Count, p.Share, p.All):
        table = of_programme.count if kind in (p.Count, p.Share, p.All) else of_programme.duration
        assert kind in table.registry, kind


def _members(annotated):
    return annotated.__origin__.__args__


def test_of_more_than_six_observed_values_the_ends_are_said():
    for values, said in (
        ((5, 1, 6, 2, 3, 4, 1), "one of the observed values: 1 day, 2 days, 3 days, 4 days, 5 days, and 6 days"),
        ((5, 1, 6, 2, 3, 4, 1, 9), "one of 8 observed values between 1 day and 9 days"),
    ):
        stage = p.Stage("wait", duration=p.Empirical(values))
        assert said in describe(p.Programme(stages=[stage], clusters=[p.Cluster("c", workshops=1)]), "en")


def test_of_a_test_that_may_be_taken_once_no_repetition_is_told():
    for passes, said in (
        ([0.5], "After a failure the workshop leaves the programme"),
        ([0.5, 0.5], "After a failure this stage is done again"),
    ):
        programme = p.Programme(stages=[p.Stage("test", passes=passes)], clusters=[p.Cluster("c", workshops=1)])
        assert said in describe(programme, "en")


def test_what_a_workshop_can_make_is_told_of_every_cluster_with_a_workforce():
    said = describe(shipped("cibaduyut-2027"), "en")
    assert said.count("of capacity for the campaign") == 1
    assert "of capacity for the campaign" not in describe(shipped("single-day-2018"), "en")


@pytest.mark.parametrize("say", [of_programme.duration, of_programme.count, of_scenario.brand_class])
def test_what_has_no_words_is_never_left_out_in_silence(say):
    with pytest.raises(TypeError, match="no words for 3"):
        say(3, None)


def test_a_programme_of_nothing_can_still_be_said():
    said = describe(p.Programme(), "id")
    assert "Tidak ada: tidak seorang pun perlu menunggu tempat kosong." in said
    assert "Simulasi berjalan sampai tidak ada lagi yang akan terjadi." in said


def test_the_tail_of_a_long_list_of_clusters_is_counted():
    many = p.Programme(clusters=[p.Cluster(f"c{i}", workshops=10) for i in range(10_514)])
    said = describe(many, "id")
    assert "Ditambah 10.474 klaster lain menurut urutan berkas, seluruhnya 104.740 bengkel." in said
    assert len(said.splitlines()) < 100


def test_what_is_neither_programme_nor_scenario_is_refused():
    with pytest.raises(TypeError, match="Programme or a Scenario, not int"):
        describe(3, "id")


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_is_said_without_an_english_word_in_indonesian(name: str, said: Catalog):
    words = describe(shipped(name), "id")
    for proper in PROPER:
        words = words.replace(proper, "")
    assert ENGLISH.findall(words) == []
    english = [m.id for m in said if isinstance(m.id, str) and m.id]
    assert [text for text in english if _whole(text) and text in words] == []


def _whole(text: str) -> bool:
    """Whether an English text, left untranslated, could be recognised: several words and no field."""
    return "{" not in text and len(text.split()) > 1 and text not in PROPER


@pytest.mark.parametrize("name", scenario_names())
def test_a_shipped_scenario_names_all_its_parts(name):
    scenario = shipped(name)
    for language in ("id", "en"):
        said = describe(scenario, language)
        parts = [*scenario.pathway.stages, *scenario.clusters, *scenario.campaign.gates_in_force()]
        assert [part.name for part in parts if part.title.get(language, "?") not in said] == []


def test_a_scenario_says_campaign_demand_and_money():
    said = describe(shipped("cibaduyut-2027"), "id")
    for text in (
        "Aturan persediaan: tiap merek menyimpan barang senilai RMB 11,5 juta",
        "sekitar 27 September 2027: persediaan yang diminta aturan sudah dapat dijual; yang terlambat kehilangan "
        "seluruh kampanye",
        "Merek dikenal di dalam negeri",
        "dan 99,9 % menjual paling banyak RMB 25 juta",
        "Modal kerja tiap klaster: Rp",
        "Pangsa dihitung terhadap penjualan di Alibaba",
    ):
        assert text in said
