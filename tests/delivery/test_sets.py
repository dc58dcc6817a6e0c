"""Sets: one digest over the releases that run together, whoever computes it and wherever."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openchoreo.delivery import holds, joined, load_ledger
from openchoreo.delivery.sets import ReleaseSet, as_a_whole, as_written, joined_sets, set_digest

KEY = "default/greeter"
ONE, TWO = ("sha256:" + digit * 64 for digit in "12")


def deployed(book, make, key, of, hour=0, chain="components"):
    return book.with_deployed(key, make.done(of), make.stamp(hour), project="shop", chain=chain)


@pytest.fixture
def shop(make):
    """The project shop with greeter and a database, recorded as a set."""
    book = make.ledger("staging", make.release("greeter:1"))
    book = deployed(book, make, "default/shop", make.release("shop"), chain="projects")
    book = deployed(book, make, "default/db", make.release("db"), chain="resources")
    return book.with_set(make.stamp())


def named(digit, hour=0):
    """A set of which nothing but the digest and the hour matters."""
    since = f"2026-11-23T{hour:02}:00:00Z"
    return ReleaseSet(digest="sha256:" + digit * 64, since=since, by="ada", components={KEY: ONE})


class TestTheDigest:
    def test_is_the_same_for_ever(self):
        members = {"components": {"default/a": ONE, "default/b": TWO}, "resources": {"x/db": ONE}}
        text = (
            '{"format":1,"releases":{"components":{'
            f'"default/a":"{ONE}","default/b":"{TWO}"}},"resources":{{"x/db":"{ONE}"}}}}}}'
        )
        assert set_digest(members) == f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        assert set_digest(members) == (
            "sha256:a56413bac10b92cb41fa90a39786199d796dc22d7a7257a54e3bbe549c3d9858"
        )

    @given(st.dictionaries(st.text(min_size=1), st.sampled_from([ONE, TWO])), st.randoms())
    def test_does_not_depend_on_the_order(self, members, random):
        keys = sorted(members)
        random.shuffle(keys)
        shuffled = {key: members[key] for key in keys}
        assert set_digest({"components": shuffled}) == set_digest({"components": members})

    @pytest.mark.parametrize(
        "other",
        [
            {"components": {"default/a": TWO}},
            {"components": {"default/b": ONE}},
            {"resources": {"default/a": ONE}},
            {"components": {"default/a": ONE}, "resources": {"default/a": ONE}},
        ],
    )
    def test_is_another_one_for_other_releases(self, other):
        assert set_digest(other) != set_digest({"components": {"default/a": ONE}})

    def test_a_chain_with_nothing_in_it_says_nothing(self):
        members = {"components": {"default/a": ONE}}
        assert set_digest({**members, "projects": {}}) == set_digest(members)

    def test_of_other_members_is_noticed(self, shop):
        (one,) = shop.sets
        assert one.whole
        assert not one.model_copy(update={"components": {KEY: TWO}}).whole


class TestWhatIsInIt:
    def test_everything_that_runs(self, shop, make):
        (one,) = shop.sets
        assert json.loads(shop.dumps())["sets"] == [
            {
                "digest": one.digest,
                "since": "2026-11-23T12:00:00Z",
                "by": "ada",
                "components": {KEY: make.release("greeter:1").digest},
                "projects": {"default/shop": make.release("shop").digest},
                "resources": {"default/db": make.release("db").digest},
            }
        ]
        assert one.size == 3

    def test_nothing_that_is_undeployed(self, shop, make):
        after = shop.with_undeployed(KEY, make.stamp(1)).with_set(make.stamp(1))
        assert after.whole_sets[0].components == {}
        assert after.whole_sets[0].resources.keys() == {"default/db"}
        assert after.whole_sets[1:] == shop.sets
        assert json.loads(after.dumps())["sets"][0]["components"] == {KEY: None}

    def test_no_project_of_which_nothing_runs(self, shop, make):
        after = shop.with_undeployed(KEY, make.stamp(1)).with_set(make.stamp(1))
        assert after.whole_sets[0].projects.keys() == {"default/shop"}
        after = after.with_undeployed("default/db", make.stamp(1), chain="resources")
        assert after.running == {"components": {}, "projects": {}, "resources": {}}

    def test_there_is_none_of_nothing(self, make):
        assert make.ledger("staging").with_set(make.stamp()).sets == ()
        gone = make.ledger("staging", make.release("greeter:1"), None)
        assert gone.with_set(make.stamp()).sets == ()

    def test_the_same_again_is_no_other_set(self, shop, make):
        assert shop.with_set(make.stamp(9, "bob")).dumps() == shop.dumps()

    def test_what_ran_before_is_a_set_again(self, shop, make):
        two = deployed(shop, make, KEY, make.release("greeter:2"), 1).with_set(make.stamp(1))
        back = deployed(two, make, KEY, make.release("greeter:1"), 2).with_set(make.stamp(2))
        digests = [one.digest for one in back.sets]
        assert digests == [digests[0], digests[1], digests[0]]
        assert digests[0] != digests[1]
        assert [one.since[11:13] for one in back.sets] == ["14", "13", "12"]

    def test_reading_and_writing_changes_no_byte(self, shop):
        assert load_ledger(shop.dumps(), source="x") == shop
        assert load_ledger(shop.dumps(), source="x").dumps() == shop.dumps()

    def test_the_documents_of_the_newest_are_kept(self, shop, make):
        release = make.release("greeter:1")
        book = shop
        for hour in range(2, 8):
            book = deployed(book, make, KEY, make.release(f"greeter:{hour}"), hour)
        assert release.digest in book.referenced()
        assert release.digest not in book.with_set(make.stamp(9)).referenced()


class TestInALedger:
    def sets(self, *many):
        """Newest first, each with its members as letters and digits: `a1` is another than `a2`."""
        return tuple(
            ReleaseSet(
                digest=f"{index}",
                since=f"{len(many) - index}",
                components={f"default/{one[0]}": one[1:] for one in members.split()},
            )
            for index, members in enumerate(many)
        )

    def said(self, sets):
        return [
            " ".join(f"{key[-1]}{one or '-'}" for key, one in sorted(each.components.items()))
            for each in sets
        ]

    def test_each_says_what_is_new_in_it_and_the_oldest_says_all(self):
        sets = self.sets("a2 b2 c1", "a2 b1 c1", "a1 b1 d1")
        assert self.said(as_written(sets)) == ["b2", "a2 c1 d-", "a1 b1 d1"]

    @pytest.mark.parametrize(
        ("most", "members", "left"),
        [
            (50, 7, ["b2", "a2 c1 d-", "a1 b1 d1"]),
            (50, 6, ["b2", "a2 b1 c1"]),
            (50, 4, ["b2", "a2 b1 c1"]),
            (50, 3, ["a2 b2 c1"]),
            (50, 1, ["a2 b2 c1"]),
            (2, 7, ["b2", "a2 b1 c1"]),
            (1, 7, ["a2 b2 c1"]),
        ],
    )
    def test_the_oldest_make_room_and_one_always_stays(self, most, members, left):
        sets = self.sets("a2 b2 c1", "a2 b1 c1", "a1 b1 d1")
        assert self.said(as_written(sets, most, members)) == left

    @given(st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("12")), max_size=5))
    def test_they_are_what_they_were(self, many):
        sets = self.sets(*(" ".join(map("".join, one.items())) for one in many))
        assert as_a_whole(as_written(sets)) == sets

    def test_there_are_fifty_at_most(self, make):
        one, two = make.release("greeter:1"), make.release("greeter:2")
        book = make.ledger("staging")
        for hour in range(60):
            release = (one, two)[hour % 2]
            book = deployed(book, make, KEY, release, hour).with_set(make.stamp(hour))
        assert len(book.sets) == 50
        assert book.sets[0].since == make.stamp(59).since
        assert all(one.whole for one in book.whole_sets)

    def test_a_thousand_components_have_fifty_where_few_of_them_change(self):
        first = {f"default/c{number}": ONE for number in range(1000)}
        sets = [
            ReleaseSet(digest=f"{number}", components={**first, f"default/c{number}": TWO})
            for number in range(60)
        ]
        written = as_written(sets)
        assert [one.size for one in written] == [2] * 49 + [1000]


class TestAnExportBroughtBack:
    def test_both_sides_keep_theirs_each_once(self):
        a, b, c = named("a", 1), named("b", 2), named("c", 3)
        assert joined_sets((c, b), (b, a)) == (c, b, a)
        assert joined_sets((b, a), (c, b)) == (c, b, a)

    def test_what_went_on_running_began_when_it_first_did(self):
        assert joined_sets((named("a", 5),), (named("a", 1),)) == (named("a", 1),)

    def test_what_came_back_is_there_twice(self):
        sets = (named("a", 3), named("b", 2), named("a", 1))
        assert joined_sets(sets, sets[1:]) == sets

    def test_a_ledger_takes_them(self, shop, make):
        later = deployed(shop, make, KEY, make.release("greeter:2"), 1).with_set(make.stamp(1))
        assert joined(later, shop, source="x") == later
        assert joined(shop, later, source="x").whole_sets == later.whole_sets

    def test_a_stack_that_began_anew_goes_on_with_them(self, shop, make):
        new = make.ledger("staging")
        new = deployed(new, make, KEY, make.release("greeter:2"), 5).with_set(make.stamp(5))
        new = new.model_copy(update={"lineage": "another"})
        both = joined(new, shop, source="x")
        assert both.whole_sets == (*new.sets, *shop.sets)

    def test_and_with_the_one_that_was_named(self, shop, make):
        named = shop.with_promoted(shop.sets[0])
        new = make.ledger("staging").model_copy(update={"lineage": "another"})
        assert joined(new, named, source="x").promoted_set == shop.sets[0]
        assert joined(named, shop, source="x").promoted_set == shop.sets[0]

    def test_a_file_with_a_set_that_the_stack_lacks_holds_more(self, shop):
        without = shop.model_copy(update={"sets": ()})
        assert holds(shop, without)
        assert not holds(without, shop)

    def test_sets_that_made_room_are_not_lost(self, shop):
        newest = shop.model_copy(update={"sets": (named("f", 23),)})
        assert holds(newest, shop)

    @given(
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 20)), unique_by=lambda p: p[1])
    )
    def test_nothing_is_lost_and_nothing_doubled_whoever_has_what(self, ran):
        history: list[ReleaseSet] = []
        for digit, hour in sorted(ran, key=lambda pair: pair[1]):
            if not history or history[0].digest[-1] != digit:
                history.insert(0, named(digit, hour))
        for cut in range(len(history) + 1):
            older, whole = tuple(history[cut:]), tuple(history)
            assert joined_sets(whole, older) == whole
            assert joined_sets(older, whole) == whole
            assert joined_sets(whole[:cut], older) == whole
