"""A page announces nothing that does not follow."""

from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from clientaudit.run.pages import without_silent_sections


def test_a_section_that_was_to_show_something_and_shows_nothing_is_left_out():
    output = new_output("execute_result", {"text/plain": "x"})
    cells = [
        new_markdown_cell("# Which groups?"),
        new_code_cell("audit = open_audit()"),
        new_markdown_cell("## Are there any?\n\nThe rule."),
        new_code_cell("found = groups()"),
        new_code_cell("table", outputs=[output]),
        new_markdown_cell("## The groups"),
        new_code_cell("None if found.empty else show_table(found)"),
        new_markdown_cell("What the table says.\n\n## No heading of a section"),
        new_code_cell("save(found)"),
        new_markdown_cell("## A word on method"),
        new_markdown_cell("## The rule"),
        new_code_cell("rule = rule_of(found)"),
        new_markdown_cell("## Answer"),
        new_code_cell("answer", outputs=[output]),
    ]
    notebook = new_notebook(cells=cells)
    kept = [cell.source for cell in without_silent_sections(notebook).cells]
    assert kept == [cell.source for cell in cells[:5] + cells[9:]]
    assert len(notebook.cells) == len(cells)  # the notebook that is kept of the run stays whole
