"""Write what becomes of each list anew."""

from tests.corpus import names, write_expected

for each in names():
    write_expected(each)
