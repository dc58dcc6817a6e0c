from bench.processes import Taken, in_turn
from bench.table import Pair, Row, Table, alone, difference, ratio, show

PAIRS = [
    Pair(Taken(2.0, 1.0), Taken(1.0, 1.0)),
    Pair(Taken(9.0, 1.2), Taken(3.0, 1.0)),  # a slow moment of the machine
    Pair(Taken(2.2, 1.1), Taken(2.0, 1.0)),
]


def test_a_ratio_is_the_median_over_pairs_not_over_times():
    cells = ("2.20 s", "2.00 s", "2.00", "1.10 to 3.00", "1.10")
    assert ratio("preview", PAIRS) == Row("preview", cells)


def test_a_single_pair_has_no_range():
    assert ratio("first", PAIRS[:1]).cells[3] == "once"


def test_a_difference_tells_how_much_more():
    cells = ("2.20 s", "2.00 s", "+1.00 s", "+200 ms to +6.00 s", "+100 ms")
    assert difference("start", PAIRS) == Row("start", cells)


def test_short_times_keep_their_digits():
    cells = ("1.25 ms", "", "", "1.00 ms to 12 ms", "")
    assert alone("rendered", [0.00125, 0.001, 0.012]) == Row("rendered", cells)


def test_actions_run_in_turn():
    order: list[str] = []
    rounds = in_turn([lambda: order.append("A"), lambda: order.append("B")], 2)
    assert order == ["A", "B", "A", "B"]
    assert [len(each) for each in rounds] == [2, 2]


def test_a_table_is_markdown(capsys):
    show(Table("Ten components", [Row("start-up", ("2 s", "1 s", "2.00", "1 to 3", "2.00"))]))
    _, title, _, head, rule, row = capsys.readouterr().out.split("\n")[:6]
    assert title == "Ten components"
    assert cells(head) == ["what", "ours", "other", "ours / other", "lowest to highest", "CPU time"]
    assert set(rule) == set("|:- ")
    assert cells(row) == ["start-up", "2 s", "1 s", "2.00", "1 to 3", "2.00"]
    assert len({len(line) for line in (head, rule, row)}) == 1


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]
