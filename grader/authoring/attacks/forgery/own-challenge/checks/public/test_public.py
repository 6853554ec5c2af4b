def test_public():
    pass
