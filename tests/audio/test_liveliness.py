from companion_voice.audio.liveliness import DEAD, LIVES, Liveliness

BLOCK = 0.005


def follow(source, seconds, *, zero):
    for _ in range(round(seconds / BLOCK)):
        source.note(BLOCK, zero=zero)


def test_a_live_source_that_gives_nothing_but_zeros_is_dead_and_lives_again_with_the_first_noise():
    source = Liveliness()
    follow(source, LIVES + 1, zero=False)
    follow(source, DEAD - 0.1, zero=True)
    assert not source.dead
    follow(source, 0.2, zero=True)
    assert source.dead
    source.note(BLOCK, zero=False)
    assert not source.dead


def test_a_source_that_is_silent_between_words_is_never_taken_for_dead():
    source = Liveliness()
    for _ in range(10):
        follow(source, LIVES / 2, zero=False)
        follow(source, DEAD * 4, zero=True)
        assert not source.dead


def test_a_dead_one_that_is_opened_again_stays_dead_until_there_is_noise():
    source = Liveliness()
    follow(source, LIVES + 1, zero=False)
    follow(source, DEAD + 1, zero=True)
    source.again()
    assert source.dead
    follow(source, BLOCK, zero=False)
    assert not source.dead
