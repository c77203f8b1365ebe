"""Sentences, word for word as planners read them."""

import datetime
import inspect
import math

import pytest

from sim.text import sentences

INF = math.inf
START = datetime.date(2026, 12, 5)

EXAMPLES = [
    (
        sentences.unfinished,
        {"probability": 0.8, "days": 7300.0},
        "Dalam 20 tahun yang disimulasikan, sasaran ini tidak tercapai dengan peluang 80 %: "
        "persiapannya belum selesai.",
        "Within the 20 years simulated this target is not reached with a chance of 80%: the preparation is not over.",
    ),
    (
        sentences.reached,
        {"part": 0.75, "causes": [0.25], "cut": True},
        "Dalam masa simulasi, 75 % ulangan mencapainya.",
        "Within the simulated time 75% of the replications reach it.",
    ),
    (
        sentences.reached,
        {"part": 0.755, "causes": [0.2, 0.045], "cut": False},
        "Dengan waktu tak terbatas, 76 % ulangan mencapainya.",
        "With unlimited time 76% of the replications reach it.",
    ),
    (
        sentences.answer,
        {"share": 4e-6, "event": "11.11.2028", "probability": 0.8, "start": START},
        "Agar pangsa 0,0004 % tercapai pada 11.11.2028 dengan peluang 80 %, mulailah paling lambat 5 Desember 2026.",
        "To reach 0.0004% on 11.11.2028 with a chance of 80%, start no later than 5 December 2026.",
    ),
    (
        sentences.answer_ready,
        {"brand": "Brodo", "event": "11.11.2028", "probability": 0.8, "start": START},
        "Agar Brodo siap untuk 11.11.2028 dengan peluang 80 %, mulailah paling lambat 5 Desember 2026.",
        "For Brodo to be ready for 11.11.2028 with a chance of 80%, start no later than 5 December 2026.",
    ),
    (
        sentences.answer,
        {"share": 4e-6, "event": "11.11.2028", "probability": 0.8, "start": START, "passed": True},
        "Agar pangsa 0,0004 % tercapai pada 11.11.2028 dengan peluang 80 %, persiapan seharusnya dimulai paling lambat "
        "5 Desember 2026, dan tanggal itu sudah lewat.",
        "To reach 0.0004% on 11.11.2028 with a chance of 80%, the preparation would have had to start by 5 December "
        "2026, which has passed.",
    ),
    (
        sentences.answer_ready,
        {"brand": "Brodo", "event": "11.11.2028", "probability": 0.8, "start": START, "passed": True},
        "Agar Brodo siap untuk 11.11.2028 dengan peluang 80 %, persiapan seharusnya dimulai paling lambat "
        "5 Desember 2026, dan tanggal itu sudah lewat.",
        "For Brodo to be ready for 11.11.2028 with a chance of 80%, the preparation would have had to start by "
        "5 December 2026, which has passed.",
    ),
    (
        sentences.answer_range,
        {"weeks": 101, "low": 97, "high": 106},
        "Itu 101 minggu sebelum hari-H (rentang 90 %: 97 sampai 106).",
        "That is 101 weeks before the day (90% range: 97 to 106).",
    ),
    (
        sentences.answer_range,
        {"weeks": 101, "low": 97, "high": INF},
        "Itu 101 minggu sebelum hari-H (rentang 90 %: 97 sampai tidak pernah).",
        "That is 101 weeks before the day (90% range: 97 to never).",
    ),
    (
        sentences.gone_by,
        {"event": "11.11.2027", "start": START, "later_event": "11.11.2028", "later_start": datetime.date(2027, 3, 6)},
        "Tanggal mulai untuk 11.11.2027 sudah lewat (5 Desember 2026); untuk 11.11.2028, mulailah paling lambat "
        "6 Maret 2027.",
        "The start for 11.11.2027 has passed (5 December 2026); for 11.11.2028, start no later than 6 March 2027.",
    ),
    (
        sentences.share_ceiling,
        {"week": 112, "cap": "Modal kerja"},
        "Sesudah minggu ke-112 waktu tambahan tidak lagi menaikkan pangsa: modal kerja yang menahan.",
        "After week 112 more time no longer raises the share: modal kerja holds it back.",
    ),
    (
        sentences.ready_ceiling,
        {"week": 112, "cap": "Modal kerja"},
        "Sesudah minggu ke-112 waktu tambahan tidak lagi menaikkan peluang siap: ulangan yang lain tertahan oleh modal "
        "kerja.",
        "After week 112 more time no longer raises the chance of being ready: modal kerja holds back the other "
        "replications.",
    ),
    (
        sentences.ready_ceiling,
        {"week": 60, "cap": ""},
        "Sesudah minggu ke-60 waktu tambahan hampir tidak membantu: saat itu hampir semua ulangan sudah siap.",
        "After week 60 more time hardly helps: nearly every replication is ready by then.",
    ),
    (
        sentences.never,
        {"probability": 0.8, "cap": "modal kerja"},
        "Berapa pun waktunya, sasaran ini tidak tercapai dengan peluang 80 %: modal kerja yang menahan.",
        "However long the preparation, this target is not reached with a chance of 80%: modal kerja holds it back.",
    ),
    (
        sentences.never,
        {"probability": 0.8, "cap": "X", "lever": "X", "before": "Rp1", "after": "Rp2"},
        "Berapa pun waktunya, sasaran ini tidak tercapai dengan peluang 80 %: x yang menahan. "
        "Satu perubahan terkecil yang membuatnya mungkin: x dari Rp1 menjadi Rp2.",
        "However long the preparation, this target is not reached with a chance of 80%: x holds it back. "
        "The smallest single change that makes it possible: x from Rp1 to Rp2.",
    ),
    (
        sentences.preview,
        {"replications": 20},
        "Pratinjau dari 20 ulangan; hasil lengkap menyusul.",
        "Preview from 20 replications; the full result follows.",
    ),
    (
        sentences.full,
        {"replications": 20_000},
        "20.000 ulangan, hasil lengkap.",
        "20,000 replications, full result.",
    ),
    (sentences.full, {"replications": 1}, "1 ulangan, hasil lengkap.", "1 replication, full result."),
    (
        sentences.never_reached,
        {"causes": [("Kapasitas", 0.045), ("Modal kerja", 0.2)]},
        "Di 24 % ulangan, waktu berapa pun tidak cukup; yang menahannya: modal kerja (20 %) dan kapasitas (4 %).",
        "In 24% of the replications no lead time is enough; "
        "what holds them back: modal kerja (20%) and kapasitas (4%).",
    ),
    (
        sentences.compared,
        {"scenario": "B", "base": "A", "gain": 7.7e-5, "more": 0.955, "less": 0.045},
        "B menambah 0,0077 % penjualan seluruh kampanye pada hasil A, rata-rata: "
        "lebih tinggi di 96 % pasangan, lebih rendah di 4 %.",
        "B adds 0.0077% of the event's sales to what A has, on average: more in 96% of the pairs, less in 4%.",
    ),
    (
        sentences.compared,
        {"scenario": "B", "base": "A", "gain": -2e-4, "more": 0.002, "less": 0.998},
        "B kurang 0,02 % penjualan seluruh kampanye dari hasil A, rata-rata: "
        "lebih tinggi di 0,2 % pasangan, lebih rendah di 99,8 %.",
        "B lacks 0.02% of the event's sales of what A has, on average: more in 0.2% of the pairs, less in 99.8%.",
    ),
    (
        sentences.alike,
        {"scenario": "B", "base": "A"},
        "B dan A sama pangsanya di setiap pasangan.",
        "B and A have the same share in every pair.",
    ),
    (
        sentences.cannot_tell,
        {"replications": 300},
        "Belum dapat dibedakan; perlu sekitar 300 ulangan lagi.",
        "Cannot be told apart yet; about 300 more replications would tell.",
    ),
    (
        sentences.idle,
        {"share": 0.99},
        "Pada 99 % pasangan keduanya tidak menjual apa pun, jadi hampir tidak ada yang dapat dibandingkan.",
        "Both sell nothing in 99% of the pairs, so there is next to nothing to compare.",
    ),
    (
        sentences.unpaired,
        {"correlation": 0.031},
        "Pasangannya hampir tidak lebih mirip daripada yang dipasangkan acak (korelasi 0,031): bilangan acak bersama "
        "tidak sejalan dan tidak menolong, jadi rentangnya selebar tanpa pasangan.",
        "The pairs are hardly more alike than strangers (correlation 0.031): common random numbers were out of step "
        "and did not help, so the interval is as wide as without them.",
    ),
    (
        sentences.corrected,
        {"comparisons": 3},
        "Putusannya memperhitungkan 3 perbandingan sekaligus (Holm): peluang salah satunya hanya kebetulan paling "
        "banyak 10 %.",
        "The verdicts allow for 3 comparisons at once (Holm): the chance that any of them is luck is at most 10%.",
    ),
    (
        sentences.selected,
        {"scenario": "B", "probability": 0.9, "zone": 1e-5},
        "B berpangsa tertinggi, atau kurang dari 0,001 % di bawahnya, dengan peluang sedikitnya 90 %.",
        "B has the highest share, or one less than 0.001% below it, with a chance of at least 90%.",
    ),
    (
        sentences.tied,
        {"scenarios": "A dan B"},
        "Tidak ada yang lebih baik: A dan B sama pangsanya.",
        "None is better: A dan B have the same share.",
    ),
    (
        sentences.unselected,
        {"scenarios": "A dan B", "replications": 5000},
        "Dengan 5.000 ulangan belum dapat dikatakan mana yang terbaik; masih bertahan: A dan B.",
        "Which is the best cannot be told with 5,000 replications; still in: A dan B.",
    ),
    (
        sentences.main_assumption,
        {"name": "Permintaan", "rows": ["E836"]},
        "Jawaban ini paling bertumpu pada asumsi tentang permintaan (E836).",
        "This answer rests most on the assumption about permintaan (E836).",
    ),
    (
        sentences.main_assumption,
        {"name": "X", "rows": []},
        "Jawaban ini paling bertumpu pada asumsi tentang x.",
        "This answer rests most on the assumption about x.",
    ),
    (
        sentences.main_given,
        {"name": "Harga satu barang", "who": "Dinas Magetan"},
        "Jawaban ini paling bertumpu pada harga satu barang, menurut Dinas Magetan; belum diperiksa siapa pun.",
        "This answer rests most on harga satu barang, as given by Dinas Magetan; nobody has checked it.",
    ),
    (
        sentences.almost_nothing,
        {"probability": 0.05, "amount": 9e8},
        "Kemungkinan besar penjualannya hampir nihil; dengan peluang 5 % lebih dari Rp900 juta.",
        "Most likely almost nothing; with a chance of 5% more than Rp900 million.",
    ),
    (
        sentences.share_chart,
        {"weeks": 88, "start": datetime.date(2027, 3, 6), "share": (2e-7, 0.0, 7e-6), "rupiah": (0.3e9, 0.0, 9e9)},
        "Dengan waktu persiapan 88 minggu (mulai 6 Maret 2027), pangsa diproyeksikan 0,00002 % "
        "(rentang 90 %: 0 % sampai 0,0007 %), yaitu Rp300 juta (Rp0 sampai Rp9 miliar).",
        "With a lead time of 88 weeks (start on 6 March 2027) the projected share is 0.00002% "
        "(90% range: 0% to 0.0007%), that is Rp300 million (Rp0 to Rp9 billion).",
    ),
    (
        sentences.readiness_chart,
        {"brand": "Brodo", "weeks": 88, "probability": 0.32, "needed": (93.2, 74, 124), "never": 0.0},
        "Dengan waktu persiapan 88 minggu, Brodo siap dengan peluang 32 %. "
        "Median waktu yang diperlukan: 93 minggu (rentang 90 %: 74 sampai 124).",
        "With a lead time of 88 weeks, Brodo is ready with a chance of 32%. "
        "In the median it needs 93 weeks (90% range: 74 to 124).",
    ),
    (
        sentences.readiness_chart,
        {"brand": "Brodo", "weeks": 88, "probability": 0.595, "needed": (93.2, 74, INF), "never": 0.405},
        "Dengan waktu persiapan 88 minggu, Brodo siap dengan peluang 60 %. "
        "Median waktu yang diperlukan: 93 minggu (rentang 90 %: 74 sampai tidak pernah). "
        "Pada 40 % ulangan merek ini tidak pernah siap.",
        "With a lead time of 88 weeks, Brodo is ready with a chance of 60%. "
        "In the median it needs 93 weeks (90% range: 74 to never). In 40% of the replications it is never ready.",
    ),
    (
        sentences.readiness_chart,
        {"brand": "Brodo", "weeks": 88, "probability": 0.0, "needed": (INF, INF, INF), "never": 1.0},
        "Dengan waktu persiapan 88 minggu, Brodo siap dengan peluang 0 %. "
        "Merek ini tidak siap pada satu ulangan pun, berapa pun waktu persiapannya.",
        "With a lead time of 88 weeks, Brodo is ready with a chance of 0%. "
        "It is not ready in any replication, however long the lead time.",
    ),
    (
        sentences.holding_chart,
        {"causes": [("A", 0.14), ("B", 0.48), ("C", 0.33), ("D", 0.05), ("E", 0.0)]},
        "Yang paling sering menahan: b (48 %), c (33 %), dan a (14 %).",
        "What holds back most often: b (48%), c (33%), and a (14%).",
    ),
    (sentences.holding_chart, {"causes": []}, "Tidak ada yang menahan.", "Nothing holds it back."),
    (
        sentences.cost_chart,
        {"total": 12.34e9, "per_brand": 12.34e9, "per_workshop": 2.2e8, "tested": "audit", "per_sales_rupiah": 41.0},
        "Program ini memerlukan biaya Rp12,3 miliar: Rp12,3 miliar per merek yang siap, Rp220 juta per bengkel yang "
        "melewati “Audit”, dan Rp41 untuk setiap rupiah penjualan.",
        "The programme costs Rp12.3 billion: Rp12.3 billion for each brand that is ready, Rp220 million for each "
        "workshop past “Audit”, and Rp41 for each rupiah of sales.",
    ),
    (
        sentences.cost_chart,
        {"total": 12.34e9, "per_brand": INF, "per_workshop": math.nan},
        "Program ini memerlukan biaya Rp12,3 miliar; belum ada merek yang siap dan belum ada penjualan.",
        "The programme costs Rp12.3 billion; no brand is ready and nothing is sold.",
    ),
]


@pytest.mark.parametrize(("sentence", "values", "indonesian", "english"), EXAMPLES)
def test_it_is_said_in_both_languages_as(sentence, values, indonesian, english):
    assert (sentence(**values, language="id"), sentence(**values, language="en")) == (indonesian, english)


def test_every_sentence_has_an_example_and_takes_its_values_by_name():
    public = {f for name, f in inspect.getmembers(sentences, inspect.isfunction) if f.__module__ == sentences.__name__}
    public = {f for f in public if not f.__name__.startswith("_")}
    assert public == {sentence for sentence, *_ in EXAMPLES}
    for sentence in public:
        assert all(p.kind is p.KEYWORD_ONLY for p in inspect.signature(sentence).parameters.values())
