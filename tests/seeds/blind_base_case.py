"""The base case typed in a second time, blind, from the sources alone.

A scenario file is typed by hand, so it can hold a slip that no schema notices: a
figure from the neighbouring row, working days taken for days, a percentage taken for
a fraction, thousands for millions. Blind double entry finds such slips: a second
person types the same numbers from the sources without having seen the first entry,
and the two are compared.

How this was made. The second person had the list of paths, each with the evidence
rows it names but without any value, and read `seeds/evidence.csv` (`E...`), the
conceptual model ("the model" below) and the evidence audit. The scenario files, the
simulation's code and its output were not opened. Each entry was converted by hand
into the unit that the path's suffix tells (a share as a fraction, a duration in days).
Where the model uses a row more narrowly than the row reads, the model is followed and
the comment says so. Numbers that no source states are left out.

The rule. Never copy a value from the YAML into this file, nor from here into the YAML.
On a disagreement both are read again against the source, and whichever is wrong is
corrected from the source.

An entry is (low, central, high). None for a bound: the sources state none for this use
(a row without a range or with equal bounds, an alternative that is never drawn, a
lever). `DOUBTFUL` lists paths whose sources can be read in more than one way; they
have no entry. Paths in it hold for every scenario that has them.
"""

Entry = tuple[float | None, float, float | None]

DAYS_PER_MONTH = 30.44
DAYS_PER_WORKING_DAY = 1.4
PERCENT = 0.01
THOUSAND = 1e3
MILLION = 1e6
BILLION = 1e9
TRILLION = 1e12

CIBADUYUT_2027: dict[str, Entry] = {
    # E303: metrics of the stores were frozen on 25 August, 78 days before the event.
    "campaign.gates.metrics.deadline_days": (None, 78, None),
    # E302: sign-up ran from 68 to 65 days before; a gate is its last day (the model).
    "campaign.gates.sign-up.deadline_days": (None, 65, None),
    # E304: shops registered 60 to 54 days before; last day, as in the model.
    "campaign.gates.registration.deadline_days": (None, 54, None),
    # E305: goods for the pre-sale, 47 to 33 days before; last day, as in the model.
    "campaign.gates.presale.deadline_days": (None, 33, None),
    # E306: goods for the day itself, 25 to 16 days before; last day, as in the model.
    "campaign.gates.spot.deadline_days": (None, 16, None),
    # E307: the pre-sale opened on 20 October; by then the invited must be listed.
    "campaign.gates.listing.deadline_days": (None, 22, None),
    # E108: goods had to be in the warehouse one or even two months ahead.
    "campaign.gates.stock.deadline_days": (30, 45, 60),
    # E505 workshop to on board, E503 voyage, E504 late vessels, E506 entry with
    # inspection, E507 put-away: all in plain days.
    "campaign.shipping.packing_days": (3, 7, 14),
    "campaign.shipping.sea_days": (8, 14, 21),
    "campaign.shipping.delay_days": (0, 3, 10),
    "campaign.shipping.customs_days": (2, 6, 21),
    "campaign.shipping.putaway_days": (3, 7, 21),
    # The model: coefficient of variation of transport.
    "campaign.shipping.variation": (None, 0.25, None),
    # E214: Alibaba's turnover of 2022, inferred, RMB billion. The imports are a
    # portion of it, E221: cross-border share in percent.
    "campaign.turnover.alibaba.amount_rmb": (520 * BILLION, 541 * BILLION, 560 * BILLION),
    "campaign.turnover.imports.amount_rmb": (520 * BILLION, 541 * BILLION, 560 * BILLION),
    "campaign.turnover.imports.portion": (2.6 * PERCENT, 7.1 * PERCENT, 7.5 * PERCENT),
    # E218: all platforms in 2025, one estimate without a range.
    "campaign.turnover.platforms.amount_rmb": (None, 1695 * BILLION, None),
    # E106: at least a million items of each brand.
    "campaign.min_stock_items": (None, 1_000_000, None),
    # E124: what a million snack packs were worth, RMB million.
    "campaign.min_stock_value_rmb": (5 * MILLION, 11.5 * MILLION, 20 * MILLION),
    # E812: part of the sales that falls to the pre-sale, percent.
    "campaign.presale_share": (20 * PERCENT, 35 * PERCENT, 50 * PERCENT),
    # E820 set-up in thousand dollars, E403 deposit, E405 yearly fee, E406 commission
    # with payment fee, E822 operator's part of sales.
    "campaign.fees.store_usd": (5 * THOUSAND, 50 * THOUSAND, 210 * THOUSAND),
    "campaign.fees.deposit_usd": (5_000, 14_000, 42_000),
    "campaign.fees.annual_rmb": (30_000, 30_000, 60_000),
    "campaign.fees.commission": (3 * PERCENT, 5 * PERCENT, 6 * PERCENT),
    "campaign.fees.operator": (5 * PERCENT, 10 * PERCENT, 15 * PERCENT),
    # The model: chance around a mean is 0.3 for office work and 0.4 for coaching. Only
    # stages that are plainly one of the two (the others are in DOUBTFUL).
    "pathway.stages.join.duration.cv": (None, 0.3, None),
    "pathway.stages.coach.duration.cv": (None, 0.4, None),
    "pathway.stages.finance.duration.cv": (None, 0.3, None),
    "pathway.stages.organise.duration.cv": (None, 0.3, None),
    "pathway.stages.agree-standard.duration.cv": (None, 0.3, None),
    "pathway.stages.trademark.duration.cv": (None, 0.3, None),
    "pathway.stages.compliance.duration.cv": (None, 0.3, None),
    "pathway.stages.halal.duration.cv": (None, 0.3, None),
    "pathway.stages.gacc.duration.cv": (None, 0.3, None),
    "pathway.stages.open-store.duration.cv": (None, 0.3, None),
    "pathway.stages.list-goods.duration.cv": (None, 0.3, None),
    "pathway.stages.export-docs.duration.cv": (None, 0.3, None),
    # Uptake: E744 has 25 / 50 / 100, E745 40 / 53 / 65; the model's calculation of the
    # reference case takes 25 / 50 / 80.
    "pathway.stages.join.passes.0": (25 * PERCENT, 50 * PERCENT, 80 * PERCENT),
    # E740: a coaching cycle of 4, 6 or 12 months.
    "pathway.stages.coach.duration.mean": (
        4 * DAYS_PER_MONTH,
        6 * DAYS_PER_MONTH,
        12 * DAYS_PER_MONTH,
    ),
    # The model's calculation: a repeated coaching takes 40 % of the first.
    "pathway.stages.coach.again": (None, 40 * PERCENT, None),
    # E753: price of one three-day course, Rp million a person (the low is the central).
    "pathway.stages.coach.cost_idr": (3.75 * MILLION, 3.75 * MILLION, 10 * MILLION),
    # E729: 2 / 10 / 30 working days for the credit.
    "pathway.stages.finance.duration.mean": (
        2 * DAYS_PER_WORKING_DAY,
        10 * DAYS_PER_WORKING_DAY,
        30 * DAYS_PER_WORKING_DAY,
    ),
    # E760: what the state pays back for machines, Rp million a firm.
    "pathway.stages.equip.cost_idr": (100 * MILLION, 110 * MILLION, 110 * MILLION),
    # E414: the laboratory test alone, 20 / 20 / 60 working days.
    "pathway.stages.sample-test.duration.mean": (
        20 * DAYS_PER_WORKING_DAY,
        20 * DAYS_PER_WORKING_DAY,
        60 * DAYS_PER_WORKING_DAY,
    ),
    # The model's calculation: each retry passes 30 % better than the one before.
    "pathway.stages.sample-test.passes.gain": (None, 30 * PERCENT, None),
    # The model, section 3: half the rate in the pilot, the full rate afterwards.
    "pathway.stages.pilot.output": (None, 0.5, None),
    "pathway.stages.full.output": (None, 1, None),
    # The model's calculation: organisation 30 / 60 / 120, label 20 / 45 / 90 days.
    "pathway.stages.organise.duration.mean": (30, 60, 120),
    "pathway.stages.agree-standard.duration.mean": (20, 45, 90),
    # E415: certificate for a single firm, Rp million.
    "pathway.stages.compliance.cost_idr": (10 * MILLION, 25 * MILLION, 40 * MILLION),
    # E410: regular halal track, 21 by law, 40 with missing papers; working days.
    "pathway.stages.halal.duration.mean": (
        21 * DAYS_PER_WORKING_DAY,
        30 * DAYS_PER_WORKING_DAY,
        40 * DAYS_PER_WORKING_DAY,
    ),
    # E417: own registration for low-risk food, in days as printed.
    "pathway.stages.gacc.duration.mean": (2, 7, 30),
    # E401: application for the store to its soft launch, days.
    "pathway.stages.open-store.duration.mean": (28, 75, 150),
    # E424: certificate of origin, 1 / 2 / 5 working days; fee Rp25,000 in the note.
    "pathway.stages.export-docs.duration.mean": (
        1 * DAYS_PER_WORKING_DAY,
        2 * DAYS_PER_WORKING_DAY,
        5 * DAYS_PER_WORKING_DAY,
    ),
    "pathway.stages.export-docs.cost_idr": (None, 25_000, None),
    # E602: 254 makers are the reference. Its low, 50, is another year's count, and the
    # model keeps the counts apart as alternatives, so there is no range here.
    "clusters.cibaduyut.makers": (None, 254, None),
    # The alternatives as the model names them. E601, E627: 697 of the whole city in
    # 2007; E602: 254 in 2019; E603: 50 by the office's count (its 70 is not used).
    "clusters.cibaduyut.counts.city-2007": (None, 697, None),
    "clusters.cibaduyut.counts.makers-2019": (None, 254, None),
    "clusters.cibaduyut.counts.office-2023": (None, 50, None),
    # E124 and the model reckon with RMB 300 a pair and give no bounds. (E636 is in
    # rupiah at home: 350 to 800 thousand, some RMB 150 to 340.)
    "clusters.cibaduyut.goods.price_rmb": (None, 300, None),
    # E635: cost of making one leather pair, Rp thousand.
    "clusters.cibaduyut.goods.unit_cost_idr": (150 * THOUSAND, 270 * THOUSAND, 400 * THOUSAND),
    # E724: pairs that fail after coaching. E810: returns to use for shoes. Percent.
    "clusters.cibaduyut.goods.defect_rate": (3 * PERCENT, 8 * PERCENT, 15 * PERCENT),
    "clusters.cibaduyut.goods.return_rate": (6 * PERCENT, 18 * PERCENT, 40 * PERCENT),
    # E629 as a row is 2.5 / 4.4 / 8 over several kinds of unit; its note has 7.9 at
    # Cibaduyut in 2019 (over 2,000 jobs for 254 makers). The model's calculation of
    # this very case takes 4.4 / 7.9 / 8.5 and is followed.
    "clusters.cibaduyut.workforce.workers_per_workshop": (4.4, 7.9, 8.5),
    # E628: pairs a worker makes in a working day.
    "clusters.cibaduyut.workforce.items_per_worker_day": (0.3, 2.5, 4.5),
    # The model's calculation: 30 / 60 / 80 % of capacity for the campaign.
    "clusters.cibaduyut.workforce.campaign_share": (30 * PERCENT, 60 * PERCENT, 80 * PERCENT),
    # E631 (not named by the path) counts six days a week.
    "clusters.cibaduyut.workforce.working_days_per_week": (None, 6, None),
    # The model: one total, E761 (3 / 10.8 / 30) plus E762 (0.5 / 2 / 15), Rp billion.
    "finance.working_capital_idr": (
        (3 + 0.5) * BILLION,
        (10.8 + 2) * BILLION,
        (30 + 15) * BILLION,
    ),
    # E764: subsidised credit, percent a year.
    "finance.interest_per_year": (3 * PERCENT, 6 * PERCENT, 9 * PERCENT),
    # The model's table of classes, RMB million, here in RMB: unknown label.
    "demand.classes.unknown.rmb.p05": (None, 0, None),
    "demand.classes.unknown.rmb.p25": (None, 0, None),
    "demand.classes.unknown.rmb.p50": (None, 0.002 * MILLION, None),
    "demand.classes.unknown.rmb.p75": (None, 0.02 * MILLION, None),
    "demand.classes.unknown.rmb.p95": (None, 0.4 * MILLION, None),
    "demand.classes.unknown.rmb.p99": (None, 2 * MILLION, None),
    "demand.classes.unknown.rmb.p999": (None, 10 * MILLION, None),
    # The same table: anchor brand known at home.
    "demand.classes.known-at-home.rmb.p05": (None, 0.005 * MILLION, None),
    "demand.classes.known-at-home.rmb.p25": (None, 0.05 * MILLION, None),
    "demand.classes.known-at-home.rmb.p50": (None, 0.2 * MILLION, None),
    "demand.classes.known-at-home.rmb.p75": (None, 0.7 * MILLION, None),
    "demand.classes.known-at-home.rmb.p95": (None, 4 * MILLION, None),
    "demand.classes.known-at-home.rmb.p99": (None, 10 * MILLION, None),
    "demand.classes.known-at-home.rmb.p999": (None, 25 * MILLION, None),
    # The same table and the paragraph on calibration: known in China. The fit aims at
    # the spoken Rp122 billion (E101) at the lead of 2018, 70 days (E107; its 60 to 75
    # are doubts about the starting day, and a fit takes one value).
    "demand.classes.known-in-china.log_sd": (0.4, 0.8, 1.2),
    "demand.classes.known-in-china.ceiling_rmb": (None, 60 * MILLION, None),
    "demand.classes.known-in-china.fitted_sales_idr": (None, 122 * BILLION, None),
    "demand.classes.known-in-china.fitted_lead_days": (None, 70, None),
    # E914: rate of November 2025, rupiah per RMB; the dollar stands in its note.
    "demand.idr_per_rmb": (2204, 2348, 2357),
    "demand.idr_per_usd": (None, 16_670, None),
    # E804 as the multiple of a mature store; its time constant is the model's, days.
    "demand.maturity_multiple": (1.3, 2.5, 4.8),
    "demand.maturity_tau_days": (30, 60, 120),
    # The model: a pavilion or an invitation multiplies by 1 / 3 / 30 (E836's note goes
    # up to 100, the model does not).
    "demand.push": (1, 3, 30),
    # The model: factor for goods at the brand's standard.
    "demand.quality_factor": (0.7, 1, 1.1),
    # E807: discount borne, percent.
    "demand.discount": (10 * PERCENT, 21 * PERCENT, 50 * PERCENT),
    # The model prints E819 (1.4 / 6.1 / 14) doubled and rounded: 3 / 12 / 28 dollars;
    # 1.2 items a customer; at most ten times the awareness demand.
    "demand.cost_per_customer_usd": (3, 12, 28),
    "demand.items_per_customer": (None, 1.2, None),
    "demand.marketing_ceiling": (None, 10, None),
    # E801: the second year's share over the first year's.
    "demand.second_year_multiple": (1.6, 2, 2.4),
    # The model's calculation: 12 coaches.
    "resources.coach.units": (None, 12, None),
    # E739 is 6 / 13 / 35 firms a coach; row and model say 6 to 13 for technical work,
    # so the high stops at the central. (The model's calculation has 20 there.)
    "resources.coach.places_per_unit": (6, 13, 13),
    # E751: laboratories that can test shoes; a lever, so the central only.
    "resources.laboratory.units": (None, 4, None),
    # E755: a coach costs Rp4 / 9 / 15 million a month, here a calendar day; the paths
    # of the officers name the same row.
    "resources.coach.cost_idr_per_day": (
        4 * MILLION / DAYS_PER_MONTH,
        9 * MILLION / DAYS_PER_MONTH,
        15 * MILLION / DAYS_PER_MONTH,
    ),
    "resources.loan-officer.cost_idr_per_day": (
        4 * MILLION / DAYS_PER_MONTH,
        9 * MILLION / DAYS_PER_MONTH,
        15 * MILLION / DAYS_PER_MONTH,
    ),
    "resources.onboarding-officer.cost_idr_per_day": (
        4 * MILLION / DAYS_PER_MONTH,
        9 * MILLION / DAYS_PER_MONTH,
        15 * MILLION / DAYS_PER_MONTH,
    ),
    "resources.content-officer.cost_idr_per_day": (
        4 * MILLION / DAYS_PER_MONTH,
        9 * MILLION / DAYS_PER_MONTH,
        15 * MILLION / DAYS_PER_MONTH,
    ),
    "resources.export-officer.cost_idr_per_day": (
        4 * MILLION / DAYS_PER_MONTH,
        9 * MILLION / DAYS_PER_MONTH,
        15 * MILLION / DAYS_PER_MONTH,
    ),
}

SINGLE_DAY_2018: dict[str, Entry] = {
    # E302 to E307: the calendar of 2018, each gate at its last day (the model).
    "campaign.gates.metrics.deadline_days": (None, 78, None),
    "campaign.gates.sign-up.deadline_days": (None, 65, None),
    "campaign.gates.registration.deadline_days": (None, 54, None),
    "campaign.gates.presale.deadline_days": (None, 33, None),
    "campaign.gates.spot.deadline_days": (None, 16, None),
    "campaign.gates.listing.deadline_days": (None, 22, None),
    # E108: one or even two months ahead in the warehouse.
    "campaign.gates.stock.deadline_days": (30, 45, 60),
    # E505, E503, E504, E506, E507, days; variation of transport from the model.
    "campaign.shipping.packing_days": (3, 7, 14),
    "campaign.shipping.sea_days": (8, 14, 21),
    "campaign.shipping.delay_days": (0, 3, 10),
    "campaign.shipping.customs_days": (2, 6, 21),
    "campaign.shipping.putaway_days": (3, 7, 21),
    "campaign.shipping.variation": (None, 0.25, None),
    # E102: total turnover as the official said it, Rp466 trillion; E221: percent of it
    # that is cross-border.
    "campaign.turnover.alibaba.amount_idr": (None, 466 * TRILLION, None),
    "campaign.turnover.imports.amount_idr": (None, 466 * TRILLION, None),
    "campaign.turnover.imports.portion": (2.6 * PERCENT, 7.1 * PERCENT, 7.5 * PERCENT),
    # E220: all online sales of the day, USD billion.
    "campaign.turnover.platforms.amount_usd": (None, 45.2 * BILLION, None),
    # E106 the million items, E124 their worth in RMB million.
    "campaign.min_stock_items": (None, 1_000_000, None),
    "campaign.min_stock_value_rmb": (5 * MILLION, 11.5 * MILLION, 20 * MILLION),
    # E812: part of the sales that falls to the pre-sale, percent.
    "campaign.presale_share": (20 * PERCENT, 35 * PERCENT, 50 * PERCENT),
    # E820 (thousand dollars), E403, E405, E406, E822.
    "campaign.fees.store_usd": (5 * THOUSAND, 50 * THOUSAND, 210 * THOUSAND),
    "campaign.fees.deposit_usd": (5_000, 14_000, 42_000),
    "campaign.fees.annual_rmb": (30_000, 30_000, 60_000),
    "campaign.fees.commission": (3 * PERCENT, 5 * PERCENT, 6 * PERCENT),
    "campaign.fees.operator": (5 * PERCENT, 10 * PERCENT, 15 * PERCENT),
    # The milestones of 2018 as differences: start 70 days before (E107), first
    # selection public at 66 (E110), list of five at 29 (E111), pavilion open at 23
    # (E112).
    "pathway.stages.organise.duration.days": (None, 70 - 66, None),
    "pathway.stages.agree-standard.duration.days": (None, 66 - 29, None),
    "pathway.stages.pavilion.duration.days": (None, 29 - 23, None),
    # E105: five brands, each of one maker. E823: refunds on all of Tmall one week
    # later, percent (the low is the central). E106: a million items in the warehouse.
    "clusters.kapal-api.makers": (None, 1, None),
    "clusters.kapal-api.goods.return_rate": (6 * PERCENT, 6 * PERCENT, 10 * PERCENT),
    "clusters.kapal-api.warehouse_items": (None, 1_000_000, None),
    "clusters.richeese-nabati.makers": (None, 1, None),
    "clusters.richeese-nabati.goods.return_rate": (6 * PERCENT, 6 * PERCENT, 10 * PERCENT),
    "clusters.richeese-nabati.warehouse_items": (None, 1_000_000, None),
    "clusters.papatonk.makers": (None, 1, None),
    "clusters.papatonk.goods.return_rate": (6 * PERCENT, 6 * PERCENT, 10 * PERCENT),
    "clusters.papatonk.warehouse_items": (None, 1_000_000, None),
    "clusters.yan-ty-ty.makers": (None, 1, None),
    "clusters.yan-ty-ty.goods.return_rate": (6 * PERCENT, 6 * PERCENT, 10 * PERCENT),
    "clusters.yan-ty-ty.warehouse_items": (None, 1_000_000, None),
    "clusters.indomie.makers": (None, 1, None),
    "clusters.indomie.goods.return_rate": (6 * PERCENT, 6 * PERCENT, 10 * PERCENT),
    "clusters.indomie.warehouse_items": (None, 1_000_000, None),
    # E764: the row is 3 / 6 / 9 over the years; its note has 7 in 2018, which is the
    # year of this scenario.
    "finance.interest_per_year": (None, 7 * PERCENT, None),
    # The model's table of classes, RMB million: unknown label, anchor known at home.
    "demand.classes.unknown.rmb.p05": (None, 0, None),
    "demand.classes.unknown.rmb.p25": (None, 0, None),
    "demand.classes.unknown.rmb.p50": (None, 0.002 * MILLION, None),
    "demand.classes.unknown.rmb.p75": (None, 0.02 * MILLION, None),
    "demand.classes.unknown.rmb.p95": (None, 0.4 * MILLION, None),
    "demand.classes.unknown.rmb.p99": (None, 2 * MILLION, None),
    "demand.classes.unknown.rmb.p999": (None, 10 * MILLION, None),
    "demand.classes.known-at-home.rmb.p05": (None, 0.005 * MILLION, None),
    "demand.classes.known-at-home.rmb.p25": (None, 0.05 * MILLION, None),
    "demand.classes.known-at-home.rmb.p50": (None, 0.2 * MILLION, None),
    "demand.classes.known-at-home.rmb.p75": (None, 0.7 * MILLION, None),
    "demand.classes.known-at-home.rmb.p95": (None, 4 * MILLION, None),
    "demand.classes.known-at-home.rmb.p99": (None, 10 * MILLION, None),
    "demand.classes.known-at-home.rmb.p999": (None, 25 * MILLION, None),
    # Known in China: spread and top from the model, target E101, lead of E107 (one
    # value for the fit).
    "demand.classes.known-in-china.log_sd": (0.4, 0.8, 1.2),
    "demand.classes.known-in-china.ceiling_rmb": (None, 60 * MILLION, None),
    "demand.classes.known-in-china.fitted_sales_idr": (None, 122 * BILLION, None),
    "demand.classes.known-in-china.fitted_lead_days": (None, 70, None),
    # No outside rate in this scenario (the model): Rp466 trillion (E102) over RMB
    # 213.5 billion (E210), and Rp15,130 a dollar, which E911 says E102 implies.
    "demand.idr_per_rmb": (None, 466 * TRILLION / (213.5 * BILLION), None),
    "demand.idr_per_usd": (None, 15_130, None),
    # E804, the model's tau, push, quality factor; E807; E819 doubled as the model
    # prints it; items a customer and ceiling from the model; E801.
    "demand.maturity_multiple": (1.3, 2.5, 4.8),
    "demand.maturity_tau_days": (30, 60, 120),
    "demand.push": (1, 3, 30),
    "demand.quality_factor": (0.7, 1, 1.1),
    "demand.discount": (10 * PERCENT, 21 * PERCENT, 50 * PERCENT),
    "demand.cost_per_customer_usd": (3, 12, 28),
    "demand.items_per_customer": (None, 1.2, None),
    "demand.marketing_ceiling": (None, 10, None),
    "demand.second_year_multiple": (1.6, 2, 2.4),
    # E107: about 70 days of preparation, in weeks.
    "lead_weeks": (None, 70 / 7, None),
}

_KIND_OF_STAGE = (
    "The model gives a variation for office (0.3), coaching (0.4) and transport (0.25) "
    "and does not say which of them this stage is"
)
_EXPERT_DAY = (
    "E756 is 0.7 / 1.5 / 4 Rp million a day, and its note compares it with the coach's "
    "rate per working day, while the coach's cost is spread over calendar days (month / "
    "30.44): as printed, or divided by 1.4 to be comparable?"
)
_PRICE_2018 = (
    "E122 only says RMB 5 to 100 from noodles to bird's nest, E124 RMB 5 to 20 for "
    "snacks, E121 Rp24,400 on average; no source has a price for one brand"
)

DOUBTFUL: dict[str, str] = {
    "campaign.min_store_age_days": (
        "E319 is 0 / 30 / 90, which the model calls alternatives that are never drawn; "
        "it does not say which is the base, and with an invitation no age is asked"
    ),
    "campaign.turnover.alibaba.growth_per_year": (
        "Nothing published after 2022: E213 to E214 is +0.1 %, E216 to E218 (another "
        "series, longer windows) +22 % a year; the rows do not say how to combine them"
    ),
    "campaign.turnover.imports.growth_per_year": ("As for Alibaba; no row has the growth of the imports themselves"),
    "campaign.turnover.platforms.growth_per_year": (
        "E215 to E218: +2.1, +26.6, +17.6 % raw (14.2 % comparable), 15.0 % a year over "
        "the three; the windows differ in length, so each of these can be meant"
    ),
    "pathway.stages.diagnose.duration.mean": (
        "E741 counts hours over a whole cycle and E742 months of diagnosis together with "
        "implementation (perhaps one month of it diagnosis); the audit speaks of a day"
    ),
    "pathway.stages.diagnose.duration.cv": f"{_KIND_OF_STAGE}; coaching or office.",
    "pathway.stages.equip.duration.cv": f"{_KIND_OF_STAGE}; perhaps none of them.",
    "pathway.stages.sample-test.duration.cv": f"{_KIND_OF_STAGE}; most likely office.",
    "pathway.stages.pilot.duration.cv": f"{_KIND_OF_STAGE}; perhaps none of them.",
    "pathway.stages.full.duration.cv": f"{_KIND_OF_STAGE}; perhaps none of them.",
    "pathway.stages.finance.passes.0": (
        "E763 (60 / 81 / 90 % granted; half had applied) and E765 (0.8 / 10 / 22 % of "
        "the trained took it) measure different things: 10 %, 81 %, or half of 81 %?"
    ),
    "pathway.stages.sample-test.passes.first": (
        "The model has it fitted so that 3 / 10 / 50 % of starters (E714) pass in a year, "
        "and its rough calculation uses 3 / 12 / 35 % per attempt; a fit cannot be read off"
    ),
    "pathway.stages.sample-test.cost_idr": (
        "E415 (10 / 25 / 40 Rp million) is a firm's whole certification, of which a test "
        "is a part, and the compliance stage names the same row: counted twice?"
    ),
    "pathway.stages.trademark.duration.mean": (
        "E404 is in words; the model says weeks for a licence of the anchor's mark"
    ),
    "pathway.stages.compliance.duration.mean": (
        "E419 and E420 are in words and say that nothing has to be asked for: zero, or some office days?"
    ),
    "clusters.cibaduyut.wave": (
        "E645 says ten, as the size of a first wave; but the model's calculation of this "
        "case has 56 workshops past the test, so all makers take part in it"
    ),
    "resources.assessor.cost_idr_per_day": _EXPERT_DAY,
    "resources.laboratory.cost_idr_per_day": (f"{_EXPERT_DAY} Also, it is the price of a person, not of a laboratory."),
    "resources.equipment-team.cost_idr_per_day": _EXPERT_DAY,
    "resources.equipment-team.units": (
        "E760 has about 100 firms a year in the whole nation, a rate; units and places "
        "follow only with a duration that no source has"
    ),
    "resources.equipment-team.places_per_unit": (
        "As for the units: E760 has a yearly rate and no number of firms at a time"
    ),
    "pathway.stages.open-store.duration.days": (
        "E112 is the age of the pavilion, 23 days; stores with it (nothing after the "
        "pavilion stage), or with the list of five (6 days)?"
    ),
    "pathway.stages.list-goods.duration.days": (
        "E112 puts the pavilion one day before the pre-sale, so one day; or none, if the "
        "goods were listed the day it opened (Detik had pages on 11 October, E111)"
    ),
    "clusters.kapal-api.goods.price_rmb": _PRICE_2018,
    "clusters.richeese-nabati.goods.price_rmb": _PRICE_2018,
    "clusters.papatonk.goods.price_rmb": _PRICE_2018,
    "clusters.yan-ty-ty.goods.price_rmb": _PRICE_2018,
    "clusters.indomie.goods.price_rmb": _PRICE_2018,
}
