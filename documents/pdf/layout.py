"""How the analysis form is laid out so that long cells split well over pages.

The HTML (three columns; a fourth for owners is one more th and td):

    <table class="form">
      <colgroup><col><col><col></colgroup>
      <thead>
        <tr class="band"><th colspan="3">หมวด 1 …</th></tr>
        <tr><th>เกณฑ์ …</th><th>ตัวอย่าง …</th><th>กิจกรรม …</th></tr>
      </thead>
      <tbody>
        <tr><td>feedback 1.1</td><td>practices 1.1</td><td>activities 1.1</td></tr>
        <tr>                                             <!-- 1.3 and 1.4 share their activities -->
          <td class="joined" colspan="2">
            <div class="part"><div>feedback 1.3</div><div>practices 1.3</div></div>
            <div class="part"><div>feedback 1.4</div><div>practices 1.4</div></div>
          </td>
          <td>activities of 1.3 and 1.4</td>
        </tr>
      </tbody>
    </table>

What WeasyPrint 70 does, and what follows from it:

* A row breaks as soon as one of its cells breaks, and the next row starts only where the whole row has
  ended. With rowspan="2" on the activities, 1.4 therefore waits until the activities have ended, pages
  later. Hence one row, whose first cell holds both criteria as blocks: they flow by themselves, beside
  the activities, and 1.4 starts right below 1.3. Any number of parts may follow each other.
* The parts are tables made by CSS (display: table), not by <table>: in a tagged PDF they stay plain
  blocks inside the cell and do not claim to be another table. One table per criterion, because the line
  between two criteria is then the top border of a box that is not repeated when it splits, while the
  cells' padding is (box-decoration-break: clone). As two rows of one table that line would be drawn
  again at every page break.
* The joined cell is as tall as the activities, its parts are not, and percentages of height do not work
  there. So the line between its two columns is a background of the cell: a black pixel stretched over
  the full height. WeasyPrint paints a gradient over the whole cell and ignores the size. All vertical
  lines are drawn this way: next to it a border looks like a grey hairline on screens.
* border-collapse: collapse leaves the foot of a page open and drops the padding of a continued cell;
  separate borders with box-decoration-break: clone close every page and keep the padding.
* vertical-align must be top: cells that end on another page are aligned against the wrong height.
* thead is repeated by itself, both rows of it, as long as it is shorter than the page.
* A figure is kept whole (break-inside: avoid) and therefore limited to 120 mm of height: one that is
  taller than the page under the repeated headings would be cut off.
"""

from collections.abc import Sequence

RULE_POINTS = 0.4
FORM_POINTS = 750  # A4 landscape between margins of 15 mm, to the nearest 50


def column_css(shares: Sequence[float]) -> str:
    """Widths of the form's columns in proportion to ``shares``, and of the parts of a joined cell.

    Raises ValueError for fewer than two columns or for a share that is not positive.
    """
    if len(shares) < 2 or min(shares) <= 0:
        raise ValueError(f"A form needs two or more columns with positive widths, not {list(shares)}")
    whole = sum(shares)
    rules = [
        f"table.form col:nth-child({number}) {{ width: {100 * share / whole:.3f}%; }}"
        for number, share in enumerate(shares, start=1)
    ]
    first = 100 * shares[0] / (shares[0] + shares[1])
    # A position of 40% puts the rule's own 40% point there; its right edge belongs there, as in other rows.
    # WeasyPrint 70 ends with an error over calc(40% - 1pt) in this property, hence a nominal width.
    joined_points = FORM_POINTS * (shares[0] + shares[1]) / whole
    position = first - 100 * RULE_POINTS * (1 - first / 100) / joined_points
    rules.append(f"table.form > tbody > tr > td.joined {{ background-position: 100% 0, {position:.3f}% 0; }}")
    rules.append(f".part > div:first-child {{ width: {first:.3f}%; }}")
    return "\n".join(rules)
