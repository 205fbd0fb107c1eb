"""`plantwatch recover`: undo or finish what a killed process left."""

import typer

from app.cli.context import DataDir, Json, cancellable, opened
from app.cli.output import print_json
from app.cli.progress import progress_printer


def recover(data_dir: DataDir = None, json: Json = False) -> None:
    """Undo interrupted enrolments and finish interrupted removals, as the window does when it opens; say which runs wait to go on."""
    with opened(data_dir) as services, cancellable() as token:
        sentences = services.enrolment.recover(report=progress_printer(quiet=json), token=token)
        sentences += services.bulk.interrupted()
    if json:
        print_json(sentences)
    elif not sentences:
        typer.echo("nothing was interrupted")
    else:
        for sentence in sentences:
            typer.echo(sentence)
