"""The form as an Excel workbook: one sheet per category laid out like the form, and flat tables to filter."""
