"""Corrections of Django's Thai formats; what is not named here stays as Django has it (1,234.50).

Django's own Thai formats print Christian-era years under Thai month names and read 20/11/2569 as the
year 2569 of the Christian era, both without a word. With these a plain ``DateField`` refuses every date
that is not ISO, and a date that was printed without ``|thai_date`` is seen at once to be Gregorian.
"""

DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "Y-m-d"
DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = "Y-m"
MONTH_DAY_FORMAT = "m-d"
DATE_INPUT_FORMATS = ["%Y-%m-%d"]
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"]
