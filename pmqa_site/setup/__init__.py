"""Steps of set-up and of the test command; none of them needs Django to be configured."""
