"""A second opinion by weights that anybody can read."""

import msgspec
import yaml
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.boundaries import weighing
from companion_voice.boundaries.weighing import Scales

WORDS = st.text("abcdefgh'*+_;,.", min_size=1, max_size=8).filter(lambda word: not set(word) & {" ", ":"})
ODDS = st.floats(-9, 9).map(lambda odds: round(odds, 2))


def scales(tmp_path, bias, weights):
    file = tmp_path / "weights.yaml"
    file.write_text(weighing.written(bias, weights, made_by="A test."), encoding="utf-8")
    return weighing.read(file)


def test_what_speaks_for_a_kind_outweighs_what_speaks_against_it(tmp_path):
    known = scales(tmp_path, {"rain": -1.0, "sun": -1.0}, {"wet": {"rain": 2.0, "sun": -2.0}, "warm": {"sun": 1.5}})
    assert known.weigh(["wet", "warm"]) == {"rain": 1.0, "sun": -1.5}
    assert known.believed(["wet", "warm"]) == ("rain",)


def test_what_nobody_learnt_says_nothing(tmp_path):
    known = scales(tmp_path, {"rain": -1.0}, {"wet": {"rain": 2.0}})
    assert known.believed(["purple"]) == ()


@given(st.dictionaries(WORDS, st.dictionaries(st.sampled_from(["A", "B"]), ODDS, min_size=1), max_size=9))
def test_weights_are_read_as_they_were_written(weights):
    text = weighing.written({"A": 0.5, "B": -0.5}, weights, made_by="A test.")
    known = Scales(msgspec.convert(yaml.safe_load(text), weighing.Weights))
    for feature, kinds in weights.items():
        for kind, odds in kinds.items():
            assert abs(known.weigh([feature])[kind] - known.weigh([])[kind] - odds) < 0.006
