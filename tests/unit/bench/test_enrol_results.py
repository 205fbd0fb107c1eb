"""What the results of a comparison say."""

from tests.bench.enrol.results import Cost, Result, as_markdown, rows


def result(tool: str, count: int, *walls: float, cpu: float = 1.0, peak: float = 50.0) -> Result:
    return Result.of(tool, count, [Cost(wall, cpu, peak) for wall in walls])


def test_a_result_is_the_median_with_least_and_most() -> None:
    found = result("openssh", 59, 5.0, 4.0, 9.0)
    assert (found.wall_s, found.wall_min_s, found.wall_max_s, found.runs) == (5.0, 4.0, 9.0, 3)


def test_ratios_are_to_plantwatch_of_the_same_number_and_tell_whether_the_target_is_met() -> None:
    found = [result("plantwatch", 59, 4.0), result("openssh", 59, 4.2), result("ansible", 59, 160.0, cpu=49.0)]
    targets = {row[1]: (row[6], row[8]) for row in rows(found)[1:]}
    assert targets == {
        "plantwatch": ("", ""),
        "openssh": ("1.1", "wall ≥ 1.1: MISSED"),
        "ansible": ("40.0", "wall ≥ 30: met, CPU ≥ 50: MISSED"),
    }


def test_rechecks_are_compared_with_each_other() -> None:
    found = [
        result("plantwatch", 200, 9.0),
        result("plantwatch-recheck", 200, 5.0),
        result("ansible-recheck", 200, 300.0),
    ]
    assert rows(found)[-1][6:] == ("60.0", "1.0", "wall ≥ 50: met")


def test_limits_of_the_pipeline_and_of_memory() -> None:
    found = [result("plantwatch-pipeline", 200, 30.0, cpu=11.0), result("plantwatch-memory", 2292, 400.0, peak=201.0)]
    assert [row[8] for row in rows(found)[1:]] == ["≤ 60 ms a device: met", "≤ 200 MB: 201 MB, MISSED"]


def test_the_table_is_one_of_markdown() -> None:
    head, rule, *body = as_markdown([result("openssh", 10, 1.0)]).splitlines()
    assert head.count("|") == rule.count("|") == body[0].count("|")
