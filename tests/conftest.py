"""What holds for all tests."""

import gc

# Airflow, dbt, Great Expectations and pytest keep a million objects, which Python's collector would look through a
# hundred times a minute.
gc.set_threshold(50_000, 20, 50)
