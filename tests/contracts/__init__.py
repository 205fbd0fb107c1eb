"""What every implementation of a seam must do: classes of tests, inherited where the real part and where the stand-in is tested."""

import pytest

pytest.register_assert_rewrite("tests.contracts.inventory", "tests.contracts.secret_store")
